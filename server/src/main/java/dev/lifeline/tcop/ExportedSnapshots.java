package dev.lifeline.tcop;

import dev.lifeline.replication.Replication;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The snapshots that a transaction offers to others, by `pg_export_snapshot`, until it ends.
final class ExportedSnapshots {
  private final Session session;
  private final List<String> names = new ArrayList<>(0);

  ExportedSnapshots(Session session) {
    this.session = session;
  }

  String export() {
    if (session.block().depth() > 0) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION, "cannot export a snapshot from a subtransaction");
    }
    Replication shared = session.replication();
    String name =
        String.format(
            Locale.ROOT,
            "%08X-%08X-%d",
            session.pid(),
            session.statementTimestamp() & 0xFFFFFFFFL,
            names.size() + 1);
    shared.exportedSnapshots().put(name, session.xact().exportSnapshot());
    names.add(name);
    return name;
  }

  void transactionEnded() {
    if (!names.isEmpty()) {
      names.forEach(session.replication().exportedSnapshots()::remove);
      names.clear();
    }
  }
}
