package io.mlp.worker.inference;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX Runtime's string tensors as UTF-8, by its C API: its Java API passes texts in Java's
 * modified UTF-8, which changes characters beyond U+FFFF and cuts what stands behind them.
 *
 * <p>A function of the C API keeps its place in {@code OrtApi} from release to release: new ones
 * are added behind the last ({@code onnxruntime_c_api.h}).
 */
final class StringTensors {
  private static final int API_VERSION = 1;

  /** {@code OrtStatus* FillStringTensor(OrtValue*, const char* const* texts, size_t count)}. */
  private static final int FILL = 52;

  /** {@code OrtStatus* GetStringTensorDataLength(const OrtValue*, size_t* bytes)}. */
  private static final int DATA_LENGTH = 53;

  /**
   * {@code OrtStatus* GetStringTensorContent(const OrtValue*, void* texts, size_t bytes, size_t*
   * offsets, size_t count)}.
   */
  private static final int CONTENT = 54;

  private StringTensors() {}

  /** Made at first use, when ONNX Runtime's library has been loaded. */
  @SuppressWarnings("restricted") // the process is started with --enable-native-access
  private static final class Api {
    static final VarHandle HANDLE = nativeHandle();
    static final MethodHandle FILL_TEXTS = function(FILL, ADDRESS, ADDRESS, JAVA_LONG);
    static final MethodHandle COUNT_BYTES = function(DATA_LENGTH, ADDRESS, ADDRESS);
    static final MethodHandle COPY_TEXTS =
        function(CONTENT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);

    private static VarHandle nativeHandle() {
      try {
        return MethodHandles.privateLookupIn(OnnxTensorLike.class, MethodHandles.lookup())
            .findVarHandle(OnnxTensorLike.class, "nativeHandle", long.class);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("this release of ONNX Runtime's Java API is not known", e);
      }
    }

    private static MethodHandle function(int place, MemoryLayout... parameters) {
      MemorySegment function = functions().getAtIndex(ADDRESS, place);
      return Linker.nativeLinker()
          .downcallHandle(function, FunctionDescriptor.of(ADDRESS, parameters));
    }

    /** {@code OrtGetApiBase()->GetApi(version)}. */
    private static MemorySegment functions() {
      Linker linker = Linker.nativeLinker();
      AddressLayout toFunctions =
          ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(CONTENT + 1, ADDRESS));
      MemorySegment base = SymbolLookup.loaderLookup().findOrThrow("OrtGetApiBase");
      try {
        MemorySegment getApi =
            ((MemorySegment)
                    linker
                        .downcallHandle(
                            base, FunctionDescriptor.of(ADDRESS.withTargetLayout(ADDRESS)))
                        .invokeExact())
                .get(ADDRESS, 0);
        return (MemorySegment)
            linker
                .downcallHandle(getApi, FunctionDescriptor.of(toFunctions, JAVA_INT))
                .invokeExact(API_VERSION);
      } catch (Throwable e) {
        throw new LinkageError("ONNX Runtime's C API is not found", e);
      }
    }
  }

  /**
   * A tensor of texts.
   *
   * @param texts in UTF-8, without a NUL
   */
  static OnnxTensor create(List<ByteBuffer> texts, long[] shape) throws OrtException {
    String[] none = new String[texts.size()];
    Arrays.fill(none, "");
    OnnxTensor tensor = OnnxTensor.createTensor(OrtRuntime.environment(), none, shape);
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment pointers = memory.allocate(ADDRESS, Math.max(1, texts.size()));
      for (int i = 0; i < texts.size(); i++) {
        pointers.setAtIndex(ADDRESS, i, terminated(texts.get(i), memory));
      }
      call(Api.FILL_TEXTS, pointer(tensor), pointers, (long) texts.size());
      return tensor;
    } catch (RuntimeException | Error e) {
      tensor.close();
      throw e;
    }
  }

  private static MemorySegment terminated(ByteBuffer text, Arena memory) {
    MemorySegment copy = memory.allocate(text.remaining() + 1L);
    copy.copyFrom(MemorySegment.ofBuffer(text));
    return copy;
  }

  /** What {@link #read} of a tensor takes. */
  static long bytes(OnnxTensor tensor, long count) {
    try (Arena memory = Arena.ofConfined()) {
      return textBytes(tensor, memory) + Integer.BYTES * count;
    }
  }

  private static long textBytes(OnnxTensor tensor, Arena memory) {
    MemorySegment length = memory.allocate(JAVA_LONG);
    call(Api.COUNT_BYTES, pointer(tensor), length);
    return length.get(JAVA_LONG, 0);
  }

  /**
   * The texts of a tensor, each in UTF-8 behind its length as four little-endian bytes.
   *
   * @param count as its shape says
   */
  static ByteBuffer read(OnnxTensor tensor, int count) {
    try (Arena memory = Arena.ofConfined()) {
      long bytes = textBytes(tensor, memory);
      MemorySegment texts = memory.allocate(Math.max(1, bytes));
      MemorySegment offsets = memory.allocate(JAVA_LONG, Math.max(1, count));
      call(Api.COPY_TEXTS, pointer(tensor), texts, bytes, offsets, (long) count);
      return withLengths(texts.asSlice(0, bytes).asByteBuffer(), offsets, count);
    }
  }

  private static ByteBuffer withLengths(ByteBuffer texts, MemorySegment offsets, int count) {
    int size = Math.addExact(texts.limit(), Math.multiplyExact(Integer.BYTES, count));
    ByteBuffer data = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      int begin = (int) offsets.getAtIndex(JAVA_LONG, i);
      int end = i + 1 < count ? (int) offsets.getAtIndex(JAVA_LONG, i + 1) : texts.limit();
      data.putInt(end - begin).put(texts.slice(begin, end - begin));
    }
    return data.flip();
  }

  private static MemorySegment pointer(OnnxTensor tensor) {
    return MemorySegment.ofAddress((long) Api.HANDLE.get((OnnxTensorLike) tensor));
  }

  /** A status is told only of a failure. */
  private static void call(MethodHandle function, Object... arguments) {
    MemorySegment status;
    try {
      status = (MemorySegment) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException("ONNX Runtime's C API cannot be called", e);
    }
    if (status.address() != 0) {
      throw new IllegalStateException("ONNX Runtime refuses a tensor of texts");
    }
  }
}
