package io.mlp.benchmark.stack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mlp.benchmark.driver.Answer;
import io.mlp.benchmark.driver.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The stack that MLP replaces: FastAPI and Celery, two worker processes, run as it says itself. */
public final class Seed implements Target, AutoCloseable {
  private static final byte[] ID = "\"task_id\":\"".getBytes(US_ASCII);
  private static final byte[] SUCCESS = "\"SUCCESS\"".getBytes(US_ASCII);
  private static final byte[] FAILURE = "\"FAILURE\"".getBytes(US_ASCII);
  private static final int ID_LENGTH = 36;
  private static final long POLL_NANOS = 2_000_000;

  private static final int PORT = 4993;

  private final SingleConnectionDataSource connection;
  private final JdbcClient sql;
  private final Services services;
  private final byte[][] submissions =
      Requests.posts("/inference/start", "", 64, image -> "{\"features\":" + image + "}");

  /** Its tables do not tell what it has accepted. */
  private long submitted;

  private Seed(SingleConnectionDataSource connection, Services services) {
    this.connection = connection;
    this.sql = JdbcClient.create(connection);
    this.services = services;
  }

  /** Starts both and returns when they serve. */
  public static Seed start(Path folder, SharedServers servers, Path logs)
      throws IOException, InterruptedException {
    Services.requireFree(PORT);
    Services services = new Services("seed", logs, environment(servers));
    Seed seed = new Seed(servers.freshDatabase("seed_benchmark"), services);
    try {
      services.start("worker", folder, python("celery -A worker.celery worker -l WARNING -c 2"));
      services.start(
          "api",
          folder,
          python(
              "uvicorn api:api --host 127.0.0.1 --port %d --log-level warning --no-access-log"
                  .formatted(PORT)));
      services.await("does not serve", () -> seed.listens() && seed.tableIsThere());
    } catch (IOException | InterruptedException | RuntimeException e) {
      seed.close();
      throw e;
    }
    return seed;
  }

  private static Map<String, String> environment(SharedServers servers) {
    return Map.of(
        "CELERY_BROKER_URL",
        "pyamqp://guest:guest@127.0.0.1:%d//".formatted(servers.amqpPort()),
        "CELERY_BACKEND_URL",
        "redis://127.0.0.1:%d/0".formatted(servers.redisPort()),
        "DATABASE_URL",
        "postgresql://mlp:mlp@127.0.0.1:%d/seed_benchmark".formatted(servers.postgresPort()),
        "PYTHONDONTWRITEBYTECODE",
        "1");
  }

  /** Debian's, which has the packages that the stack needs. */
  private static List<String> python(String module) {
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-m"));
    command.addAll(List.of(module.split(" ", -1)));
    return command;
  }

  private boolean listens() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), PORT)) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Its worker makes the table when it is up. */
  private boolean tableIsThere() {
    return sql.sql("select to_regclass('prediction') is not null").query(Boolean.class).single();
  }

  @Override
  public String name() {
    return "seed";
  }

  @Override
  public int port() {
    return PORT;
  }

  @Override
  public byte[] submission(int number) {
    submitted++;
    return submissions[number % submissions.length];
  }

  /** Submits, then polls for the result every two milliseconds, for the seed has no wait. */
  @Override
  public Session submitAndWait(Pace pace, LongConsumer latencies) {
    return new Session() {
      private long due;
      private boolean pending;
      private long pollAt;
      private byte[] poll = {};
      private int number;

      @Override
      public Step next(long now) {
        if (poll.length > 0) {
          return pollAt > now ? new Step.Wait(pollAt) : new Step.Send(poll);
        }
        if (!pending) {
          due = pace.next(now);
        }
        if (due == Pace.NEVER) {
          return new Step.Done();
        }
        pending = due > now;
        return pending ? new Step.Wait(due) : new Step.Send(submission(number++));
      }

      @Override
      public void answered(Answer answer, long now) {
        if (answer.status() >= 400 || answer.contains(FAILURE)) {
          throw new IllegalStateException(answer.status() + " " + answer.text());
        }
        if (poll.length == 0) {
          poll = Requests.get("/inference/results/" + answer.behind(ID, ID_LENGTH));
          pollAt = now;
        } else if (answer.contains(SUCCESS)) {
          latencies.accept(now - due);
          poll = new byte[0];
        } else {
          pollAt = now + POLL_NANOS;
        }
      }
    };
  }

  @Override
  public long unrecorded() {
    return submitted - sql.sql("select count(*) from prediction").query(Long.class).single();
  }

  @Override
  public Map<String, Long> processes() {
    return services.processes();
  }

  @Override
  public void close() {
    services.close();
    connection.close();
  }
}
