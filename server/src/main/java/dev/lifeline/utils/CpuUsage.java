package dev.lifeline.utils;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The processor time of the calling thread, as Linux counts it: what a process on an event loop of
/// its own has used. Nothing where the system does not tell.
///
/// @param userTicks hundredths of a second
public record CpuUsage(long userTicks, long systemTicks) {
  /// Nothing was used, or nobody knows.
  public static final CpuUsage NONE = new CpuUsage(0, 0);

  private static final Path OF_THIS_THREAD = Path.of("/proc/thread-self/stat");

  /// Fields after the command's name, which is in parentheses and may contain blanks.
  private static final int USER_FIELD = 11;

  private static final int SYSTEM_FIELD = 12;

  /// Reads memory of the kernel: that takes microseconds, so it may be done on an event loop.
  static CpuUsage ofThisThread() {
    try {
      String stat = Files.readString(OF_THIS_THREAD, StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return new CpuUsage(Long.parseLong(fields[USER_FIELD]), Long.parseLong(fields[SYSTEM_FIELD]));
    } catch (IOException | RuntimeException e) {
      return NONE;
    }
  }

  /// As PostgreSQL's log says it: `CPU: user: 0.01 s, system: 0.00 s, elapsed: 0.03 s`.
  public String since(CpuUsage start, long elapsedNanos) {
    return String.format(
        Locale.ROOT,
        "CPU: user: %.2f s, system: %.2f s, elapsed: %.2f s",
        (userTicks - start.userTicks) / 100.0,
        (systemTicks - start.systemTicks) / 100.0,
        elapsedNanos / 1e9);
  }
}
