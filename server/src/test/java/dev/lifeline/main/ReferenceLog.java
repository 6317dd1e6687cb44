package dev.lifeline.main;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A server log in a form that two servers can be compared in: without what differs from run to run
/// (numbers, times, places), and with the lines of client backends together, because several of
/// them write at the same time.
final class ReferenceLog {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?( ?UTC|\\+00)?");
  private static final Pattern LSN = Pattern.compile("\\b[0-9A-F]+/[0-9A-F]+\\b");
  private static final Pattern PATH =
      Pattern.compile("(/[^\\s\":,|]+)+/(lifeline|postgres)(?=[/\"])");
  private static final Pattern DURATION = Pattern.compile("\\d+:\\d\\d:\\d\\d\\.\\d+");
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<=PID |port=|port |wrote |\\(|; |, |=|longest=|average=|duration: |wanted |line )\\d+(\\.\\d+)?");
  private static final Pattern USAGE = Pattern.compile("(user|system|elapsed): \\d+\\.\\d+ s");
  private static final Pattern END_WITH_PAGE =
      Pattern.compile("invalid magic number 0000 in log segment [0-9A-F]{24}, offset \\d+");
  private static final Pattern VERSION = Pattern.compile("starting PostgreSQL .*");

  private static final Set<String> CLIENTS =
      Set.of("client backend", "not initialized", "walsender");

  private ReferenceLog() {}

  /// The lines without their pids, and those of each client backend at the place of its first one.
  static List<String> normalize(List<String> raw) {
    Map<String, List<String>> byBackend = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    List<String> current = others;
    for (String line : raw) {
      String[] parts = line.split("\\|", 7);
      if (parts.length < 7) {
        // A further line of a message.
        // Vert.x tells where an event loop was for long, on a machine that has no time for it.
        if (line.startsWith("\t") && !line.startsWith("\tat ")) {
          current.add(withoutNumbers(line));
        }
        continue;
      }
      boolean backend = CLIENTS.contains(parts[1]);
      current = backend ? byBackend.computeIfAbsent(parts[0], pid -> new ArrayList<>()) : others;
      current.add(
          String.join("|", parts[1], parts[2], parts[3], parts[4], parts[5])
              + "|"
              + withoutNumbers(parts[6]));
    }
    List<String> lines = new ArrayList<>(others);
    byBackend.values().stream()
        .map(of -> String.join("\n", of))
        .sorted()
        .forEach(of -> lines.addAll(of.lines().toList()));
    return lines;
  }

  static String withoutNumbers(String text) {
    // Whether the WAL ends within a page or with one is a matter of its length.
    String line =
        END_WITH_PAGE.matcher(text).replaceAll("invalid record length at 0/0: wanted 24, got 0");
    line = TIME.matcher(line).replaceAll("<time>");
    line = PATH.matcher(line).replaceAll("<data>");
    line = DURATION.matcher(line).replaceAll("<duration>");
    line = LSN.matcher(line).replaceAll("<lsn>");
    line = USAGE.matcher(line).replaceAll("$1: <n> s");
    line = VERSION.matcher(line).replaceAll("starting PostgreSQL <version>");
    return NUMBER.matcher(line).replaceAll("<n>");
  }
}
