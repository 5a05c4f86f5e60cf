package io.mlp.worker.schedule;

import static io.mlp.worker.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.dispatch.Ticket;
import io.mlp.worker.Settings;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.repository.Loading;
import io.mlp.worker.repository.ModelVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BatchSchedulerTest {
  private final ModelQueue iris = new ModelQueue(ShippedModels.iris());
  private final ModelQueue diabetes = new ModelQueue(ShippedModels.diabetes());
  private final int full = ShippedModels.iris().batching().maxRows();

  private final SlowBatches batches = new SlowBatches();
  private BatchScheduler scheduler = started(Map.of("batches-in-flight", 1));

  private record Batch(ModelQueue queue, int tickets) {}

  /** Batches that take as long as the test wants. */
  private static final class SlowBatches implements BatchScheduler.Batches {
    private final List<Batch> begun = new ArrayList<>();
    private final Semaphore gate = new Semaphore(1);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile boolean endable;
    private volatile boolean stuck;

    void hold() {
      gate.acquireUninterruptibly();
    }

    void finish() {
      gate.release();
    }

    synchronized List<Batch> begun() {
      return List.copyOf(begun);
    }

    @Override
    public void run(ModelQueue queue, List<HeldTicket> tickets, BooleanSupplier working) {
      begin(new Batch(queue, tickets.size()));
      gate.acquireUninterruptibly();
      gate.release();
      if (tickets.stream().anyMatch(BrokenTicket.class::isInstance)) {
        throw new IllegalStateException("a bad batch");
      }
      tickets.forEach(HeldTicket::done);
    }

    @Override
    public void endRuns() {
      asked.add("end");
      if (endable) {
        finish();
      }
    }

    @Override
    public boolean stuck(Thread thread) {
      return stuck;
    }

    @Override
    public void giveBackHeld() {
      asked.add("give back");
    }

    @Override
    public void expect(ModelVersion version) {}

    @Override
    public void forget(ModelVersion version) {
      asked.add("forget " + version);
    }

    private synchronized void begin(Batch batch) {
      begun.add(batch);
    }
  }

  private static final class BrokenTicket implements HeldTicket {
    @Override
    public Ticket ticket() {
      return new FakeTicket().ticket();
    }

    @Override
    public void done() {}

    @Override
    public void giveBack() {}
  }

  @AfterEach
  void stop() {
    batches.finish();
    scheduler.stop();
  }

  @Test
  void runsATicketAtOnce_whenItIsAlone() {
    HeldTicket ticket = offer(iris, 1).getFirst();

    eventually().until(() -> FakeTicket.isDone(ticket));
    assertThat(batches.begun()).containsExactly(new Batch(iris, 1));
  }

  /** Its consumer may be at its limit, so that no further ticket comes. */
  @Test
  void runsWhatCameWhileItWasStopped() {
    scheduler.stop();
    List<HeldTicket> tickets = offer(iris, 2);
    assertThat(batches.begun()).isEmpty();

    scheduler.start();

    eventually().until(() -> tickets.stream().allMatch(FakeTicket::isDone));
  }

  /** Nothing waits for a batch to fill: it is what came while another one ran. */
  @Test
  void runsTogether_whatCameDuringABatch() {
    batches.hold();
    offer(iris, 1);
    eventually().until(() -> batches.begun().size() == 1);
    List<HeldTicket> gathered = offer(iris, 5);

    batches.finish();

    eventually().until(() -> gathered.stream().allMatch(FakeTicket::isDone));
    assertThat(batches.begun()).containsExactly(new Batch(iris, 1), new Batch(iris, 5));
  }

  @Test
  void keepsNoModelWaiting_howeverLongTheBatchesOfAnotherTake() {
    restart(Map.of("batches-in-flight", 2));
    batches.hold();
    offer(iris, 3 * full);
    eventually().until(() -> batches.begun().size() == 2);

    offer(diabetes, 2);

    eventually().until(() -> batches.begun().size() == 3);
    assertThat(batches.begun().getLast().queue()).isEqualTo(diabetes);
    assertThat(batches.begun()).filteredOn(batch -> batch.queue().equals(iris)).hasSize(2);
  }

  /** It is taken to compute for most of a batch until it has shown otherwise. */
  @Test
  void runsBatchesOfANewModelSideBySide() {
    runOneBesideAnother();
  }

  private void runOneBesideAnother() {
    restart(Map.of("batches-in-flight", 2));
    batches.hold();
    offer(iris, 1);
    eventually().until(() -> batches.begun().size() == 1);

    offer(iris, 1);

    eventually().until(() -> batches.begun().size() == 2);
  }

  /** A batch costs nearly as much for one job as for many. */
  @Test
  void runsOnlyFullBatchesBesideAnother_whereComputingIsNextToNothing() {
    restart(Map.of("batches-in-flight", 2));
    iris.took(Duration.ofMillis(1), Duration.ofMillis(5));
    batches.hold();
    offer(iris, 1);
    eventually().until(() -> batches.begun().size() == 1);
    offer(iris, full - 1);
    assertThat(iris.joinsLine()).isFalse();

    offer(iris, 1);

    eventually().until(() -> batches.begun().size() == 2);
    assertThat(batches.begun()).containsExactly(new Batch(iris, 1), new Batch(iris, full));
  }

  @Test
  void runsBatchesSideBySide_whereComputingIsMostOfThem() {
    iris.took(Duration.ofMillis(1), Duration.ofMillis(5));
    iris.took(Duration.ofMillis(2), Duration.ofMillis(5));
    runOneBesideAnother();
  }

  @Test
  void goesOn_whenABatchFails() {
    scheduler.offer(iris, new BrokenTicket());
    eventually().until(() -> batches.begun().size() == 1);

    HeldTicket next = offer(iris, 1).getFirst();

    eventually().until(() -> FakeTicket.isDone(next));
  }

  @Test
  void finishesWhatIsInFlight_whenItStops() {
    batches.hold();
    HeldTicket inFlight = offer(iris, 1).getFirst();
    eventually().until(() -> batches.begun().size() == 1);
    HeldTicket waiting = offer(iris, 1).getFirst();
    Thread stopping = Thread.ofVirtual().start(scheduler::stop);
    eventually().until(() -> !scheduler.isRunning());

    batches.finish();

    eventually().until(() -> !stopping.isAlive());
    assertThat(FakeTicket.isDone(inFlight)).isTrue();
    assertThat(FakeTicket.isInHand(waiting)).as("goes back to the broker by itself").isTrue();
    assertThat(batches.begun()).hasSize(1);
  }

  @Test
  void endsABatch_whenItTakesLongerThanTheGrace() {
    restart(Map.of("batches-in-flight", 1, "grace", "0s"));
    batches.hold();
    batches.endable = true;
    HeldTicket slow = offer(iris, 1).getFirst();
    eventually().until(() -> batches.begun().size() == 1);

    scheduler.stop();

    assertThat(batches.asked).containsExactly("end");
    assertThat(FakeTicket.isDone(slow)).isTrue();
    assertThat(scheduler.idle()).isTrue();
  }

  @Test
  void givesTheJobsBack_ofABatchThatDoesNotEnd() {
    restart(Map.of("batches-in-flight", 1, "grace", "0s"));
    batches.hold();
    HeldTicket hung = offer(iris, 1).getFirst();
    eventually().until(() -> batches.begun().size() == 1);

    scheduler.stop();

    assertThat(batches.asked).containsExactly("end", "give back");
    assertThat(FakeTicket.isInHand(hung)).isTrue();
    assertThat(scheduler.idle()).isFalse();
  }

  @Test
  @Timeout(20)
  void waitsForNoThreadThatIsKnownToBeStuck() {
    restart(Map.of("batches-in-flight", 1, "grace", "1h"));
    batches.hold();
    batches.stuck = true;
    offer(iris, 1);
    eventually().until(() -> batches.begun().size() == 1);

    scheduler.stop();

    assertThat(batches.asked).containsExactly("end", "give back");
  }

  @Test
  void handsTicketsOverToTheLaneThatTakesAnothersPlace() {
    ModelQueue old = new ModelQueue(Loading.iris());
    batches.hold();
    HeldTicket inFlight = offer(old, 1).getFirst();
    eventually().until(() -> batches.begun().size() == 1);
    List<HeldTicket> waiting = offer(old, 3);

    scheduler.replace(old, iris);
    batches.finish();

    eventually().until(() -> waiting.stream().allMatch(FakeTicket::isDone));
    eventually().until(() -> FakeTicket.isDone(inFlight));
    assertThat(batches.begun()).startsWith(new Batch(old, 1));
    assertThat(batches.begun()).filteredOn(batch -> batch.queue().equals(old)).hasSize(1);
  }

  @Test
  void forgetsAVersionThatIsGone_afterItsLastBatch() {
    ModelQueue gone = new ModelQueue(Loading.iris());
    batches.hold();
    offer(gone, 1);
    eventually().until(() -> batches.begun().size() == 1);

    scheduler.remove(gone);
    assertThat(batches.asked).isEmpty();
    batches.finish();

    eventually().untilAsserted(() -> assertThat(batches.asked).containsExactly("forget iris/1"));
  }

  @Test
  void makesProgress_whileNothingWaits() {
    assertThat(scheduler.secondsWithoutProgress()).isZero();
  }

  @Test
  void makesNoProgress_whileTicketsWaitForABatchThatDoesNotEnd() {
    batches.hold();
    offer(iris, 1);
    eventually().until(() -> batches.begun().size() == 1);
    assertThat(scheduler.secondsWithoutProgress()).isZero();

    offer(iris, 1);

    eventually().until(() -> scheduler.secondsWithoutProgress() > 0);
  }

  private List<HeldTicket> offer(ModelQueue queue, int count) {
    List<HeldTicket> tickets = FakeTicket.some(count);
    tickets.forEach(ticket -> scheduler.offer(queue, ticket));
    return tickets;
  }

  private void restart(Map<String, ?> settings) {
    scheduler.stop();
    scheduler = started(settings);
  }

  private BatchScheduler started(Map<String, ?> settings) {
    BatchScheduler fresh =
        new BatchScheduler(
            batches, new InputBudget(1 << 30), Settings.of(ExecutionSettings.class, settings));
    fresh.start();
    return fresh;
  }
}
