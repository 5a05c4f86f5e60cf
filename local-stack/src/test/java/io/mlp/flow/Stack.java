package io.mlp.flow;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The api and the worker, running on one database, and ways to look at them from outside. */
public final class Stack implements AutoCloseable {
  private final Database database;
  private final Application api;
  private final Application worker;
  private final Client client;
  private final TicketQueues queues;

  private Stack(Database database, Application api, Application worker, TicketQueues queues) {
    this.database = database;
    this.api = api;
    this.worker = worker;
    this.client = new Client(api.port());
    this.queues = queues;
  }

  /**
   * Starts both and returns when the shipped models are served.
   *
   * @param properties win over everything else, in both
   */
  static Stack start(Backends servers, Database database, Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(servers.springProperties());
    all.put("spring.datasource.url", database.url());
    all.putAll(properties);
    Application api = Application.api(all);
    Application worker = Application.worker(all);
    Stack stack = new Stack(database, api, worker, TicketQueues.of(servers.broker()));
    await().atMost(Duration.ofSeconds(30)).until(() -> stack.servedVersions() == 4);
    return stack;
  }

  private long servedVersions() {
    long ready = 0;
    for (JsonNode model : client.get("/v1/models").json().path("models")) {
      for (JsonNode version : model.path("versions")) {
        ready += version.path("state").asString().equals("ready") ? 1 : 0;
      }
    }
    return ready;
  }

  /** Waits until no job is unfinished and no ticket under way. */
  void awaitIdle() {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .until(() -> database.count("live") == 0 && queues.ready() == 0);
  }

  public Database database() {
    return database;
  }

  public Application api() {
    return api;
  }

  public Application worker() {
    return worker;
  }

  Client client() {
    return client;
  }

  TicketQueues queues() {
    return queues;
  }

  @Override
  public void close() {
    client.close();
    queues.close();
    worker.close();
    api.close();
    database.close();
  }
}
