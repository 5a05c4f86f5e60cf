package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is taken from the memory for a request, beside what the JVM allocates for it. */
class ReadingCostTest {
  private static final ThreadMXBean JVM = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int MIB = 1024 * 1024;

  /** A body whose reading leaves next to no garbage behind, so that what it allocates it holds. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Body(String what, byte[] bytes) {
    static Body ofData(String what, String data) {
      return ofInputs(what, "{\"x\":[" + data + "]}");
    }

    static Body ofInputs(String what, String inputs) {
      return new Body(what, "{\"model\":\"m\",\"inputs\":%s}".formatted(inputs).getBytes(UTF_8));
    }

    JobRequest read(MemoryBudget.Share memory) {
      return JobRequestReader.read(bytes, memory);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Body> bodies() {
    return Stream.of(
        Body.ofData("whole numbers", "1,".repeat(MIB) + "1"),
        Body.ofData("fractions", "0.1,".repeat(MIB) + "1"),
        Body.ofData("a long text", "\"" + "a".repeat(4 * MIB) + "\""),
        Body.ofData("a long text of other letters", "\"" + "\u4e2d".repeat(MIB) + "\""),
        Body.ofData("a long text with another letter", "\"\u4e2d" + "a".repeat(4 * MIB) + "\""),
        Body.ofInputs("empty inputs", inputs("[]")),
        Body.ofInputs("small inputs", inputs("[1]")));
  }

  private static String inputs(String data) {
    return IntStream.range(0, 1024)
        .mapToObj(i -> "\"n%d\":%s".formatted(i, data))
        .collect(joining(",", "{", "}"));
  }

  /** If it took less than it allocates, it would not be refused here. */
  @ParameterizedTest
  @MethodSource("bodies")
  void isTakenBeforeItIsAllocated(Body body) {
    body.read(new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).open());
    long allocated =
        allocated(() -> body.read(new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).open()));
    MemoryBudget budget = new MemoryBudget(allocated * 4 / 3, Duration.ZERO);
    try (MemoryBudget.Share other = budget.open();
        MemoryBudget.Share memory = budget.open()) {
      other.take(MIB);

      ProblemException problem =
          catchThrowableOfType(ProblemException.class, () -> body.read(memory));

      assertThat(problem).as("%d bytes allocated", allocated).isNotNull();
      assertThat(problem.type()).isEqualTo(ProblemType.OVERLOADED);
    }
  }

  /** As objects of a letter they would take ten times as much. */
  @Test
  void isSmallForShortTexts() {
    Body texts = Body.ofData("texts", "\"a\",".repeat(MIB) + "\"a\"");
    MemoryBudget.Share memory = new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).open();
    long before = used();

    JobRequest request = texts.read(memory);

    assertThat(used() - before).isLessThan(memory.held() + MIB);
    assertThat(memory.held()).isLessThan(15 * MIB);
    assertThat(request.inputs().getFirst().data().size()).isEqualTo(MIB + 1);
  }

  /** A million inputs of an empty list would take a gibibyte. */
  @Test
  void isNextToNothing_whenThereAreTooManyInputs() {
    String inputs =
        IntStream.range(0, MIB).mapToObj("\"%08x\":[]"::formatted).collect(joining(",", "{", "}"));
    Body many = Body.ofInputs("too many inputs", inputs);
    MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE, Duration.ZERO);

    long allocated =
        allocated(() ->
            catchThrowableOfType(ProblemException.class, () -> many.read(budget.open())).type());

    assertThat(allocated).isLessThan(4 * MIB);
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long allocated(Supplier<?> work) {
    long before = JVM.getCurrentThreadAllocatedBytes();
    assertThat(work.get()).isNotNull();
    return JVM.getCurrentThreadAllocatedBytes() - before;
  }
}
