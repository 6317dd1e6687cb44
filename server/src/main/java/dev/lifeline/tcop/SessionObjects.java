package dev.lifeline.tcop;

import dev.lifeline.catalog.SessionStatements;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A session's prepared statements and portals by their names. Those of SQL (PREPARE, DECLARE) and
/// those of the protocol (Parse, Bind) are the same. The empty name is the protocol's unnamed
/// statement or portal.
final class SessionObjects implements TransactionBlock.Listener, SessionStatements {
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final Map<String, Portal> portals = new HashMap<>();
  private final ClientMemory.Share memory;

  /// @param memory where that of statements and of bound values is had from
  SessionObjects(ClientMemory.Share memory) {
    this.memory = memory;
  }

  PreparedStatement statement(String name) {
    PreparedStatement prepared = statements.get(name);
    if (prepared == null) {
      throw noStatement(name);
    }
    return prepared;
  }

  @Nullable PreparedStatement findStatement(String name) {
    return statements.get(name);
  }

  private static PgException noStatement(String name) {
    return name.isEmpty()
        ? PgException.error(
            SqlState.INVALID_SQL_STATEMENT_NAME, "unnamed prepared statement does not exist")
        : PgException.error(
            SqlState.INVALID_SQL_STATEMENT_NAME, "prepared statement \"%s\" does not exist", name);
  }

  void checkNewStatement(String name) {
    if (statements.containsKey(name)) {
      throw PgException.error(
          SqlState.DUPLICATE_PSTATEMENT, "prepared statement \"%s\" already exists", name);
    }
  }

  void store(PreparedStatement prepared) {
    memory.takeOrFail(prepared.bytes());
    statements.put(prepared.name(), prepared);
  }

  private boolean forget(String name) {
    PreparedStatement prepared = statements.remove(name);
    if (prepared == null) {
      return false;
    }
    memory.give(prepared.bytes());
    return true;
  }

  /// Forgets the statement, if there is one of that name.
  void removeStatement(String name) {
    forget(name);
  }

  /// DEALLOCATE.
  void deallocate(String name) {
    if (!forget(name)) {
      throw noStatement(name);
    }
  }

  void deallocateAll() {
    statements.values().forEach(prepared -> memory.give(prepared.bytes()));
    statements.clear();
  }

  @Nullable Portal findPortal(String name) {
    return portals.get(name);
  }

  void checkNewPortal(String name) {
    if (portals.containsKey(name)) {
      throw PgException.error(SqlState.DUPLICATE_CURSOR, "cursor \"%s\" already exists", name);
    }
  }

  void open(Portal portal) {
    memory.takeOrFail(portal.bytes());
    portals.put(portal.name(), portal);
  }

  /// Closes the portal; returns false where there is none of that name.
  boolean closePortal(String name) {
    Portal portal = portals.remove(name);
    if (portal == null) {
      return false;
    }
    close(portal);
    return true;
  }

  private void close(Portal portal) {
    memory.give(portal.bytes());
    portal.close();
  }

  void closeAllPortals() {
    closePortals(portal -> true);
  }

  @Override
  public List<SessionStatements.Cursor> cursors() {
    List<SessionStatements.Cursor> all = new ArrayList<>();
    for (Portal portal : portals.values()) {
      CursorOptions options = portal.options();
      all.add(
          new SessionStatements.Cursor(
              portal.name(),
              portal.prepared().queryText(),
              options.hold(),
              options.binary(),
              options.scroll(),
              options.creationMicros()));
    }
    return all;
  }

  @Override
  public List<SessionStatements.Prepared> prepared() {
    List<SessionStatements.Prepared> all = new ArrayList<>();
    for (PreparedStatement prepared : statements.values()) {
      if (!prepared.name().isEmpty()) {
        all.add(
            new SessionStatements.Prepared(
                prepared.name(),
                prepared.queryText(),
                prepared.madeMicros(),
                prepared.parameterTypes(),
                prepared.fromSql()));
      }
    }
    return all;
  }

  /// Computes the rows of the cursors that are to outlive the transaction.
  @Override
  public Future<Void> beforeCommit() {
    Future<Void> done = Future.succeededFuture();
    for (Portal portal : portals.values()) {
      CursorScan cursor = portal.cursor();
      if (cursor != null && cursor.isHoldable() && !cursor.isHeld()) {
        done = done.compose(before -> cursor.hold());
      }
    }
    return done;
  }

  /// Other portals live as long as their transaction.
  @Override
  public void transactionEnded(boolean committed) {
    closePortals(portal -> !portal.outlivesTransaction());
  }

  private void closePortals(Predicate<Portal> which) {
    for (Iterator<Portal> all = portals.values().iterator(); all.hasNext(); ) {
      Portal portal = all.next();
      if (which.test(portal)) {
        close(portal);
        all.remove();
      }
    }
  }

  @Override
  public void subtransactionCommitted(int depth) {
    portals.values().forEach(portal -> portal.released(depth));
  }

  @Override
  public void subtransactionAborted(int depth) {
    closePortals(portal -> portal.depth() >= depth && !portal.outlivesTransaction());
  }
}
