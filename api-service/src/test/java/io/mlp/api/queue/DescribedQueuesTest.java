package io.mlp.api.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.MutableClock;
import io.mlp.api.dispatch.Dispatching;
import io.mlp.api.docs.OpenApi;
import io.mlp.api.model.FakeRegistry;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.problem.Problems;
import io.mlp.job.store.QueueStatistics.Count;
import io.mlp.model.ModelSignature;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Holds what the api answers about queues against the description. */
@WebMvcTest(controllers = QueueController.class, properties = "spring.config.name=api")
@Import(Problems.Answers.class)
@EnableConfigurationProperties(QueueSettings.class)
class DescribedQueuesTest {
  private static final FakeLiveJobs LIVE = new FakeLiveJobs();

  private final OpenApi openApi = OpenApi.read();
  private final MockMvcTester server;
  private final KnownQueues knownQueues;

  @Autowired
  DescribedQueuesTest(MockMvcTester server, KnownQueues knownQueues) {
    this.server = server;
    this.knownQueues = knownQueues;
  }

  private MvcTestResult answer() {
    MvcTestResult answer = server.get().uri("/v1/queues").exchange();
    assertThat(answer).hasStatusOk().hasContentType("application/json");
    openApi.assertDescribes("Queues", answer.getResponse().getContentAsByteArray());
    return answer;
  }

  @Test
  void areEmptyBeforeTheFirstCount_thenComeByModelWithTheHighestVersionFirst() {
    assertThat(answer()).bodyJson().doesNotHavePath("$.counted_at");
    LIVE.away(false);
    LIVE.are(new Count(1, 5, 2, false, 3.25), new Count(2, 7, 0, false, 0.5));

    knownQueues.count();

    assertThat(answer())
        .bodyJson()
        .isLenientlyEqualTo(
            """
            {
              "counted_at": "2026-11-24T12:00:00Z", "queued": 12, "running": 2,
              "max_queued": 4000000,
              "queues": [
                {"model": "digits", "version": "2", "queued": 7, "running": 0,
                 "oldest_queued_seconds": 0.5, "max_queued": 2000000, "workers": 1},
                {"model": "digits", "version": "1", "queued": 5, "running": 2,
                 "oldest_queued_seconds": 3.25, "max_queued": 2000000, "workers": 0},
                {"model": "iris", "version": "1", "queued": 0, "running": 0,
                 "max_queued": 2000000, "workers": 0}
              ]
            }
            """);
  }

  @TestConfiguration(proxyBeanMethods = false)
  static class Counted {
    private static final ModelSignature NOTHING = new ModelSignature(List.of(), List.of());
    private static final MutableClock CLOCK = new MutableClock();

    @Bean
    KnownQueues knownQueues() {
      // Spring counts, too, when it starts.
      LIVE.away(true);
      return new KnownQueues(LIVE, Dispatching.withWindow(1).tickets(), CLOCK);
    }

    @Bean
    ModelCatalogue catalogue() {
      return new FakeRegistry()
          .version("digits", 1, NOTHING)
          .version("digits", 2, NOTHING)
          .version("iris", 1, NOTHING)
          .served("digits", 2, "worker-a")
          .catalogue();
    }

    @Bean
    Clock clock() {
      return CLOCK;
    }
  }
}
