package dev.lifeline.observe.message;

import dev.lifeline.events.VacuumEvent;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What autovacuum says: the reports of `log_autovacuum_min_duration`, whose lines have grown and
/// changed with every version, and what it gave up.
///
/// Each figure is looked for by itself, so a version that adds a line or moves one is still read.
final class VacuumWording {
  private static final Pattern RELATION =
      Pattern.compile(
          "automatic (?:aggressive )?(?:vacuum|analyze) (?:to prevent wraparound )?"
              + "of table \"([^\"]*?)\\.([^\".]*)\\.([^\"]*)\".*",
          Pattern.DOTALL);
  private static final Pattern INDEX_SCANS = Pattern.compile("index scans: (\\d+)");
  private static final Pattern PAGES = Pattern.compile("pages: (\\d+) removed, (\\d+) remain");
  private static final Pattern SCANNED = Pattern.compile("remain, (\\d+) scanned");
  private static final Pattern SKIPPED =
      Pattern.compile("(\\d+) skipped due to pins, (\\d+) skipped frozen");
  private static final Pattern TUPLES =
      Pattern.compile(
          "tuples: (\\d+) removed, (\\d+) remain, (\\d+) are dead but not yet removable");
  private static final Pattern OLDEST_XMIN =
      Pattern.compile("(?:oldest xmin|removable cutoff): (\\d+)");
  private static final Pattern WAL =
      Pattern.compile("WAL usage: (\\d+) records, (\\d+) full page images, (\\d+) bytes");
  private static final Pattern ELAPSED = Pattern.compile("elapsed: ([\\d.]+) s");

  private VacuumWording() {}

  static void addTo(Rules rules) {
    rules
        .on("automatic (?:aggressive )?vacuum .*", VacuumWording::vacuumed)
        .on("automatic analyze of table .*", VacuumWording::analyzed)
        .keep(
            "vacuum_skipped",
            "skipping (vacuum|analyze) of \"(.+)\" --- (.*)",
            "command",
            "relname",
            "reason")
        .keep(
            "wraparound",
            "database (?:\"(.+)\"|with OID (\\d+)) must be vacuumed"
                + " (?:within (\\d+) (transactions)"
                + "|before (\\d+) more (MultiXactIds?|multixact members?) (?:is|are) used)",
            "datname",
            "datid",
            "left",
            "of",
            "left",
            "of");
  }

  private static boolean vacuumed(Line line, Matcher text) {
    String report = line.record.message();
    Matcher relation = RELATION.matcher(report);
    if (!relation.matches()) {
      return false;
    }
    Matcher pages = find(PAGES, report);
    Matcher tuples = find(TUPLES, report);
    Matcher wal = find(WAL, report);
    long remaining = number(pages, 2);
    line.tell(
        new VacuumEvent.Completed(
            relation.group(1),
            relation.group(2),
            relation.group(3),
            true,
            number(pages, 1),
            remaining,
            skipped(report, remaining + number(pages, 1)),
            number(tuples, 1),
            number(tuples, 2),
            number(tuples, 3),
            (int) number(find(INDEX_SCANS, report), 1),
            number(find(OLDEST_XMIN, report), 1),
            number(wal, 1),
            number(wal, 2),
            number(wal, 3),
            0,
            0,
            0,
            0,
            elapsedMs(report)));
    return true;
  }

  /// 13 and 14 count what was skipped, later ones what was scanned.
  private static long skipped(String report, long pages) {
    Matcher counted = find(SKIPPED, report);
    if (counted != null) {
      return number(counted, 1) + number(counted, 2);
    }
    Matcher scanned = find(SCANNED, report);
    return scanned == null ? 0 : Math.max(0, pages - number(scanned, 1));
  }

  private static boolean analyzed(Line line, Matcher text) {
    String report = line.record.message();
    Matcher relation = RELATION.matcher(report);
    if (!relation.matches()) {
      return false;
    }
    line.tell(
        new VacuumEvent.AnalyzeCompleted(
            relation.group(1),
            relation.group(2),
            relation.group(3),
            true,
            0,
            0,
            0,
            elapsedMs(report)));
    return true;
  }

  /// An autovacuum that made room for somebody who waited for its lock.
  static boolean cancelled(Line line) {
    String context = line.record.context();
    if (context == null || !line.subject.processType().equals("autovacuum worker")) {
      return false;
    }
    for (String part : context.split("\n", -1)) {
      Matcher relation = RELATION.matcher(part);
      if (relation.matches()) {
        line.tell(
            new VacuumEvent.Cancelled(
                relation.group(1),
                relation.group(2),
                relation.group(3),
                true,
                line.record.message(),
                0));
        return true;
      }
    }
    return false;
  }

  private static double elapsedMs(String report) {
    Matcher found = find(ELAPSED, report);
    return found == null ? 0 : 1000 * Double.parseDouble(found.group(1));
  }

  private static @Nullable Matcher find(Pattern figure, String report) {
    Matcher found = figure.matcher(report);
    return found.find() ? found : null;
  }

  private static long number(@Nullable Matcher found, int group) {
    return found == null ? 0 : Long.parseLong(found.group(group));
  }
}
