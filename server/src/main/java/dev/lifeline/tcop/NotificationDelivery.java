package dev.lifeline.tcop;

import dev.lifeline.executor.async.Notification;
import dev.lifeline.executor.async.NotificationQueue;
import dev.lifeline.executor.async.SessionNotifications;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientChannel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells a session's client what others have notified of. There is nothing of it until the session
/// listens or notifies.
///
/// Belongs to the backend's event loop.
final class NotificationDelivery {
  private final Session session;
  private final Supplier<NotificationQueue> queue;
  private final ClientChannel channel;
  private final BackendWriter writer;
  private @Nullable SessionNotifications notifications;
  private Runnable wanted = () -> {};

  /// Whether notifications wait until the client reads.
  private boolean waiting;

  NotificationDelivery(
      Session session,
      Supplier<NotificationQueue> queue,
      ClientChannel channel,
      BackendWriter writer) {
    this.session = session;
    this.queue = queue;
    this.channel = channel;
    this.writer = writer;
  }

  /// What the session's statements work with.
  SessionNotifications notifications() {
    SessionNotifications made = notifications;
    if (made == null) {
      made = new SessionNotifications(session, queue.get(), () -> wanted.run());
      notifications = made;
    }
    return made;
  }

  /// @param wanted called when there may be something to tell by [#tell]
  void onNotification(Runnable wanted) {
    this.wanted = wanted;
  }

  /// Writes what has arrived; not while a transaction is open. What a client that does not read has
  /// no room for stays in the queue, whose size is bounded, and is asked for again when there is
  /// room.
  ///
  /// @return whether anything was written
  boolean tell() {
    SessionNotifications own = notifications;
    if (own == null) {
      return false;
    }
    boolean any = false;
    while (!channel.writeQueueFull()) {
      Notification next = own.next();
      if (next == null) {
        return any;
      }
      writer.notification(next.pid(), next.channel(), next.payload());
      any = true;
    }
    if (!waiting) {
      waiting = true;
      channel
          .writable()
          .onComplete(room -> {
            waiting = false;
            wanted.run();
          });
    }
    return any;
  }

  /// The session ends.
  void end() {
    SessionNotifications own = notifications;
    if (own != null) {
      own.end();
    }
  }
}
