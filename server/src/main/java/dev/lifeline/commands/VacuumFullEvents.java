package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.executor.SessionContext;

/// What the event log gets to know of a VACUUM FULL of one table. It begins with the instance.
final class VacuumFullEvents {
  private final SessionContext session;
  private final Emitter emitter;
  private final Relation table;
  private final boolean auto;
  private final long beganNanos;
  private final long started;

  VacuumFullEvents(SessionContext session, BackendCatalog catalog, Relation table, boolean auto) {
    this.session = session;
    this.emitter = catalog.catalogs().shared().environment().emitter();
    this.table = table;
    this.auto = auto;
    this.beganNanos = session.clock().nanoTime();
    this.started =
        emitter.emit(
            session.lockOwner().subject(),
            new VacuumEvent.Started(session.databaseName(), table.namespace(), table.name(), auto),
            session.cause());
  }

  private double elapsedMs() {
    return (session.clock().nanoTime() - beganNanos) / 1e6;
  }

  void completed(RewriteTable.Result result) {
    emitter.emit(
        session.lockOwner().subject(),
        new VacuumEvent.Completed(
            session.databaseName(),
            table.namespace(),
            table.name(),
            auto,
            Math.max(0, result.pagesBefore() - result.pages()),
            result.pages(),
            0,
            result.removed(),
            result.kept(),
            result.recentlyDead(),
            0,
            result.oldestXmin(),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            elapsedMs()),
        started);
  }

  void cancelled(Throwable failure) {
    long cause = session.cancelCause();
    emitter.emit(
        session.lockOwner().subject(),
        new VacuumEvent.Cancelled(
            session.databaseName(),
            table.namespace(),
            table.name(),
            auto,
            String.valueOf(failure.getMessage()),
            elapsedMs()),
        cause == 0 ? started : cause);
  }
}
