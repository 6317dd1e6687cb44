package dev.lifeline.events;

/// Faults that were made on purpose, so that a drill never looks like an accident.
public sealed interface FaultEvent extends LifecycleEvent {

  /// A fault was made to happen.
  ///
  /// @param fault what was done, e.g. `crash_backend`
  /// @param target to whom or what
  /// @param injectedBy by whom: a role, a drill's name, the dashboard
  record Injected(String fault, String target, String injectedBy) implements FaultEvent {}
}
