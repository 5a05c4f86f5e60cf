package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.memory.MemoryBudget;
import io.mlp.flow.ModelFolder;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorJson;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.OnnxModel;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Any tensor, through JSON to a model that gives it back, and through JSON again, is the same in
 * every bit; of a NaN, JSON has one. 100,000 tensors in all.
 */
class TensorRoundTripIT {
  private static final int ROUNDS = 1540;
  private static final long[] WHOLE = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53};
  private static final double[] REAL = {
    0.0,
    -0.0,
    1,
    0.1,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    1e3,
    0x1p53
  };

  private final RandomGenerator random = new Random(20_261_128);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 8})
  void isTheSameInEveryBit(int rank) throws Exception {
    try (ModelFolder models = ModelFolder.create().add("it", "identity_of_rank_" + rank, "");
        OnnxModel model = OnnxModel.load(Path.of(models.path(), "it", "1", "model.onnx"), 1)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Tensor> sent = new ArrayList<>();
        for (TensorType type : TensorType.values()) {
          sent.add(tensor(type, rank));
        }

        List<Tensor> read = throughJson(sent, "in_");
        assertThat(read).isEqualTo(withOneNan(sent));
        List<Tensor> answered = model.run(sent, Set.of());
        assertThat(answered.stream().map(it -> it.named(it.name().replace("out_", "in_"))).toList())
            .containsExactlyInAnyOrderElementsOf(sent);
      }
    }
  }

  private Tensor tensor(TensorType type, int rank) {
    long[] dimensions = random.longs(rank, 0, rank > 3 ? 3 : 5).toArray();
    if (rank > 3 && random.nextInt(4) > 0) {
      for (int axis = 0; axis < rank; axis++) {
        dimensions[axis] = Math.max(1, dimensions[axis]);
      }
    }
    TensorShape shape = TensorShape.of(dimensions);
    int elements = Math.toIntExact(shape.elements());
    return new Tensor(
        "in_" + type,
        type,
        shape,
        type == TensorType.BYTES ? texts(elements) : numbers(type, elements));
  }

  private ByteBuffer numbers(TensorType type, int elements) {
    ByteBuffer data = little(type.bytes() * elements);
    while (data.hasRemaining()) {
      boolean special = random.nextBoolean();
      long whole = special ? WHOLE[random.nextInt(WHOLE.length)] : random.nextLong();
      double real = REAL[random.nextInt(REAL.length)];
      switch (type) {
        case BOOL -> data.put((byte) (whole & 1));
        case UINT8, INT8 -> data.put((byte) whole);
        case UINT16, INT16 -> data.putShort((short) whole);
        case UINT32, INT32 -> data.putInt((int) whole);
        case UINT64, INT64 -> data.putLong(whole);
        case FP16 -> data.putShort(special ? Float.floatToFloat16((float) real) : (short) whole);
        case FP32 -> data.putInt(special ? Float.floatToRawIntBits((float) real) : (int) whole);
        case FP64 -> data.putLong(special ? Double.doubleToRawLongBits(real) : whole);
        case BYTES -> throw new IllegalArgumentException("texts");
      }
    }
    return data.flip();
  }

  private ByteBuffer texts(int elements) {
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < elements; i++) {
      texts.add(text().getBytes(UTF_8));
    }
    ByteBuffer data = little(texts.stream().mapToInt(text -> Integer.BYTES + text.length).sum());
    texts.forEach(text -> data.putInt(text.length).put(text));
    return data.flip();
  }

  /** Of all planes of Unicode, U+0000 left out. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(6); left > 0; left--) {
      int most = random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT + 1;
      int point = random.nextInt(1, most);
      text.appendCodePoint(
          point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 'x' : point);
    }
    return random.nextInt(10) == 0 ? "NaN" : text.toString();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** As an answer writes it, and a request is read. */
  private static List<Tensor> throughJson(List<Tensor> tensors, String names) {
    StringWriter body = new StringWriter();
    try (JsonGenerator json = JsonMapper.shared().createGenerator(body)) {
      json.writeStartObject();
      json.writeStringProperty("model", "it");
      json.writeName("inputs");
      TensorJson.write(json, tensors);
      json.writeEndObject();
    }
    JobRequest request =
        JobRequestReader.read(
            body.toString().getBytes(UTF_8),
            new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).open());
    List<Tensor> read = new ArrayList<>();
    for (RawTensor raw : request.inputs()) {
      TensorType type = TensorType.valueOf(raw.name().substring(names.length()));
      Elements.Layout layout = raw.data().layout(type, raw.dataPointer());
      assertThat(layout).isInstanceOf(Elements.Layout.Bytes.class);
      read.add(
          new Tensor(
              raw.name(),
              type,
              raw.withoutElements().shape(),
              ((Elements.Layout.Bytes) layout).buffer()));
    }
    return read;
  }

  private static List<Tensor> withOneNan(List<Tensor> tensors) {
    return tensors.stream().map(TensorRoundTripIT::withOneNan).toList();
  }

  private static Tensor withOneNan(Tensor tensor) {
    ByteBuffer from = tensor.data();
    ByteBuffer to = little(from.remaining());
    switch (tensor.type()) {
      case FP16 -> {
        while (from.hasRemaining()) {
          short bits = from.getShort();
          to.putShort(Float.isNaN(Float.float16ToFloat(bits)) ? (short) 0x7e00 : bits);
        }
      }
      case FP32 -> {
        while (from.hasRemaining()) {
          to.putInt(Float.floatToIntBits(Float.intBitsToFloat(from.getInt())));
        }
      }
      case FP64 -> {
        while (from.hasRemaining()) {
          to.putLong(Double.doubleToLongBits(Double.longBitsToDouble(from.getLong())));
        }
      }
      default -> to.put(from);
    }
    return new Tensor(tensor.name(), tensor.type(), tensor.shape(), to.flip());
  }
}
