package io.mlp.benchmark.scale;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The plans by which PostgreSQL runs statements, as its own auto_explain writes them to its log.
 */
public final class PlanLog {
  /** What api and worker ran, by the names that they give their sessions. */
  private static final Pattern ENTRY =
      Pattern.compile("\\] mlp-\\S+ LOG:  duration: ([0-9.]+) ms  plan:");

  private final JdbcClient sql;
  private final Path log;

  /**
   * Loads what it takes into every session that begins from now on, which costs next to nothing
   * until it is asked to write.
   *
   * @param sql a superuser's, each statement in a session of its own
   */
  public PlanLog(JdbcClient sql) {
    this.sql = sql;
    this.log =
        Path.of(sql.sql("show external_pid_file").query(String.class).single())
            .resolveSibling("log");
    set("session_preload_libraries", "auto_explain");
    set("log_line_prefix", "%m [%p] %a ");
  }

  /** What is done while plans are written. */
  public interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** The statements that were run meanwhile, those that took longest in all first. */
  public List<PlannedStatement> during(Work work) throws IOException, InterruptedException {
    long from = Files.size(log);
    set("auto_explain.log_analyze", "on");
    set("auto_explain.log_buffers", "on");
    set("auto_explain.log_timing", "off");
    if (knows("auto_explain.log_parameter_max_length")) {
      set("auto_explain.log_parameter_max_length", "0");
    }
    set("auto_explain.log_min_duration", "0");
    work.run();
    set("auto_explain.log_min_duration", "-1");
    return statements(written(from));
  }

  private void set(String setting, String value) {
    sql.sql("alter system set %s = '%s'".formatted(setting, value)).update();
    sql.sql("select pg_reload_conf()").query(Boolean.class).single();
  }

  /** Older versions neither have every setting nor do what it turns off. */
  private boolean knows(String setting) {
    return sql.sql("select exists (select from pg_settings where name = ?)")
        .param(setting)
        .query(Boolean.class)
        .single();
  }

  private List<String> written(long from) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** An entry is a line of its own and all those behind it that begin with a tab. */
  private static List<PlannedStatement> statements(List<String> lines) {
    Map<String, PlannedStatement> statements = new LinkedHashMap<>();
    int line = 0;
    while (line < lines.size()) {
      Matcher entry = ENTRY.matcher(lines.get(line++));
      List<String> more = new ArrayList<>();
      while (line < lines.size() && lines.get(line).startsWith("\t")) {
        more.add(lines.get(line++).substring(1));
      }
      if (entry.find()) {
        PlannedStatement run = PlannedStatement.read(Double.parseDouble(entry.group(1)), more);
        statements.merge(run.text(), run, PlannedStatement::and);
      }
    }
    return statements.values().stream()
        .sorted(Comparator.comparingDouble(PlannedStatement::millisInAll).reversed())
        .toList();
  }
}
