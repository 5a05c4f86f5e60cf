package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.dispatch.TicketQueue;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The largest bodies that are allowed, many at once, whatever is in them, do not end an api of
 * little memory nor keep its other clients out. {@code -Dbodies.hostile=40 -Dbodies.jobs=100} sends
 * more than CI does; the report is {@code target/hostile-bodies.txt}.
 */
@ExtendWith(SharedStack.class)
class HostileBodiesIT {
  private static final Path REPORT = Path.of("target", "hostile-bodies.txt");
  private static final int LARGEST = 10 * 1024 * 1024;
  private static final int AT_ONCE = Integer.getInteger("bodies.hostile", 16);
  private static final int LARGE_JOBS = Integer.getInteger("bodies.jobs", 8);

  /** Queues of another name than those of the shared stack. */
  private static final String QUEUES = TicketQueue.Type.QUORUM.name();

  private final Backends servers;
  private final Database database;

  HostileBodiesIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  @Test
  void endNothing_andKeepNobodyOut() throws Exception {
    try (ServiceProcess api =
            ServiceProcess.api(servers, database)
                .with("MLP_QUEUE_TYPE", QUEUES)
                .with("JAVA_TOOL_OPTIONS", "-XX:+ExitOnOutOfMemoryError")
                .start();
        Client client = new Client(api.port());
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      api.awaitReady();
      register(client);
      Files.writeString(REPORT, "");
      neighbours("alone", client, Duration.ofSeconds(3), List.of());

      List<Map.Entry<String, byte[]>> kinds = List.copyOf(hostile().entrySet());
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        Map.Entry<String, byte[]> kind = kinds.get(i % kinds.size());
        answers.add(
            clients.submit(
                () -> kind.getKey() + " " + untilRead(client, kind.getValue()).status()));
      }
      neighbours("beside hostile bodies", client, Duration.ofSeconds(1), answers);
      report("hostile " + counted(answers) + peak(api));
      assertThat(counted(answers).keySet()).allMatch(answer -> answer.matches(".* 4(00|22)"));
      assertThat(api.alive()).as(api.log()).isTrue();

      byte[] large = largeJob();
      List<Future<Integer>> jobs = all(clients, () -> untilRead(client, large).status());
      neighbours("beside large jobs", client, Duration.ofSeconds(1), jobs);
      report("large jobs " + counted(jobs) + peak(api));
      assertThat(counted(jobs)).isEqualTo(Map.of("202", (long) LARGE_JOBS));
      assertThat(api.alive()).as(api.log()).isTrue();
    }
  }

  /** A worker tells the api its models, and has gone before the first job. */
  private void register(Client client) {
    try (ServiceProcess worker =
        ServiceProcess.worker(servers, database).with("MLP_QUEUE_TYPE", QUEUES).start()) {
      worker.awaitReady();
      await().until(() -> client.get("/v1/models/digits").status() == 200);
    }
  }

  private static <T> List<Future<T>> all(ExecutorService clients, Callable<T> call) {
    return IntStream.range(0, LARGE_JOBS).mapToObj(_ -> clients.submit(call)).toList();
  }

  private static Client.Answer post(Client client, byte[] body) {
    return client.send(
        client
            .request("/v1/jobs")
            .timeout(Duration.ofMinutes(2))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  /** Comes again as the answer says, until there is memory for the body. */
  private static Client.Answer untilRead(Client client, byte[] body) throws InterruptedException {
    Client.Answer answer = post(client, body);
    while (answer.status() == 503) {
      TimeUnit.SECONDS.sleep(Integer.parseInt(answer.header("Retry-After").orElseThrow()));
      answer = post(client, body);
    }
    return answer;
  }

  /** Small jobs one after the other for that time, and until others have their answers. */
  private static void neighbours(
      String when, Client client, Duration least, List<? extends Future<?>> others)
      throws IOException {
    List<Long> micros = new ArrayList<>();
    long end = System.nanoTime() + least.toNanos();
    while (System.nanoTime() < end || !others.stream().allMatch(Future::isDone)) {
      long begin = System.nanoTime();
      client.submit(HeldOut.DIGITS.anyJob());
      micros.add((System.nanoTime() - begin) / 1000);
    }
    List<Long> sorted = micros.stream().sorted().toList();
    report(
        "neighbours %s: %d, ms p50 %.1f, p99 %.1f, most %.1f"
            .formatted(
                when,
                sorted.size(),
                sorted.get(sorted.size() / 2) / 1e3,
                sorted.get(sorted.size() * 99 / 100) / 1e3,
                sorted.getLast() / 1e3));
  }

  private static void report(String line) throws IOException {
    Files.writeString(REPORT, line + System.lineSeparator(), StandardOpenOption.APPEND);
  }

  private static Map<String, Long> counted(List<? extends Future<?>> answers) {
    return answers.stream()
        .map(answer -> answer.resultNow().toString())
        .collect(groupingBy(answer -> answer, TreeMap::new, counting()));
  }

  private static String peak(ServiceProcess api) throws IOException {
    Path status = Path.of("/proc/%d/status".formatted(api.pid()));
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .collect(joining("", ", ", ""))
        : "";
  }

  private static Map<String, byte[]> hostile() {
    Map<String, String> inputs = new LinkedHashMap<>();
    inputs.put("ones", "{\"image\":[%s1]}".formatted("1,".repeat(LARGEST / 2 - 100)));
    inputs.put("names", names("[]"));
    inputs.put("letters", "{\"image\":[%s\"a\"]}".formatted("\"a\",".repeat(LARGEST / 4 - 100)));
    inputs.put("deep", "{\"image\":" + "[".repeat(LARGEST - 200) + "}");
    inputs.put("arrays", "{\"image\":[%s[]]}".formatted("[],".repeat(LARGEST / 3 - 100)));
    String number = "1".repeat(999);
    inputs.put("numbers", "{\"image\":[%s1]}".formatted((number + ",").repeat(LARGEST / 1001)));
    inputs.put("digits", "{\"image\":[%s]}".formatted("1".repeat(LARGEST - 200)));
    inputs.put("text", "{\"image\":[\"%s\"]}".formatted("a".repeat(LARGEST - 200)));
    return inputs.entrySet().stream()
        .collect(
            toMap(
                Map.Entry::getKey,
                entry -> body(entry.getValue()),
                (one, _) -> one,
                LinkedHashMap::new));
  }

  private static String names(String data) {
    return IntStream.range(0, LARGEST / 14 - 100)
        .mapToObj(i -> "\"%08x\":%s".formatted(i, data))
        .collect(joining(",", "{", "}"));
  }

  private static byte[] largeJob() {
    String row = "[%s0]".formatted("0.5,".repeat(63));
    int rows = (LARGEST - 200) / (row.length() + 1);
    return body("{\"image\":[%s%s]}".formatted((row + ",").repeat(rows - 1), row));
  }

  private static byte[] body(String inputs) {
    byte[] body = "{\"model\":\"digits\",\"inputs\":%s}".formatted(inputs).getBytes(UTF_8);
    assertThat(body.length).isBetween(LARGEST * 9 / 10, LARGEST);
    return body;
  }
}
