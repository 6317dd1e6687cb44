package dev.lifeline.executor.async;

import java.util.List;

/// What a committed LISTEN and a committed NOTIFY do, for tests without transactions.
public final class Notified {
  private Notified() {}

  public static void listen(SessionNotifications session, String channel) {
    session.listensTo(channel);
  }

  public static void publish(NotificationQueue queue, int databaseOid, Notification notification) {
    queue.publish(databaseOid, List.of(notification));
  }
}
