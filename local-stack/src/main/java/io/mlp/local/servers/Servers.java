package io.mlp.local.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A real PostgreSQL, a real Redis and an AMQP broker on loopback. {@link #prepare} checks and
 * starts nothing, {@link #start} starts all three within seconds, {@link #close} leaves no process
 * behind and may be called at any moment from any thread.
 */
public final class Servers implements AutoCloseable {
  /** Also makes logging ready here, before there are threads that log. */
  private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

  private final ServersSettings settings;
  private final DataFolder folder;
  private final List<String> reaped;

  /** What to undo, latest first. */
  private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();

  private @Nullable Started started;

  private Servers(ServersSettings settings, DataFolder folder, List<String> reaped) {
    this.settings = settings;
    this.folder = folder;
    this.reaped = reaped;
    opened.push(folder);
  }

  /**
   * Owns the data folder, ends what a killed run left in it and checks what can be checked.
   *
   * @throws CannotStartException if the folder is in use, not writable, or of another PostgreSQL,
   *     or a port that was asked for is taken
   */
  public static Servers prepare(ServersSettings settings) {
    DataFolder folder = DataFolder.own(settings.folder());
    try {
      new PostgresFolder(folder).check();
      List<String> reaped = OrphanReaper.reap(folder);
      Ports.checkFree("LOCAL_STACK_POSTGRES_PORT", settings.postgresPort());
      Ports.checkFree("LOCAL_STACK_REDIS_PORT", settings.redisPort());
      Ports.checkFree("LOCAL_STACK_AMQP_PORT", settings.amqpPort());
      return new Servers(settings, folder, reaped);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** Prepared and started in one go. */
  public static Servers start(ServersSettings settings) {
    Servers servers = prepare(settings);
    servers.start();
    return servers;
  }

  /** Started on free ports with a data folder that is deleted at the end: for tests. */
  public static Servers startTemporary(Path binaries) {
    Path folder = temporaryFolder();
    Servers servers = prepare(ServersSettings.in(folder).withBinaries(binaries));
    servers.opened.addLast(() -> FileSystemUtils.deleteRecursively(folder));
    servers.start();
    return servers;
  }

  /**
   * Starts all three and returns when each answers; when one does not, none is left.
   *
   * @throws CannotStartException saying which one and why
   */
  public synchronized void start() {
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      Future<AmqpBroker> broker = start(threads, this::startBroker);
      // Not beside PostgreSQL: a program cannot run while a file it was just written to is open,
      // and every process that is forked at that moment inherits the open file.
      RedisServer redis = result(start(threads, this::startRedis));
      Future<PostgresServer> postgres = start(threads, this::startPostgres);
      started = new Started(result(postgres), redis, result(broker));
      LOG.info("PostgreSQL, Redis and the AMQP broker started in {}", settings.folder());
    } finally {
      // Here the threads have ended: what failed has not started, and the rest must not stay.
      if (started == null) {
        close();
      }
    }
  }

  /** The servers that a killed run had left behind and {@link #prepare} ended. */
  public List<String> reaped() {
    return reaped;
  }

  public PostgresServer postgres() {
    return started().postgres();
  }

  public RedisServer redis() {
    return started().redis();
  }

  public AmqpBroker broker() {
    return started().broker();
  }

  /** What a Spring Boot application needs to use these servers and no others. */
  public Map<String, String> springProperties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("spring.datasource.url", postgres().jdbcUrl());
    properties.put("spring.datasource.username", postgres().user());
    properties.put("spring.datasource.password", postgres().password());
    properties.put("spring.rabbitmq.host", broker().host());
    properties.put("spring.rabbitmq.port", Integer.toString(broker().port()));
    properties.put("spring.rabbitmq.username", broker().user());
    properties.put("spring.rabbitmq.password", broker().password());
    properties.put("spring.rabbitmq.virtual-host", broker().virtualHost());
    properties.put("spring.data.redis.host", redis().host());
    properties.put("spring.data.redis.port", Integer.toString(redis().port()));
    // A REDIS_PASS meant for another Redis may be in the environment.
    properties.put("spring.data.redis.password", "");
    return properties;
  }

  /** The same as command line arguments, which win over every other source of properties. */
  public String[] springArguments() {
    return springProperties().entrySet().stream()
        .map(property -> "--" + property.getKey() + "=" + property.getValue())
        .toArray(String[]::new);
  }

  /** Closes all of them, the latest first, even if one of them does not close well. */
  @Override
  public synchronized void close() {
    AutoCloseable next = opened.poll();
    if (next == null) {
      return;
    }
    try {
      next.close();
    } catch (Exception e) {
      throw new IllegalStateException("a server did not close", e);
    } finally {
      close();
    }
  }

  private <T extends AutoCloseable> Future<T> start(ExecutorService threads, Callable<T> server) {
    return threads.submit(() -> {
      T running = server.call();
      synchronized (opened) {
        opened.push(running);
      }
      return running;
    });
  }

  private AmqpBroker startBroker() {
    return AmqpBroker.start(folder, settings.amqpPort());
  }

  private RedisServer startRedis() {
    return RedisServer.start(folder, Ports.chosen(settings.redisPort()));
  }

  private PostgresServer startPostgres() {
    return PostgresServer.start(folder, settings.binaries(), Ports.chosen(settings.postgresPort()));
  }

  private static <T> T result(Future<T> server) {
    try {
      return server.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CannotStartException.because("The start was interrupted.", e);
    }
  }

  private Started started() {
    Started running = started;
    if (running == null) {
      throw new IllegalStateException("servers: not started (expected: start() before)");
    }
    return running;
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("mlp-servers-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Started(PostgresServer postgres, RedisServer redis, AmqpBroker broker) {}
}
