package io.mlp.job.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.store.PageWalk.Pages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageWalkTest {
  private static final long SIZE = 100_000;

  private final List<Pages> steps = new ArrayList<>();
  private final List<Long> rests = new ArrayList<>();
  private long nanos;
  private long nanosPerPage = 10_000;
  private final PageWalk walk = new PageWalk(() -> nanos, rests::add);

  private void walk(long size) {
    walk.walk(
        size,
        pages -> {
          steps.add(pages);
          nanos += nanosPerPage * (Math.min(pages.to(), size) - pages.from());
        });
  }

  @Test
  void takesEachPageOnce_andThoseThatAreNewMeanwhile() {
    walk(SIZE);

    assertThat(steps.getFirst().from()).isZero();
    for (int i = 1; i < steps.size(); i++) {
      assertThat(steps.get(i).from()).isEqualTo(steps.get(i - 1).to());
    }
    assertThat(steps.getLast().to()).isEqualTo(Pages.ALL.to());
  }

  @Test
  void takesASmallTableInOneStep_withoutARest() {
    walk(100);

    assertThat(steps).containsExactly(Pages.ALL);
    assertThat(rests).isEmpty();
  }

  @Test
  void looksAtAnEmptyTable_whichMayHaveGrownSince() {
    walk(0);

    assertThat(steps).containsExactly(Pages.ALL);
  }

  @Test
  void takesAsManyPagesAsFitTheTimeOfAStep() {
    walk(SIZE);

    assertThat(steps.get(5).to() - steps.get(5).from())
        .isEqualTo(Duration.ofMillis(3).toNanos() / nanosPerPage);
  }

  @Test
  void takesFewer_wherePagesAreSlow() {
    walk(SIZE);
    steps.clear();
    nanosPerPage = 20_000;

    walk(SIZE);

    assertThat(steps.get(1).to() - steps.get(1).from()).isEqualTo(150);
  }

  @Test
  void restsEightyTimesAsLongAsAStepTook() {
    walk(SIZE);

    assertThat(rests).hasSize(steps.size() - 1);
    assertThat(rests.get(5)).isEqualTo(80 * Duration.ofMillis(3).toNanos());
  }

  @Test
  void endsWithItsThread() {
    walk.walk(
        SIZE,
        pages -> {
          steps.add(pages);
          Thread.currentThread().interrupt();
        });

    assertThat(Thread.interrupted()).isTrue();
    assertThat(steps).hasSize(1);
  }
}
