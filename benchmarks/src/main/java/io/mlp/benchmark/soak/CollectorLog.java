package io.mlp.benchmark.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM logs of its garbage collections: metrics tell the heap's size only at other times. */
record CollectorLog(Path file) {
  private static final Pattern AFTER = Pattern.compile("->([0-9]+)M\\(");

  /** Makes a JVM write its log into the folder. */
  static String option(Path folder) {
    return "-Xlog:gc:file=%s:uptime:filecount=0".formatted(folder.resolve("gc-%p.log"));
  }

  static CollectorLog of(Path folder, long pid) {
    return new CollectorLog(folder.resolve("gc-%d.log".formatted(pid)));
  }

  /** In use after the last collection; 0 before the first. */
  double megabytesInUse() throws IOException {
    List<String> lines = Files.readAllLines(file);
    for (String line : lines.reversed()) {
      Matcher after = AFTER.matcher(line);
      if (after.find()) {
        return Double.parseDouble(after.group(1)) * (1 << 20) / 1e6;
      }
    }
    return 0;
  }
}
