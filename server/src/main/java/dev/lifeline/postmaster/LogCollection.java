package dev.lifeline.postmaster;

import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Where the server log goes: to standard error, or into the files of [SysLogger], which is forked
/// before all others and ends after them. Belongs to the postmaster.
final class LogCollection {
  private final ServerLog log;
  private final PostmasterLog postmasterLog;
  private final Path dataDirectory;
  private final Supplier<ServerConfig> config;
  private volatile @Nullable SysLogger sysLogger;

  LogCollection(
      ServerLog log,
      PostmasterLog postmasterLog,
      Path dataDirectory,
      Supplier<ServerConfig> config) {
    this.log = log;
    this.postmasterLog = postmasterLog;
    this.dataDirectory = dataDirectory;
    this.config = config;
  }

  /// Before anything else: from here on the log goes where the configuration wants it. Completes
  /// when it does.
  ///
  /// @param fork forks the process that writes the files
  Future<Void> start(Consumer<Promise<Void>> fork) {
    if (!(log instanceof LogWriter writer)) {
      return Future.succeededFuture();
    }
    writer.follow(config);
    ServerConfig current = config.get();
    if (!current.get(Gucs.LOGGING_COLLECTOR)) {
      writer.forgetFiles(dataDirectory);
      return Future.succeededFuture();
    }
    postmasterLog.sayRedirecting(current.get(Gucs.LOG_DIRECTORY));
    Promise<Void> started = Promise.promise();
    fork.accept(started);
    return started.future();
  }

  /// The process that writes the log into files.
  SysLogger newProcess(ProcessEnvironment process) {
    SysLogger fresh = new SysLogger(process, (LogWriter) log, dataDirectory);
    sysLogger = fresh;
    return fresh;
  }

  /// Begins a new file; false where there are none.
  boolean rotate() {
    SysLogger running = sysLogger;
    if (running == null) {
      return false;
    }
    running.rotate();
    return true;
  }

  /// Whether the log goes into files.
  boolean hasFiles() {
    return sysLogger != null;
  }

  /// `pg_current_logfile`: the file of that format, or of the first one; null where there is none.
  @Nullable String currentFile(@Nullable Object format) {
    SysLogger running = sysLogger;
    return running == null ? null : running.current(format == null ? null : format.toString());
  }

  /// All is over.
  void finish() {
    SysLogger running = sysLogger;
    if (running != null) {
      running.finish();
    }
  }
}
