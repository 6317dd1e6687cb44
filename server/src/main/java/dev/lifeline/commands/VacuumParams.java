package dev.lifeline.commands;

import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.VacuumStmt;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Locale;

/// What a VACUUM or ANALYZE statement asks for.
///
/// `PARALLEL` is checked and has no further effect: one process does all the work.
record VacuumParams(
    boolean vacuum,
    boolean analyze,
    boolean full,
    boolean verbose,
    boolean freeze,
    boolean disablePageSkipping,
    boolean truncate,
    boolean skipLocked,
    boolean processToast) {

  private static final int PARALLEL_WORKERS_MAX = 1024;

  /// The analyze that follows the vacuum of a table.
  VacuumParams ofAnalyze() {
    return new VacuumParams(false, true, false, verbose, false, false, false, skipLocked, false);
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
    private boolean truncate = true;
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
        case "index_cleanup" -> indexCleanup(option);
        case "parallel" -> workers = parallel(option);
        default -> throw unrecognized("VACUUM", option);
      }
    }

    /// All indexes are always cleaned up: `auto` and a Boolean value are right, and say no more.
    private static void indexCleanup(DefElem option) {
      boolean auto = option.arg() != null && DefElems.string(option).equalsIgnoreCase("auto");
      if (!auto && !DefElems.bool(option)) {
        throw PgException.notSupported("VACUUM (INDEX_CLEANUP OFF)").at(option.location());
      }
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
