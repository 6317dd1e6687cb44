package dev.lifeline.tcop;

import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A session's prepared statements and portals by their names. Those of SQL (PREPARE, DECLARE) and
/// those of the protocol (Parse, Bind) are the same. The empty name is the protocol's unnamed
/// statement or portal.
final class SessionObjects implements TransactionBlock.Listener {
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
    if (!portals.isEmpty()) {
      portals.values().forEach(this::close);
      portals.clear();
    }
  }

  /// Portals live as long as their transaction.
  @Override
  public void transactionEnded(boolean committed) {
    closeAllPortals();
  }

  @Override
  public void subtransactionAborted(int depth) {
    for (Iterator<Portal> all = portals.values().iterator(); all.hasNext(); ) {
      Portal portal = all.next();
      if (portal.depth() >= depth) {
        close(portal);
        all.remove();
      }
    }
  }
}
