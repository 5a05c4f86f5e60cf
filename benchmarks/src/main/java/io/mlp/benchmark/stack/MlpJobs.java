package io.mlp.benchmark.stack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mlp.benchmark.driver.Answer;
import io.mlp.benchmark.driver.Session;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;

/** MLP, asked for jobs of one model. */
final class MlpJobs implements Target {
  /**
   * What is asked of each job beside its inputs.
   *
   * @param headers lines of the request
   * @param fields of its body
   * @param answers what the answer then says
   */
  record Asking(String headers, String fields, List<byte[]> answers) {
    private static final String WAIT = "Prefer: wait=30\r\n";
    private static final String USE_CACHE = ",\"cache\":\"use\"";
    private static final byte[] SUCCEEDED = "\"status\":\"succeeded\"".getBytes(US_ASCII);
    private static final byte[] FROM_CACHE = "\"cache\":\"hit\"".getBytes(US_ASCII);

    static final Asking RESULT = new Asking(WAIT, "", List.of(SUCCEEDED));
    static final Asking CACHED_RESULT = new Asking(WAIT, USE_CACHE, List.of(SUCCEEDED));
    static final Asking HIT = new Asking("", USE_CACHE, List.of(SUCCEEDED, FROM_CACHE));

    boolean answeredBy(Answer answer) {
      return answer.status() == 200 && answers.stream().allMatch(answer::contains);
    }
  }

  private final Mlp mlp;
  private final Model model;
  private final Asking asking;
  private final byte[][] submissions;
  private final byte[][] waiting;

  MlpJobs(Mlp mlp, Model model, Asking asking) {
    this.mlp = mlp;
    this.model = model;
    this.asking = asking;
    this.submissions = requests(model, "", _ -> "");
    this.waiting = requests(model, asking.headers, _ -> asking.fields);
  }

  /** Whose submissions have fields by their number. */
  MlpJobs(Mlp mlp, Model model, IntFunction<String> fields) {
    this.mlp = mlp;
    this.model = model;
    this.asking = Asking.RESULT;
    this.submissions = requests(model, "", fields);
    this.waiting = requests(model, asking.headers, fields);
  }

  private static byte[][] requests(Model model, String headers, IntFunction<String> fields) {
    AtomicInteger number = new AtomicInteger();
    return Requests.posts(
        "/v1/jobs",
        "Authorization: Bearer " + Mlp.KEY + "\r\n" + headers,
        model.numbers(),
        row ->
            "{\"model\":\"%s\",\"inputs\":{\"%s\":[%s]}%s}"
                .formatted(
                    model.label(), model.input(), row, fields.apply(number.getAndIncrement())));
  }

  @Override
  public String name() {
    return "MLP";
  }

  @Override
  public int port() {
    return mlp.port();
  }

  @Override
  public byte[] submission(int number) {
    return submissions[number % submissions.length];
  }

  @Override
  public Session submitAndWait(Pace pace, LongConsumer latencies) {
    return new Session() {
      private long due;
      private boolean pending;
      private int number;

      @Override
      public Step next(long now) {
        if (!pending) {
          due = pace.next(now);
        }
        if (due == Pace.NEVER) {
          return new Step.Done();
        }
        pending = due > now;
        return pending ? new Step.Wait(due) : new Step.Send(waiting[number++ % waiting.length]);
      }

      @Override
      public void answered(Answer answer, long now) {
        if (!asking.answeredBy(answer)) {
          throw new IllegalStateException(
              "%d %s (asked for with%s)".formatted(answer.status(), answer.text(), asking.fields));
        }
        latencies.accept(now - due);
      }
    };
  }

  @Override
  public long unrecorded() {
    return mlp.unrecorded(model);
  }

  @Override
  public Map<String, Long> processes() {
    return mlp.processes();
  }
}
