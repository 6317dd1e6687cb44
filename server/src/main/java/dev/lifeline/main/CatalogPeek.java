package dev.lifeline.main;

import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogClient;
import dev.lifeline.catalog.Catalogs;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks the catalogs of a database something, in the name of a process that has no session: each
/// question is a transaction of its own.
final class CatalogPeek {
  /// The bootstrap superuser.
  private static final int SUPERUSER = 10;

  private final Catalogs catalogs;
  private final Subject subject;
  private final Timers timers;
  private final Supplier<ServerConfig> config;

  CatalogPeek(Catalogs catalogs, Subject subject, Timers timers, Supplier<ServerConfig> config) {
    this.catalogs = catalogs;
    this.subject = subject;
    this.timers = timers;
    this.config = config;
  }

  /// Who asks.
  private record Reader(int pid, int databaseOid, Xact xact, LockOwner lockOwner, GucSession gucs)
      implements CatalogClient {
    @Override
    public int userOid() {
      return SUPERUSER;
    }
  }

  <T extends @Nullable Object> Future<T> ask(
      int databaseOid, Function<BackendCatalog, T> question) {
    var transactions = catalogs.shared().transactions();
    Proc proc = transactions.register(subject.pid(), databaseOid);
    // Its questions are no work that a database should count.
    proc.counters().enable(false);
    LockOwner owner = catalogs.locks().attach(subject.pid(), subject, timers);
    proc.setLockOwner(owner);
    Xact xact = transactions.begin(proc, IsolationLevel.READ_COMMITTED, true);
    BackendCatalog catalog =
        catalogs.session(
            new Reader(subject.pid(), databaseOid, xact, owner, new GucSession(config)));
    Future<T> answer = Retry.call(() -> question.apply(catalog));
    return answer.eventually(() -> {
      Future<Void> ended = xact.abort();
      catalogs.locks().releaseAll(owner);
      catalogs.locks().detach(owner);
      transactions.unregister(proc);
      return ended;
    });
  }
}
