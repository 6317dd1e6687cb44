package dev.lifeline.postmaster;

import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSource;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/// What the postmaster says in the server log.
final class PostmasterLog {
  private final ServerLog log;
  private final LogProcess process;

  PostmasterLog(ServerLog log, int pid, long startMicros) {
    this.log = log;
    this.process = LogProcess.of(pid, ProcessType.POSTMASTER.backendType(), startMicros);
  }

  void say(String message) {
    say(message, null);
  }

  void say(String message, @Nullable String detail) {
    PgException line = PgException.log(message);
    if (detail != null) {
      line.detail("%s", detail);
    }
    report(line);
  }

  void report(PgException line) {
    log.report(process, line, null);
  }

  /// What a process died of that nobody expected: a defect, and what PostgreSQL would leave a core
  /// file of. A drill is not one, nor is a PANIC, which has told its reason.
  void defect(String name, int pid, ExitStatus status) {
    Throwable error = status.error();
    if (error != null && status.aborted() && !(error instanceof PgException)) {
      StringWriter stack = new StringWriter();
      error.printStackTrace(new PrintWriter(stack));
      say(name + " (PID " + pid + ") failed unexpectedly", stack.toString().strip());
    }
  }

  /// The last words on standard error.
  void sayRedirecting(String directory) {
    report(
        PgException.log("redirecting log output to logging collector process")
            .hint("Future log output will appear in directory \"%s\".", directory));
  }

  /// Parameters that do not go together.
  void sayMisconfigured(ServerConfig config) {
    if (config.get(Gucs.AUTOVACUUM) && !config.get(Gucs.TRACK_COUNTS)) {
      report(
          new PgException(
                  Severity.WARNING,
                  SqlState.WARNING,
                  "autovacuum not started because of misconfiguration")
              .hint("Enable the \"track_counts\" option."));
    }
  }

  /// What the files set and nobody acts upon is not passed over in silence.
  void sayIgnored(ServerConfig config) {
    for (Guc<?> guc : Gucs.all()) {
      ServerConfig.Setting setting = config.setting(guc);
      if (setting != null
          && setting.source() == GucSource.CONFIGURATION_FILE
          && !guc.honoured()
          && !config.get(guc).equals(guc.bootValue())) {
        sayIgnored(guc);
      }
    }
  }

  /// As [#sayIgnored(ServerConfig)], of what a reload has changed.
  void sayIgnored(ServerConfig.Loaded loaded) {
    for (ServerConfig.Change change : loaded.changes()) {
      Guc<?> guc = Gucs.get(change.name());
      if (!guc.honoured() && !change.removed()) {
        sayIgnored(guc);
      }
    }
  }

  private void sayIgnored(Guc<?> guc) {
    say("parameter \"" + guc.name() + "\" is accepted for compatibility, but has no effect");
  }
}
