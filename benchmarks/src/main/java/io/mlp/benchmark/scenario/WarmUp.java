package io.mlp.benchmark.scenario;

import io.mlp.benchmark.stack.SharedServers;
import io.mlp.benchmark.stack.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Jobs that nobody measures, in chunks, until compilation is over and the pace steady. */
public record WarmUp(int mostJobs) {
  private static final int MOST_CHUNKS = 10;
  private static final int FEWEST_CHUNKS = 5;
  private static final int ALIKE = 3;
  private static final double STEADY = 0.05;

  /** Returns the pace of each chunk, in jobs a second. */
  public List<Double> run(Target target, SharedServers servers)
      throws IOException, InterruptedException {
    Scenario.Bulk chunk = new Scenario.Bulk(mostJobs / MOST_CHUNKS, 32);
    List<Double> paces = new ArrayList<>();
    while (paces.size() < MOST_CHUNKS && !steady(paces)) {
      paces.add(chunk.run(target, servers).jobsPerSecond());
    }
    return paces;
  }

  /** A chunk that is as fast as the one before may be chance, or a pause of the compiler. */
  private static boolean steady(List<Double> paces) {
    if (paces.size() < FEWEST_CHUNKS) {
      return false;
    }
    List<Double> last = paces.subList(paces.size() - ALIKE, paces.size());
    return Collections.max(last) < (1 + STEADY) * Collections.min(last);
  }
}
