package io.mlp.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mlp.flow.Database;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import io.mlp.tensor.TensorType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Counts over rows, after everything: counters in processes die with them. */
record Balance(Database database) {

  /** Every accepted job has ended, once, and no job is there that nobody asked for. */
  void requireOneOutcomeEach(Set<UUID> accepted) {
    List<UUID> stored =
        database
            .sql()
            .sql("select id from job")
            .query((row, _) -> row.getObject("id", UUID.class))
            .list();
    Set<UUID> lost = new HashSet<>(accepted);
    stored.forEach(lost::remove);
    assertThat(lost).as("accepted, but not there").isEmpty();
    Set<UUID> unasked = new HashSet<>(stored);
    unasked.removeAll(accepted);
    assertThat(unasked).as("there, but accepted under no key").isEmpty();
    assertThat(database.count("job where status = 'queued' or completed_at is null"))
        .as("not terminal")
        .isZero();
    assertThat(database.count("live")).as("rows in live").isZero();
  }

  /** What succeeded says what ONNX Runtime says of that row alone. */
  void requireResultsOf(Map<UUID, Rows.Row> accepted) {
    database
        .sql()
        .sql("select id, outputs from job where status = 'succeeded'")
        .query(row -> {
          Rows.Row asked = Objects.requireNonNull(accepted.get(row.getObject("id", UUID.class)));
          requireSame(TensorCodec.decode(row.getBytes("outputs")), asked.expected());
        });
  }

  private static void requireSame(List<Tensor> actual, List<Tensor> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      Tensor output = actual.get(i);
      Tensor other = expected.get(i);
      assertThat(output.name()).isEqualTo(other.name());
      assertThat(output.shape()).isEqualTo(other.shape());
      if (output.type() != TensorType.FP32) {
        assertThat(output).isEqualTo(other);
        continue;
      }
      // A batch adds up in another order than a single row.
      for (int at = 0; at < output.data().remaining(); at += Float.BYTES) {
        assertThat(output.data().getFloat(at)).isCloseTo(other.data().getFloat(at), within(1e-3f));
      }
    }
  }

  String outcomes() {
    return lines(
        "select status || coalesce(' ' || failure_kind, ''), count(*) from job group by 1");
  }

  /** Tries that did not end a job, by kind. */
  String attempts() {
    return lines("select kind, count(*) from attempt group by 1");
  }

  /** The longest time in which no job ended, in seconds. */
  double longestGapSeconds() {
    return database
        .sql()
        .sql(
            """
            select coalesce(extract(epoch from max(gap)), 0) from (
              select completed_at - lag(completed_at) over (order by completed_at) as gap from job
            ) gaps
            """)
        .query(Double.class)
        .single();
  }

  private String lines(String query) {
    return database
        .sql()
        .sql(query + " order by 1")
        .query((row, _) -> row.getString(1) + " " + row.getLong(2))
        .list()
        .stream()
        .collect(Collectors.joining(", "));
  }
}
