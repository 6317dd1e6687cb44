package dev.lifeline.tcop;

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

  PreparedStatement statement(String name) {
    PreparedStatement prepared = statements.get(name);
    if (prepared == null) {
      throw noStatement(name);
    }
    return prepared;
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
    statements.put(prepared.name(), prepared);
  }

  /// Forgets the statement, if there is one of that name.
  void removeStatement(String name) {
    statements.remove(name);
  }

  /// DEALLOCATE.
  void deallocate(String name) {
    if (statements.remove(name) == null) {
      throw noStatement(name);
    }
  }

  void deallocateAll() {
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
    portals.put(portal.name(), portal);
  }

  /// Closes the portal; returns false where there is none of that name.
  boolean closePortal(String name) {
    Portal portal = portals.remove(name);
    if (portal == null) {
      return false;
    }
    portal.close();
    return true;
  }

  void closeAllPortals() {
    if (!portals.isEmpty()) {
      portals.values().forEach(Portal::close);
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
        portal.close();
        all.remove();
      }
    }
  }
}
