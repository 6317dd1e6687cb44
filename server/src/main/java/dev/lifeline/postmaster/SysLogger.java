package dev.lifeline.postmaster;

import dev.lifeline.utils.error.LogFormat;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes the server log into files, where `logging_collector` is on, and begins them anew by age
/// and size.
///
/// Forked by the postmaster before everything else, so that the files hold the whole story. It
/// touches no shared memory: it outlives a crash of the others, its own crash harms nobody, and
/// another one is forked. It ignores all wishes that it should end, because those who end have
/// something to say; it ends with the server. The writing is done by the log's own thread.
final class SysLogger implements ServerProcess {
  private final ProcessEnvironment env;
  private final LogWriter log;
  private final LogFiles files;
  private final Promise<ExitStatus> ended = Promise.promise();

  SysLogger(ProcessEnvironment env, LogWriter log, Path dataDirectory) {
    this.env = env;
    this.log = log;
    this.files = new LogFiles(dataDirectory);
  }

  @Override
  public Future<Void> start() {
    Promise<Void> opened = Promise.promise();
    log.execute(() -> {
      try {
        files.configure(env.config().get(), env.clock().epochMicros());
        LogFiles ofTheDead = log.collectInto(files);
        if (ofTheDead != null) {
          ofTheDead.close();
        }
        env.timers().execute(opened::complete);
      } catch (IOException | UncheckedIOException e) {
        PgException failure =
            PgException.fatal(
                SqlState.IO_ERROR, "could not open log file: %s", String.valueOf(e.getMessage()));
        env.timers().execute(() -> opened.fail(failure));
      }
    });
    return opened.future();
  }

  @Override
  public void signal(ProcessSignal signal) {
    switch (signal) {
      case SIGHUP -> apply(() -> files.configure(env.config().get(), env.clock().epochMicros()));
      case SIGUSR2 -> {}
      // What is said before the next one has opened its files, above all that this one is dead,
      // belongs there, too, as it would wait in PostgreSQL's pipe: until then the log's thread
      // goes on with these.
      case SIGKILL -> ended.tryComplete(ExitStatus.killed(null));
      case SIGTERM, SIGQUIT, SIGINT -> {}
    }
  }

  /// `pg_rotate_logfile`.
  void rotate() {
    apply(() -> files.rotate(env.config().get(), env.clock().epochMicros(), false));
  }

  /// The name of the file of a format, or of the first one; null where there is none. From any
  /// thread.
  ///
  /// @throws PgException 22023 for what is no format
  @Nullable String current(@Nullable String format) {
    LogFormat wanted = format == null ? null : LogFormat.of(format);
    if (format != null && wanted == null) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE, "log format \"%s\" is not supported", format)
          .hint("The supported log formats are \"stderr\", \"csvlog\", and \"jsonlog\".");
    }
    Map<LogFormat, String> names = files.names();
    return wanted == null ? names.values().stream().findFirst().orElse(null) : names.get(wanted);
  }

  /// The server has ended, and everybody else with it.
  void finish() {
    end(ExitStatus.OK);
  }

  /// Something to be done with files.
  private interface FileWork {
    void run() throws IOException;
  }

  private void apply(FileWork work) {
    log.execute(() -> {
      try {
        work.run();
      } catch (IOException | UncheckedIOException e) {
        env.log("could not open log file: " + e.getMessage());
      }
    });
  }

  private void end(ExitStatus status) {
    log.execute(() -> {
      var _ = log.collectInto(null);
      try {
        files.close();
      } catch (UncheckedIOException e) {
        env.log("could not close log file: " + e.getMessage());
      }
    });
    ended.tryComplete(status);
  }

  @Override
  public Future<ExitStatus> ended() {
    return ended.future();
  }
}
