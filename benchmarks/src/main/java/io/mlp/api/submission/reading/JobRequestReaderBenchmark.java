package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mlp.api.memory.MemoryBudget;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the bytes of a body to primitive arrays, for rows of 64 numbers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JobRequestReaderBenchmark {
  @Param({"1", "64", "1024"})
  public int rows;

  @Param({"7", "0.123456789"})
  public String number = "7";

  private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE, Duration.ZERO);
  private byte[] shortForm = {};
  private byte[] protocolForm = {};

  /** Makes the same job in both forms. */
  @Setup
  public void makeBodies() {
    String row = IntStream.range(0, 64).mapToObj(_ -> number).collect(Collectors.joining(","));
    String data = IntStream.range(0, rows).mapToObj(_ -> row).collect(Collectors.joining(","));
    String matrix = "[" + data.replace(row, "[" + row + "]") + "]";
    shortForm =
        "{\"model\":\"digits\",\"inputs\":{\"image\":%s}}".formatted(matrix).getBytes(US_ASCII);
    protocolForm =
        """
        {"model":"digits","inputs":[{"name":"image","shape":[%d,64],"datatype":"FP32","data":[%s]}]}\
        """
            .formatted(rows, data)
            .getBytes(US_ASCII);
  }

  @Benchmark
  public Object shortForm() {
    try (MemoryBudget.Share memory = budget.open()) {
      return JobRequestReader.read(shortForm, memory);
    }
  }

  @Benchmark
  public Object protocolForm() {
    try (MemoryBudget.Share memory = budget.open()) {
      return JobRequestReader.read(protocolForm, memory);
    }
  }
}
