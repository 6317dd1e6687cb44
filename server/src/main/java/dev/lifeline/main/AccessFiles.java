package dev.lifeline.main;

import dev.lifeline.libpq.ClientAccess;
import dev.lifeline.libpq.HbaFile;
import dev.lifeline.libpq.IdentFile;
import dev.lifeline.libpq.tls.TlsContext;
import dev.lifeline.libpq.tls.TlsSettings;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The files that say who is let in, and how: `pg_hba.conf`, `pg_ident.conf`, certificates. One
/// that cannot be used when it is read again leaves what was read of it before. Blocks.
final class AccessFiles {
  private volatile ClientAccess current;

  private AccessFiles(ClientAccess current) {
    this.current = current;
  }

  /// What holds for the connections that come.
  ClientAccess current() {
    return current;
  }

  /// Reads them for the start of a server.
  ///
  /// @param log is told what is wrong with single lines
  /// @throws PgException when the server must not start
  static AccessFiles read(ServerConfig config, Consumer<PgException> log) {
    TlsContext tls = tls(config, false);
    HbaFile hba = hba(config);
    hba.messages().forEach(log);
    if (!hba.usable()) {
      throw PgException.fatal(SqlState.CONFIG_FILE_ERROR, "could not load %s", hba.file());
    }
    IdentFile ident = ident(config);
    // Without it nobody is called by another name, and that is safe.
    ident.errors().forEach(log);
    return new AccessFiles(
        new ClientAccess(hba, ident.errors().isEmpty() ? ident : IdentFile.EMPTY, tls));
  }

  /// Reads them again; returns what the log is told, in PostgreSQL's order.
  List<PgException> reload(ServerConfig config) {
    List<PgException> messages = new ArrayList<>();
    ClientAccess before = current;
    HbaFile hba = hba(config);
    messages.addAll(hba.messages());
    if (!hba.usable()) {
      messages.add(PgException.log("pg_hba.conf was not reloaded"));
    }
    IdentFile ident = ident(config);
    if (!ident.errors().isEmpty()) {
      messages.addAll(ident.errors());
      messages.add(PgException.log("pg_ident.conf was not reloaded"));
    }
    TlsContext tls;
    try {
      tls = tls(config, true);
    } catch (PgException e) {
      tls = before.tls();
      messages.add(asLog(e));
      messages.add(PgException.log("SSL configuration was not reloaded"));
    }
    current =
        new ClientAccess(
            hba.usable() ? hba : before.hba(),
            ident.errors().isEmpty() ? ident : before.ident(),
            tls);
    return messages;
  }

  /// What stops a start is only told where the server runs.
  private static PgException asLog(PgException fatal) {
    PgException log = new PgException(Severity.LOG, fatal.sqlState(), fatal.message());
    String detail = fatal.detail();
    if (detail != null) {
      log.detail("%s", detail);
    }
    return log;
  }

  private static HbaFile hba(ServerConfig config) {
    return HbaFile.read(Path.of(config.get(Gucs.HBA_FILE)), config.get(Gucs.SSL));
  }

  private static IdentFile ident(ServerConfig config) {
    return IdentFile.read(Path.of(config.get(Gucs.IDENT_FILE)));
  }

  private static @Nullable TlsContext tls(ServerConfig config, boolean reload) {
    TlsSettings settings = TlsSettings.of(config);
    return settings == null ? null : TlsContext.load(settings, reload);
  }
}
