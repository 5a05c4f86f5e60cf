package io.mlp.flow;

import static org.awaitility.Awaitility.await;

import io.mlp.model.SignatureJson;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model version that is catalogued but served by nobody, so that its jobs wait for as long as a
 * test wants them to.
 *
 * @param id key of its row in {@code model_version}
 */
public record IdleModel(Stack stack, String name, int id) implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Catalogues one and returns when the api knows it. */
  public static IdleModel in(Stack stack) {
    String name = "idle-" + NUMBER.incrementAndGet();
    IdleModel model = new IdleModel(stack, name, register(stack.database(), name));
    await().until(() -> stack.client().get("/v1/models/" + name).status() == 200);
    return model;
  }

  /** Writes the row of a model with one input of one number a row. */
  public static int register(Database database, String name) {
    TensorShape column = TensorShape.of(TensorShape.ANY, 1);
    return database
        .sql()
        .sql(
            """
            insert into model_version (model, version, digest, inputs, outputs, max_batch_rows)
            values (:name, 1, repeat('0', 64), :inputs::jsonb, :outputs::jsonb, 64)
            returning id
            """)
        .param("name", name)
        .param("inputs", SignatureJson.write(List.of(new TensorSpec("x", TensorType.FP32, column))))
        .param(
            "outputs", SignatureJson.write(List.of(new TensorSpec("y", TensorType.FP32, column))))
        .query(Integer.class)
        .single();
  }

  String job(String more) {
    return """
    {"model": "%s", "inputs": {"x": [[1]]}%s}\
    """
        .formatted(name, more);
  }

  /** The name of the key that a job was submitted with. */
  String submittedWith(UUID id) {
    return stack
        .database()
        .sql()
        .sql("select submitted_with from job where id = :id")
        .param("id", id)
        .query(String.class)
        .single();
  }

  /** Removes its jobs, so that nothing is left unfinished. */
  @Override
  public void close() {
    for (String table : List.of("live", "job")) {
      stack
          .database()
          .sql()
          .sql("delete from %s where model_version_id = :id".formatted(table))
          .param("id", id)
          .update();
    }
  }
}
