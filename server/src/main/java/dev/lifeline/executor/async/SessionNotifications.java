package dev.lifeline.executor.async;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// What a session listens to, and what it has been notified of and not told its client yet. Belongs
/// to the session's event loop but for [#offer] and [#wake].
public final class SessionNotifications {
  private static final int CHANNEL_BYTES_MAX = 63;
  private static final int PAYLOAD_BYTES_MAX = 7999;

  private final SessionContext session;
  private final NotificationQueue queue;
  private final Runnable deliver;

  private final Set<String> channels = new LinkedHashSet<>();
  private final Queue<Notification> arrived = new ConcurrentLinkedQueue<>();

  /// @param deliver asks the session to tell its client what has arrived, if it can; called on the
  ///   session's event loop
  public SessionNotifications(SessionContext session, NotificationQueue queue, Runnable deliver) {
    this.session = session;
    this.queue = queue;
    this.deliver = deliver;
  }

  private PendingNotifications pending(Xact xact) {
    return xact.listener(PendingNotifications.class, () -> new PendingNotifications(this));
  }

  /// LISTEN, from the transaction's commit on.
  public void listen(String channel) {
    pending(session.xact()).listen(session.xact().subId(), channel);
  }

  /// UNLISTEN, from the transaction's commit on.
  ///
  /// @param channel null for all of them
  public void unlisten(@Nullable String channel) {
    Xact xact = session.xact();
    if (channel == null) {
      pending(xact).unlistenAll(xact.subId());
    } else {
      pending(xact).unlisten(xact.subId(), channel);
    }
  }

  /// NOTIFY, when the transaction commits.
  public void notify(String channel, String payload) {
    if (channel.isEmpty()) {
      throw invalid("channel name cannot be empty");
    }
    if (channel.getBytes(StandardCharsets.UTF_8).length > CHANNEL_BYTES_MAX) {
      throw invalid("channel name too long");
    }
    if (payload.getBytes(StandardCharsets.UTF_8).length > PAYLOAD_BYTES_MAX) {
      throw invalid("payload string too long");
    }
    queue.checkRoom();
    Xact xact = session.xact();
    pending(xact).notify(xact.subId(), new Notification(session.pid(), channel, payload));
  }

  private static PgException invalid(String message) {
    return PgException.error(SqlState.INVALID_PARAMETER_VALUE, message);
  }

  /// What the session listens to, in the order in which it began to.
  public List<String> channels() {
    return List.copyOf(channels);
  }

  /// The part of the queue that is taken, see [NotificationQueue#usage].
  public double queueUsage() {
    return queue.usage();
  }

  /// The next notification that the client has not been told; null where there is none.
  public @Nullable Notification next() {
    Notification next = arrived.poll();
    if (next != null) {
      queue.taken(next);
    }
    return next;
  }

  void listensTo(String channel) {
    if (channels.add(channel)) {
      queue.listen(session.databaseOid(), channel, this);
    }
  }

  void listensNoMoreTo(String channel) {
    if (channels.remove(channel)) {
      queue.unlisten(session.databaseOid(), channel, this);
    }
  }

  void publish(List<Notification> notifications) {
    if (!notifications.isEmpty()) {
      queue.publish(session.databaseOid(), notifications);
    }
  }

  /// Listens to nothing any more: UNLISTEN * has committed, or the session ends.
  public void close() {
    channels().forEach(this::listensNoMoreTo);
  }

  /// The session ends: what has arrived is told nobody.
  public void end() {
    close();
    while (next() != null) {
      // Its room is given back.
    }
  }

  /// From any thread.
  void offer(Notification notification) {
    arrived.add(notification);
  }

  /// From any thread.
  void wake() {
    session.timers().execute(deliver);
  }
}
