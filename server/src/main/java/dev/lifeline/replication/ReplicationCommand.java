package dev.lifeline.replication;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A command of a replication connection.
public sealed interface ReplicationCommand {
  record IdentifySystem() implements ReplicationCommand {}

  record Show(String name) implements ReplicationCommand {}

  /// CREATE_REPLICATION_SLOT ... LOGICAL.
  ///
  /// @param snapshot `export`, `use` or `nothing`
  record CreateSlot(
      String slot, boolean temporary, String plugin, String snapshot, boolean twoPhase)
      implements ReplicationCommand {}

  record DropSlot(String slot, boolean waits) implements ReplicationCommand {}

  record Start(String slot, long lsn, Map<String, @Nullable String> options)
      implements ReplicationCommand {}

  /// One that is not for logical replication.
  record Physical(String name) implements ReplicationCommand {}
}
