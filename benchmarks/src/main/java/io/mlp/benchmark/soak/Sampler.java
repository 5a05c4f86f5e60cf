package io.mlp.benchmark.soak;

import io.mlp.benchmark.stack.Mlp;
import io.mlp.benchmark.stack.SharedServers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Looks at MLP and its servers, and at the latencies since it looked last. */
final class Sampler {
  private static final double MEGA = 1e6;
  private static final List<String> SERVICES = List.of("api", "worker");

  private final Mlp mlp;
  private final SharedServers servers;
  private final JdbcClient sql;
  private final Path collectorLogs;
  private final Recorder nanos;
  private long lastLook = System.nanoTime();

  Sampler(Mlp mlp, SharedServers servers, Path collectorLogs, Recorder nanos) {
    this.mlp = mlp;
    this.servers = servers;
    this.sql = servers.administrator(Mlp.DATABASE);
    this.collectorLogs = collectorLogs;
    this.nanos = nanos;
  }

  /** A number by the name of its series. */
  Map<String, Double> sample() throws IOException, InterruptedException {
    Map<String, Double> sample = new LinkedHashMap<>();
    addLatencies(sample);
    for (String service : SERVICES) {
      addService(sample, service);
    }
    sample.put("redis RSS MB", residentMegabytes("redis"));
    sample.put("rabbitmq RSS MB", residentMegabytes("rabbitmq"));
    addTable(sample, "job");
    addTable(sample, "live");
    return sample;
  }

  private void addLatencies(Map<String, Double> sample) {
    Histogram interval = nanos.getIntervalHistogram();
    long now = System.nanoTime();
    sample.put("jobs/s", interval.getTotalCount() / ((now - lastLook) / 1e9));
    sample.put("p50 ms", interval.getValueAtPercentile(50) / 1e6);
    sample.put("p99 ms", interval.getValueAtPercentile(99) / 1e6);
    lastLook = now;
  }

  private void addService(Map<String, Double> sample, String service)
      throws IOException, InterruptedException {
    ProcessSize size = ProcessSize.of(mlp.process(service));
    sample.put(service + " RSS MB", size.residentBytes() / MEGA);
    sample.put(service + " threads", size.threads());
    sample.put(service + " open files", size.files());
    Exposition metrics = new Exposition(mlp.metrics(service));
    sample.put(
        service + " heap after GC MB",
        CollectorLog.of(collectorLogs, mlp.process(service)).megabytesInUse());
    sample.put(
        service + " heap committed MB",
        metrics.sum("jvm_memory_committed_bytes", "area=\"heap\"") / MEGA);
    sample.put(
        service + " non-heap MB", metrics.sum("jvm_memory_used_bytes", "area=\"nonheap\"") / MEGA);
    sample.put(service + " buffers MB", metrics.sum("jvm_buffer_memory_used_bytes", "") / MEGA);
  }

  private double residentMegabytes(String server) throws IOException {
    return ProcessSize.residentBytesOfAll(servers.process(server)) / MEGA;
  }

  private void addTable(Map<String, Double> sample, String table) {
    sql.sql(
            """
            select pg_total_relation_size(relid) as bytes, n_dead_tup
            from pg_stat_user_tables where relname = ?
            """)
        .param(table)
        .query(row -> {
          sample.put(table + " MB", row.getLong("bytes") / MEGA);
          sample.put(table + " dead rows", (double) row.getLong("n_dead_tup"));
        });
  }
}
