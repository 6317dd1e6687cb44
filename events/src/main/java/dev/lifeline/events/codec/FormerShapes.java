package dev.lifeline.events.codec;

import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.RecoveryEvent;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// What the data of events was before its meaning changed, and how it is told today.
///
/// Here is a record for each version that is no longer written. Its schema stays in the jar, and it
/// is never changed again: there are logs that hold it.
final class FormerShapes {
  /// A version that is no longer written.
  ///
  /// @param upcaster makes of its record one of the next version
  record Former(Class<? extends Record> shape, UnaryOperator<Record> upcaster) {
    static <T extends Record> Former of(Class<T> shape, Function<T, Record> upcaster) {
      return new Former(shape, old -> upcaster.apply(shape.cast(old)));
    }
  }

  /// Why there was redo stood there as a text that each writer worded for itself.
  record RecoveryStartedV1(String reason, long checkpointLsn, long redoLsn) {}

  /// See [RecoveryStartedV1].
  record RecoveryCompletedV1(
      String reason,
      long redoLsn,
      long endLsn,
      long records,
      long replayedBytes,
      double elapsedMs) {}

  private static final Map<Class<? extends LifecycleEvent>, List<Former>> ALL =
      Map.of(
          RecoveryEvent.Started.class,
          List.of(
              Former.of(
                  RecoveryStartedV1.class,
                  v1 ->
                      new RecoveryEvent.Started(
                          recoveryReason(v1.reason), v1.checkpointLsn, v1.redoLsn))),
          RecoveryEvent.Completed.class,
          List.of(
              Former.of(
                  RecoveryCompletedV1.class,
                  v1 ->
                      new RecoveryEvent.Completed(
                          recoveryReason(v1.reason),
                          v1.redoLsn,
                          v1.endLsn,
                          v1.records,
                          v1.replayedBytes,
                          v1.elapsedMs))));

  private FormerShapes() {}

  /// The former versions of a type, version 1 first; mostly none.
  static List<Former> of(Class<? extends LifecycleEvent> event) {
    return ALL.getOrDefault(event, List.of());
  }

  /// A server wrote `crash` or `archive`. Who observed one wrote `crash` for either at a start that
  /// it saw, and else `recovery`: of those nobody knows any more.
  private static RecoveryEvent.Reason recoveryReason(String v1) {
    return switch (v1) {
      case "crash" -> RecoveryEvent.Reason.CRASH;
      case "archive" -> RecoveryEvent.Reason.ARCHIVE;
      default -> RecoveryEvent.Reason.UNKNOWN;
    };
  }
}
