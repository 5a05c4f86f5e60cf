package io.mlp.api.retirement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.CachePolicy;
import io.mlp.job.JobOptions;
import io.mlp.job.store.OrphanedJob;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReassignmentTest {
  private static final Set<String> ALL = Set.of();

  private static final ModelSignature SIGNATURE =
      new ModelSignature(List.of(spec("a"), spec("b")), List.of(spec("y")));

  private static TensorSpec spec(String name) {
    return new TensorSpec(name, TensorType.FP32, TensorShape.of(-1));
  }

  private static Tensor rows(String name, int rows) {
    ByteBuffer data = ByteBuffer.allocate(Float.BYTES * rows);
    return new Tensor(name, TensorType.FP32, TensorShape.of(rows), data);
  }

  private static OrphanedJob free(Set<String> outputs, Tensor... inputs) {
    return job(false, outputs, inputs);
  }

  private static OrphanedJob job(boolean pinned, Set<String> outputs, Tensor... inputs) {
    return new OrphanedJob(
        UUID.randomUUID(),
        0,
        pinned,
        List.of(inputs),
        new JobOptions(outputs, CachePolicy.BYPASS, Map.of()));
  }

  @Test
  void fitsAVersionThatTakesItAsItIs() {
    assertThat(Reassignment.fits(free(ALL, rows("b", 2), rows("a", 2)), SIGNATURE, true)).isTrue();
    assertThat(Reassignment.fits(free(Set.of("y"), rows("a", 2), rows("b", 2)), SIGNATURE, true))
        .isTrue();
    assertThat(Reassignment.fits(free(Set.of("z"), rows("a", 2), rows("b", 2)), SIGNATURE, true))
        .isFalse();
    assertThat(Reassignment.fits(free(ALL, rows("a", 2)), SIGNATURE, true)).isFalse();
    assertThat(Reassignment.fits(free(ALL, rows("a", 2), rows("a", 2)), SIGNATURE, true)).isFalse();
  }

  @Test
  void staysWithTheVersionThatItsClientNamed() {
    assertThat(Reassignment.fits(job(true, ALL, rows("a", 2), rows("b", 2)), SIGNATURE, true))
        .isFalse();
  }

  /** A worker would refuse it there as the client's mistake. */
  @Test
  void fitsNoBatchedVersion_whenItsRowsDifferOrItHasNone() {
    for (OrphanedJob job :
        List.of(free(ALL, rows("a", 1), rows("b", 2)), free(ALL, rows("a", 0), rows("b", 0)))) {
      assertThat(Reassignment.fits(job, SIGNATURE, true)).isFalse();
      assertThat(Reassignment.fits(job, SIGNATURE, false)).isTrue();
    }
  }
}
