package dev.lifeline.main;

import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.events.Lsn;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The table of `pg_waldump --stats`.
final class WalStatistics {
  private static final String HEADER = "%-27s %20s %8s %20s %8s %20s %8s %20s %8s%n";

  private final boolean perRecord;

  /// By the resource manager's number and the record's name.
  private final Map<String, Line> lines = new TreeMap<>();

  private static final class Line {
    private final String name;
    private long records;
    private long recordBytes;
    private long imageBytes;

    Line(String name) {
      this.name = name;
    }
  }

  /// @param perRecord a line for each kind of record
  WalStatistics(boolean perRecord) {
    this.perRecord = perRecord;
  }

  void count(WalRecord record, ResourceManager manager) {
    String name = manager.name();
    if (perRecord) {
      name += "/" + manager.describe(record).split(" ", 2)[0];
    }
    String key = String.format(Locale.ROOT, "%03d %s", manager.id(), name);
    String label = name;
    Line line = lines.computeIfAbsent(key, ignored -> new Line(label));
    int images = WalRecordText.imageBytes(record);
    line.records++;
    line.recordBytes += record.totalLength() - images;
    line.imageBytes += images;
  }

  void print(PrintStream out, long fromLsn, long toLsn) {
    Line total = new Line("Total");
    for (Line line : lines.values()) {
      total.records += line.records;
      total.recordBytes += line.recordBytes;
      total.imageBytes += line.imageBytes;
    }
    out.printf("WAL statistics between %s and %s:%n", Lsn.format(fromLsn), Lsn.format(toLsn));
    out.printf(
        HEADER,
        "Type",
        "N",
        "(%)",
        "Record size",
        "(%)",
        "FPI size",
        "(%)",
        "Combined size",
        "(%)");
    out.printf(
        HEADER,
        "----",
        "-",
        "---",
        "-----------",
        "---",
        "--------",
        "---",
        "-------------",
        "---");
    lines.values().forEach(line -> print(out, line, total));
    out.printf(
        "%-27s %20s %8s %20s %8s %20s %8s %20s%n",
        "", "--------", "", "--------", "", "--------", "", "--------");
    long combined = total.recordBytes + total.imageBytes;
    out.printf(
        Locale.ROOT,
        "%-27s %20d %-9s%20d %-9s%20d %-9s%20d %-6s%n",
        "Total",
        total.records,
        "",
        total.recordBytes,
        String.format(Locale.ROOT, "[%.2f%%]", percent(total.recordBytes, combined)),
        total.imageBytes,
        String.format(Locale.ROOT, "[%.2f%%]", percent(total.imageBytes, combined)),
        combined,
        "[100%]");
  }

  private static void print(PrintStream out, Line line, Line total) {
    long combined = line.recordBytes + line.imageBytes;
    out.printf(
        Locale.ROOT,
        "%-27s %20d (%6.2f) %20d (%6.2f) %20d (%6.2f) %20d (%6.2f)%n",
        line.name,
        line.records,
        percent(line.records, total.records),
        line.recordBytes,
        percent(line.recordBytes, total.recordBytes),
        line.imageBytes,
        percent(line.imageBytes, total.imageBytes),
        combined,
        percent(combined, total.recordBytes + total.imageBytes));
  }

  private static double percent(long part, long whole) {
    return whole == 0 ? 0 : 100.0 * part / whole;
  }
}
