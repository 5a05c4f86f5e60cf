package io.mlp.benchmark.limit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.mlp.benchmark.driver.Answer;
import io.mlp.benchmark.driver.HttpDriver;
import io.mlp.benchmark.driver.Session;
import io.mlp.benchmark.stack.Model;
import io.mlp.benchmark.stack.Pace;
import io.mlp.benchmark.stack.SharedServers;
import io.mlp.benchmark.stack.Target;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketCodec;
import io.mlp.job.WaitingJob;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;

/** Each part of MLP's way, alone and from one thread. */
public final class Limits {
  private static final String GENERIC = "plan_cache_mode=force_generic_plan";
  private static final int BATCH = 64;
  private static final int VALUE_BYTES = 700;

  private Limits() {}

  /**
   * ONNX Runtime without anything around it, with the options that the worker gives it.
   *
   * @param threads that each run it, side by side; a run has no threads of its own
   */
  public static Limit onnxRuntime(Path models, Model model, int rows, int threads)
      throws Exception {
    Path file = models.resolve(model.label()).resolve("1/model.onnx");
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setCPUArenaAllocator(false);
      options.setMemoryPatternOptimization(false);
      try (OrtSession session = environment.createSession(file.toString(), options)) {
        FloatBuffer numbers =
            ByteBuffer.allocateDirect(rows * model.numbers() * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        String name =
            "ONNX Runtime alone, %s, %d rows a run, %d at a time"
                .formatted(model.label(), rows, threads);
        return Measured.sideBySide(
            threads,
            name,
            "rows",
            List.of(),
            () -> run(environment, session, model, numbers.duplicate()));
      }
    }
  }

  private static long run(
      OrtEnvironment environment, OrtSession session, Model model, FloatBuffer numbers)
      throws OrtException {
    long rows = numbers.remaining() / model.numbers();
    long[] shape = {rows, model.numbers()};
    try (OnnxTensor input = OnnxTensor.createTensor(environment, numbers, shape);
        OrtSession.Result _ = session.run(Map.of(model.input(), input))) {
      return rows;
    }
  }

  /** A message of a ticket's size from publisher to consumer, confirmed and acknowledged. */
  public static Limit rabbitMq(SharedServers servers) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(servers.amqpPort());
    WaitingJob job = new WaitingJob(UUID.randomUUID(), 0, 0, JobStatements.KNOWN);
    byte[] ticket = TicketCodec.encode(new Ticket(7, false, Collections.nCopies(8, job)));
    try (Connection connection = factory.newConnection();
        Channel publisher = connection.createChannel();
        Channel consumer = connection.createChannel()) {
      String queue = publisher.queueDeclare().getQueue();
      publisher.confirmSelect();
      consumer.basicQos(2 * BATCH);
      Semaphore received = new Semaphore(0);
      DeliverCallback onDelivery =
          (_, delivery) -> {
            consumer.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            received.release();
          };
      consumer.basicConsume(queue, false, onDelivery, _ -> {});
      AMQP.BasicProperties transientMessage =
          new AMQP.BasicProperties.Builder().deliveryMode(1).build();
      return Measured.of(
          "RabbitMQ, publish, confirm, deliver and ack, 64 at a time",
          "tickets",
          List.of(servers.process("rabbitmq")),
          () -> {
            for (int i = 0; i < BATCH; i++) {
              publisher.basicPublish("", queue, true, transientMessage, ticket);
            }
            publisher.waitForConfirmsOrDie(5000);
            received.acquire(BATCH);
            return BATCH;
          });
    }
  }

  /** A job stored, claimed and recorded by MLP's own statements, each with its kind of commit. */
  public static Limit postgres(SharedServers servers) throws Exception {
    String database = "limit_benchmark";
    servers.freshDatabase(database).close();
    try (var durable = servers.connection(database, "enable_seqscan=off", "jit=off", GENERIC);
        var asynchronous =
            servers.connection(
                database, "enable_seqscan=off", "jit=off", GENERIC, "synchronous_commit=off")) {
      Flyway.configure()
          .dataSource(durable)
          .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
          .load()
          .migrate();
      JobStatements jobs = new JobStatements(durable, asynchronous);
      return Measured.of(
          "PostgreSQL, insert, claim and record, 64 at a time",
          "jobs",
          List.of(servers.process("postgres")),
          () -> jobs.end(jobs.submit(BATCH)));
    }
  }

  /** A finished job written and read back, pipelined. */
  public static Limit redis(SharedServers servers) throws Exception {
    RedisURI uri = RedisURI.create("127.0.0.1", servers.redisPort());
    try (RedisClient client = RedisClient.create(uri);
        StatefulRedisConnection<byte[], byte[]> connection =
            client.connect(ByteArrayCodec.INSTANCE)) {
      byte[] value = new byte[VALUE_BYTES];
      RedisAsyncCommands<byte[], byte[]> commands = connection.async();
      connection.setAutoFlushCommands(false);
      return Measured.of(
          "Redis, SETEX and GET of %d bytes, 64 at a time".formatted(VALUE_BYTES),
          "pairs",
          List.of(servers.process("redis")),
          () -> {
            List<RedisFuture<?>> answers = new ArrayList<>(2 * BATCH);
            for (int i = 0; i < BATCH; i++) {
              byte[] key = ("benchmark:" + i).getBytes(US_ASCII);
              answers.add(commands.setex(key, 60, value));
              answers.add(commands.get(key));
            }
            connection.flushCommands();
            LettuceFutures.awaitAll(5, TimeUnit.SECONDS, answers.toArray(RedisFuture[]::new));
            return BATCH;
          });
    }
  }

  /** A handler that does next to nothing, in the api's own server. */
  public static Limit http(Target mlp) throws Exception {
    byte[] request = "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
    long api = mlp.processes().getOrDefault("api", 0L);
    return Measured.of(
        "HTTP, the api's server with an empty handler, 32 connections",
        "requests",
        List.of(api),
        () -> {
          int requests = 20_000;
          Pace pace = Pace.closed(requests);
          List<Session> sessions = new ArrayList<>();
          for (int i = 0; i < 32; i++) {
            sessions.add(new Asking(pace, request));
          }
          new HttpDriver(mlp.port()).run(sessions, Duration.ofSeconds(10));
          return requests;
        });
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Asking(Pace pace, byte[] request) implements Session {
    @Override
    public Step next(long now) {
      return pace.next(now) == Pace.NEVER ? new Step.Done() : new Step.Send(request);
    }

    @Override
    public void answered(Answer answer, long now) {
      if (answer.status() != 200) {
        throw new IllegalStateException(answer.text());
      }
    }
  }
}
