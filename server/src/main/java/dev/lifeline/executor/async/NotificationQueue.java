package dev.lifeline.executor.async;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who listens, and the way from those who notify to them. Shared by all event loops.
///
/// 1. Formally, all sessions are told the notifications of a database in one order: the lock is
///    held from the first to the last of a transaction.
/// 2. What waits for sessions that do not take it, because they are in a transaction, is bounded: a
///    NOTIFY that finds the queue full is refused.
public final class NotificationQueue {
  /// As much text as a session with 8000 bytes a notification gets to in 16,000 of them.
  private static final long BYTES_MAX = 128L << 20;

  private record Channel(int databaseOid, String name) {}

  /// Guarded by `this`.
  private final Map<Channel, Set<SessionNotifications>> listeners = new HashMap<>();

  private volatile long waitingBytes;

  /// The part of the room for notifications that is taken.
  public double usage() {
    return (double) waitingBytes / BYTES_MAX;
  }

  void checkRoom() {
    if (waitingBytes >= BYTES_MAX) {
      throw PgException.error(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "too many notifications in the NOTIFY queue");
    }
  }

  synchronized void listen(int databaseOid, String channel, SessionNotifications session) {
    listeners
        .computeIfAbsent(new Channel(databaseOid, channel), key -> new LinkedHashSet<>())
        .add(session);
  }

  synchronized void unlisten(int databaseOid, String channel, SessionNotifications session) {
    Channel key = new Channel(databaseOid, channel);
    Set<SessionNotifications> sessions = listeners.get(key);
    if (sessions != null && sessions.remove(session) && sessions.isEmpty()) {
      listeners.remove(key);
    }
  }

  /// A transaction has committed that has notified of these.
  void publish(int databaseOid, List<Notification> notifications) {
    Set<SessionNotifications> told = new LinkedHashSet<>();
    synchronized (this) {
      for (Notification notification : notifications) {
        for (SessionNotifications session :
            listeners.getOrDefault(new Channel(databaseOid, notification.channel()), Set.of())) {
          session.offer(notification);
          waitingBytes += notification.bytes();
          told.add(session);
        }
      }
    }
    told.forEach(SessionNotifications::wake);
  }

  /// A session has taken it.
  synchronized void taken(Notification notification) {
    waitingBytes -= notification.bytes();
  }
}
