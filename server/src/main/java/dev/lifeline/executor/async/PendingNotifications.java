package dev.lifeline.executor.async;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XactListener;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a transaction has asked for and gets when it commits: channels to listen to, and what to
/// notify of, in the order in which it was asked, and each notification once. What a savepoint is
/// rolled back to goes.
final class PendingNotifications implements XactListener {
  private final SessionNotifications session;
  private final List<Entry> entries = new ArrayList<>();

  /// The entries that notify, but for those of savepoints that have ended: a transaction that says
  /// the same a million times takes no more memory than one that says it once.
  private final Set<Entry> notified = new HashSet<>();

  PendingNotifications(SessionNotifications session) {
    this.session = session;
  }

  private sealed interface Action {
    record Listen(String channel) implements Action {}

    record Unlisten(String channel) implements Action {}

    record UnlistenAll() implements Action {}

    record Notify(Notification notification) implements Action {}
  }

  private record Entry(int subId, Action action) {}

  private void add(int subId, Action action) {
    entries.add(new Entry(subId, action));
  }

  /// What is notified of again and again is kept once.
  private void addOnce(Entry entry) {
    if (notified.add(entry)) {
      entries.add(entry);
    }
  }

  void listen(int subId, String channel) {
    add(subId, new Action.Listen(channel));
  }

  void unlisten(int subId, String channel) {
    add(subId, new Action.Unlisten(channel));
  }

  void unlistenAll(int subId) {
    add(subId, new Action.UnlistenAll());
  }

  void notify(int subId, Notification notification) {
    addOnce(new Entry(subId, new Action.Notify(notification)));
  }

  @Override
  public void ended(Xact xact, boolean committed) {
    if (!committed) {
      return;
    }
    Set<Notification> notifications = new LinkedHashSet<>();
    for (Entry entry : entries) {
      switch (entry.action) {
        case Action.Listen listen -> session.listensTo(listen.channel);
        case Action.Unlisten unlisten -> session.listensNoMoreTo(unlisten.channel);
        case Action.UnlistenAll all -> session.close();
        case Action.Notify notify -> notifications.add(notify.notification);
      }
    }
    session.publish(List.copyOf(notifications));
  }

  @Override
  public void subEnded(Xact xact, int subId, int parentSubId, boolean committed) {
    if (committed) {
      entries.replaceAll(
          entry -> entry.subId == subId ? new Entry(parentSubId, entry.action) : entry);
    } else {
      entries.removeIf(entry -> entry.subId == subId);
    }
    notified.removeIf(entry -> entry.subId == subId);
  }
}
