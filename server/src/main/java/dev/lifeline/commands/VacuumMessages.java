package dev.lifeline.commands;

import dev.lifeline.access.heap.VacuumReport;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import java.util.Locale;

/// What VERBOSE tells, in PostgreSQL's words.
final class VacuumMessages {
  private final SessionContext session;
  private final Relation relation;

  VacuumMessages(SessionContext session, Relation relation) {
    this.session = session;
    this.relation = relation;
  }

  /// `vacuuming "postgres.public.t"`, `analyzing "public.t"`.
  void begin(String what) {
    String name = relation.namespace() + "." + relation.name();
    boolean withDatabase = what.endsWith("vacuuming");
    info(what + " \"" + (withDatabase ? session.databaseName() + "." : "") + name + "\"");
  }

  void vacuumed(VacuumReport report, FreezeLimits freeze) {
    info(figures("finished vacuuming", report, freeze));
  }

  /// What the server log says of an automatic vacuum that took longer than
  /// `log_autovacuum_min_duration`.
  void autovacuumed(VacuumReport report, FreezeLimits freeze) {
    if (toLog(report.elapsedMs())) {
      String what = freeze.aggressive() ? "automatic aggressive vacuum" : "automatic vacuum";
      String why = freeze.wraparound() ? " to prevent wraparound" : "";
      log(figures(what + why + " of table", report, freeze));
    }
  }

  /// The same of an automatic analyze.
  void autoanalyzed(double elapsedMs) {
    if (toLog(elapsedMs)) {
      log(
          String.format(
              Locale.ROOT,
              "automatic analyze of table \"%s.%s.%s\"\nsystem usage: elapsed: %.2f s",
              session.databaseName(),
              relation.namespace(),
              relation.name(),
              elapsedMs / 1000));
    }
  }

  private boolean toLog(double elapsedMs) {
    long min = session.gucs().get(Gucs.LOG_AUTOVACUUM_MIN_DURATION);
    return min >= 0 && elapsedMs >= min;
  }

  private String figures(String what, VacuumReport report, FreezeLimits freeze) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        what + " \"%s.%s.%s\": index scans: %d",
        session.databaseName(),
        relation.namespace(),
        relation.name(),
        report.indexScans());
    int total = report.pagesRemoved() + report.pagesRemaining();
    line(
        text,
        "pages: %d removed, %d remain, %d scanned (%.2f%% of total)",
        report.pagesRemoved(),
        report.pagesRemaining(),
        report.pagesScanned(),
        total == 0 ? 100.0 : 100.0 * report.pagesScanned() / total);
    line(
        text,
        "tuples: %d removed, %d remain, %d are dead but not yet removable",
        report.tuplesRemoved(),
        report.tuplesRemaining(),
        report.tuplesDeadNotYet());
    line(
        text,
        "removable cutoff: %d, which was %d XIDs old when operation ended",
        report.oldestXmin(),
        report.removableCutoffAge());
    if (report.oldestKeptXid() > freeze.frozenXid()) {
      line(
          text,
          "new relfrozenxid: %d, which is %d XIDs ahead of previous value",
          report.oldestKeptXid(),
          report.oldestKeptXid() - freeze.frozenXid());
    }
    indexScan(text, report, total);
    for (VacuumReport.IndexReport index : report.indexes()) {
      line(
          text,
          "index \"%s\": pages: %d in total, %d newly deleted, %d currently deleted, %d reusable",
          indexName(index.relation()),
          index.pages(),
          index.pagesNewlyDeleted(),
          index.pagesDeleted(),
          index.pagesReusable());
    }
    line(text, "WAL usage: %d records, %d bytes", report.walRecords(), report.walBytes());
    line(text, "system usage: elapsed: %.2f s", report.elapsedMs() / 1000.0);
    return text.toString().strip();
  }

  private static void indexScan(StringBuilder text, VacuumReport report, int total) {
    String what =
        report.deadItemsLeft()
            ? "index scan bypassed: %d pages from table (%.2f%% of total) have %d dead item"
                + " identifiers"
            : "index scan "
                + (report.indexScans() == 0 ? "not needed" : "needed")
                + ": %d pages from table (%.2f%% of total) had %d dead item identifiers removed";
    line(
        text,
        what,
        report.deadItemPages(),
        total == 0 ? 100.0 : 100.0 * report.deadItemPages() / total,
        report.deadItems());
  }

  private String indexName(int oid) {
    return relation.indexes().stream()
        .filter(index -> index.oid() == oid)
        .map(Relation.Index::name)
        .findFirst()
        .orElse(Integer.toUnsignedString(oid));
  }

  void analyzed(AnalyzeTable.Result result) {
    info(
        String.format(
            Locale.ROOT,
            "\"%s\": scanned %d of %d pages, containing %d live rows and %d dead rows; %d rows in"
                + " sample, %.0f estimated total rows",
            relation.name(),
            result.pagesScanned(),
            result.pages(),
            result.live(),
            result.dead(),
            result.sampled(),
            result.rows()));
  }

  private static void line(StringBuilder text, String format, Object... args) {
    text.append(formatted(format, args)).append('\n');
  }

  private static String formatted(String format, Object[] args) {
    return String.format(Locale.ROOT, format, args);
  }

  private void log(String message) {
    session.notice(PgException.log(message));
  }

  private void info(String message) {
    session.notice(new PgException(Severity.INFO, SqlState.SUCCESSFUL_COMPLETION, message));
  }
}
