package dev.lifeline.commands;

import dev.lifeline.access.heap.IndexCleanup;
import dev.lifeline.catalog.RelOptions;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.VacuumStmt;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a VACUUM or ANALYZE statement asks for.
///
/// Null where the statement does not say and the table's storage parameters do. `PARALLEL` is
/// checked and has no further effect: one process does all the work.
record VacuumParams(
    boolean vacuum,
    boolean analyze,
    boolean full,
    boolean verbose,
    boolean freeze,
    boolean disablePageSkipping,
    @Nullable Boolean truncate,
    @Nullable IndexCleanup indexCleanup,
    boolean skipLocked,
    boolean processToast) {

  private static final int PARALLEL_WORKERS_MAX = 1024;

  /// The analyze that follows the vacuum of a table.
  VacuumParams ofAnalyze() {
    return new VacuumParams(
        false, true, false, verbose, false, false, null, null, skipLocked, false);
  }

  /// With what the statement leaves to the table's storage parameters.
  VacuumParams resolved(List<String> reloptions) {
    boolean mayTruncate =
        truncate != null
            ? truncate
            : !Boolean.FALSE.equals(RelOptions.bool(reloptions, "vacuum_truncate"));
    return new VacuumParams(
        vacuum,
        analyze,
        full,
        verbose,
        freeze,
        disablePageSkipping,
        mayTruncate,
        indexCleanup != null ? indexCleanup : indexCleanup(reloptions),
        skipLocked,
        processToast);
  }

  private static IndexCleanup indexCleanup(List<String> reloptions) {
    Boolean cleanup = RelOptions.bool(reloptions, "vacuum_index_cleanup");
    return cleanup == null ? IndexCleanup.AUTO : cleanup ? IndexCleanup.ON : IndexCleanup.OFF;
  }

  static VacuumParams read(VacuumStmt statement) {
    Reader reader = new Reader();
    for (DefElem option : statement.options()) {
      String name = option.defname().toLowerCase(Locale.ROOT);
      boolean forAnalyze = name.equals("verbose") || name.equals("skip_locked");
      if (!statement.isVacuumcmd() && !forAnalyze) {
        throw unrecognized("ANALYZE", option);
      }
      reader.read(name, option);
    }
    reader.check();
    return new VacuumParams(
        statement.isVacuumcmd(),
        reader.analyze || !statement.isVacuumcmd(),
        reader.full,
        reader.verbose,
        reader.freeze,
        reader.disablePageSkipping,
        reader.truncate,
        reader.indexCleanup,
        reader.skipLocked,
        reader.processToast);
  }

  static PgException unrecognized(String command, DefElem option) {
    return PgException.error(
            SqlState.SYNTAX_ERROR, "unrecognized %s option \"%s\"", command, option.defname())
        .at(option.location());
  }

  private static final class Reader {
    private boolean analyze;
    private boolean full;
    private boolean verbose;
    private boolean freeze;
    private boolean disablePageSkipping;
    private @Nullable Boolean truncate;
    private @Nullable IndexCleanup indexCleanup;
    private boolean skipLocked;
    private boolean processToast = true;
    private int workers;

    private void read(String name, DefElem option) {
      switch (name) {
        case "verbose" -> verbose = DefElems.bool(option);
        case "analyze" -> analyze = DefElems.bool(option);
        case "freeze" -> freeze = DefElems.bool(option);
        case "full" -> full = DefElems.bool(option);
        case "disable_page_skipping" -> disablePageSkipping = DefElems.bool(option);
        case "truncate" -> truncate = DefElems.bool(option);
        case "skip_locked" -> skipLocked = DefElems.bool(option);
        case "process_toast" -> processToast = DefElems.bool(option);
        case "index_cleanup" -> indexCleanup = indexCleanup(option);
        case "parallel" -> workers = parallel(option);
        default -> throw unrecognized("VACUUM", option);
      }
    }

    private static IndexCleanup indexCleanup(DefElem option) {
      boolean auto = option.arg() == null || DefElems.string(option).equalsIgnoreCase("auto");
      if (auto) {
        return IndexCleanup.AUTO;
      }
      return DefElems.bool(option) ? IndexCleanup.ON : IndexCleanup.OFF;
    }

    private static int parallel(DefElem option) {
      if (option.arg() == null) {
        throw PgException.error(
                SqlState.SYNTAX_ERROR,
                "parallel option requires a value between 0 and %d",
                PARALLEL_WORKERS_MAX)
            .at(option.location());
      }
      int workers = DefElems.integer(option);
      if (workers < 0 || workers > PARALLEL_WORKERS_MAX) {
        throw PgException.error(
                SqlState.SYNTAX_ERROR,
                "parallel workers for vacuum must be between 0 and %d",
                PARALLEL_WORKERS_MAX)
            .at(option.location());
      }
      return workers;
    }

    private void check() {
      if (full && workers > 0) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "VACUUM FULL cannot be performed in parallel");
      }
      if (full && disablePageSkipping) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "VACUUM option DISABLE_PAGE_SKIPPING cannot be used with FULL");
      }
      if (full && !processToast) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "PROCESS_TOAST required with VACUUM FULL");
      }
    }
  }
}
