package dev.lifeline.postmaster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who takes up the `max_connections` places, and how many sessions each role and database has.
/// Seen by all event loops; guarded by its own lock, which is held for a few instructions.
final class ConnectionSlots {
  private final int max;
  private final Map<Integer, Session> sessions = new HashMap<>();
  private final Map<Integer, Integer> byDatabase = new HashMap<>();
  private final Map<Integer, Integer> byRole = new HashMap<>();

  /// A session that has a place; oids are 0 until it is authorized.
  private record Session(int databaseOid, int roleOid) {}

  ConnectionSlots(int max) {
    this.max = max;
  }

  synchronized boolean take(int pid) {
    if (sessions.size() >= max) {
      return false;
    }
    sessions.put(pid, new Session(0, 0));
    return true;
  }

  synchronized int free() {
    return max - sessions.size();
  }

  synchronized int taken() {
    return sessions.size();
  }

  synchronized void authorized(int pid, int databaseOid, int roleOid) {
    sessions.put(pid, new Session(databaseOid, roleOid));
    byDatabase.merge(databaseOid, 1, Integer::sum);
    byRole.merge(roleOid, 1, Integer::sum);
  }

  synchronized int ofDatabase(int oid) {
    return byDatabase.getOrDefault(oid, 0);
  }

  synchronized int ofRole(int oid) {
    return byRole.getOrDefault(oid, 0);
  }

  /// The pids of the sessions in a database.
  synchronized List<Integer> pidsIn(int databaseOid) {
    List<Integer> pids = new ArrayList<>();
    sessions.forEach((pid, session) -> {
      if (session.databaseOid == databaseOid) {
        pids.add(pid);
      }
    });
    return pids;
  }

  /// The backend has ended, whether it had a place or not.
  synchronized void release(int pid) {
    Session session = sessions.remove(pid);
    if (session != null && session.databaseOid != 0) {
      byDatabase.computeIfPresent(session.databaseOid, (oid, n) -> n > 1 ? n - 1 : null);
      byRole.computeIfPresent(session.roleOid, (oid, n) -> n > 1 ? n - 1 : null);
    }
  }
}
