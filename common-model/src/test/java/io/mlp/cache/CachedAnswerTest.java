package io.mlp.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.Prediction;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedAnswerTest {
  private static final List<Tensor> OUTPUTS =
      List.of(Tensors.int64("label", 1, 7), Tensors.fp32("scores", 1, 0.25f, 0.75f));

  @Test
  void comesBackAsItWas() {
    CachedAnswer worded =
        new CachedAnswer(
            OUTPUTS, List.of(new Prediction("späte \"7\"", 0.75), new Prediction("two", null)));
    CachedAnswer plain = new CachedAnswer(OUTPUTS, null);

    assertThat(CachedAnswer.decode(worded.encode())).contains(worded);
    assertThat(CachedAnswer.decode(plain.encode())).contains(plain);
  }

  /** Better none than a wrong one. */
  @Test
  void isNone_whereTheBytesAreAnythingElse() {
    byte[] whole = new CachedAnswer(OUTPUTS, List.of(new Prediction("two", 0.5))).encode();
    for (int length = 0; length < whole.length; length++) {
      assertThat(CachedAnswer.decode(Arrays.copyOf(whole, length))).isEmpty();
    }
    byte[] otherFormat = whole.clone();
    otherFormat[0] = 2;
    assertThat(CachedAnswer.decode(otherFormat)).isEmpty();
  }
}
