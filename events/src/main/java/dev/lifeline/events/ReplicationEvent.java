package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// Changes on their way to other servers, and theirs to this one.
public sealed interface ReplicationEvent extends LifecycleEvent {

  record SlotCreated(String slotName, String slotType, @Nullable String plugin, long restartLsn)
      implements ReplicationEvent {}

  record SlotDropped(String slotName) implements ReplicationEvent {}

  record SenderStarted(
      @Nullable String applicationName,
      @Nullable String clientAddr,
      @Nullable String slotName,
      long startLsn)
      implements ReplicationEvent {}

  record SenderStopped(
      @Nullable String applicationName,
      @Nullable String slotName,
      long sentLsn,
      @Nullable String reason)
      implements ReplicationEvent {}

  record SubscriptionStarted(String subname, @Nullable String slotName, long startLsn)
      implements ReplicationEvent {}

  record ApplyProgressed(
      String subname, long receivedLsn, long latestEndLsn, long lagBytes, double lagMs)
      implements ReplicationEvent {}

  record ApplyFailed(String subname, String sqlstate, String message, long remoteLsn)
      implements ReplicationEvent {}
}
