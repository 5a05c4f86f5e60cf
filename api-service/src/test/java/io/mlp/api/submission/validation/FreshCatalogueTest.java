package io.mlp.api.submission.validation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.Settings;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.model.FakeRegistry;
import io.mlp.api.owner.TestCallers;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.submission.reading.JobRequestReader;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What has changed since the catalogue was last read refuses no job. */
class FreshCatalogueTest {
  private static final String JOB = "{\"model\":\"new\",\"inputs\":{\"x\":[1]}}";

  private final FakeRegistry registry = new FakeRegistry().version("old", 1, taking("x"));
  private final JobValidation validation =
      new JobValidation(
          registry.catalogue(), Settings.of(SubmissionSettings.class, Map.of()), Clock.systemUTC());

  @Test
  void takesAJob_whoseModelWasRegisteredAMomentAgo() {
    registry.version("new", 1, taking("x"));

    assertThat(validate(JOB).version().model()).isEqualTo("new");
  }

  @Test
  void takesAJob_whoseVersionWasRegisteredAMomentAgo() {
    registry.version("old", 2, taking("x"));

    String job = "{\"model\":\"old\",\"version\":\"2\",\"inputs\":{\"x\":[1]}}";
    assertThat(validate(job).version().version()).isEqualTo(2);
  }

  @Test
  void takesAJob_thatFitsTheBytesOfAMomentAgo() {
    registry.replaced("old", 1, taking("y"));

    assertThat(
            validate("{\"model\":\"old\",\"inputs\":{\"y\":[1]}}").submission().content().inputs())
        .hasSize(1);
  }

  @Test
  void refusesWhatIsNotThere_afterALookAtWhatThereIs() {
    int before = registry.readings();

    assertThat(problem(JOB)).isEqualTo(ProblemType.MODEL_NOT_FOUND);
    assertThat(registry.readings()).isEqualTo(before + 1);
  }

  @Test
  void asksNothing_forAJobThatFits() {
    int before = registry.readings();

    validate("{\"model\":\"old\",\"inputs\":{\"x\":[1]}}");

    assertThat(registry.readings()).isEqualTo(before);
  }

  /** A client that is told that there is no such model gives up. */
  @Test
  void tellsToTryAgain_whileTheDatabaseIsAway() {
    registry.away(true);

    assertThat(problem(JOB)).isEqualTo(ProblemType.STORE_UNAVAILABLE);
    assertThat(problem("{\"model\":\"old\",\"version\":\"2\",\"inputs\":{\"x\":[1]}}"))
        .isEqualTo(ProblemType.STORE_UNAVAILABLE);
    assertThat(problem("{\"model\":\"old\",\"inputs\":{\"y\":[1]}}"))
        .isEqualTo(ProblemType.STORE_UNAVAILABLE);
  }

  private ProblemType problem(String body) {
    return catchThrowableOfType(ProblemException.class, () -> validate(body)).type();
  }

  private NewJob validate(String body) {
    return validation.validate(
        JobRequestReader.read(
            body.getBytes(UTF_8), new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).open()),
        TestCallers.vision());
  }

  private static ModelSignature taking(String input) {
    TensorShape any = TensorShape.of(-1);
    return new ModelSignature(
        List.of(new TensorSpec(input, TensorType.FP32, any)),
        List.of(new TensorSpec("label", TensorType.INT64, any)));
  }
}
