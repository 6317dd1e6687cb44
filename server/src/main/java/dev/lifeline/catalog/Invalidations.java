package dev.lifeline.catalog;

/// How what sessions have looked up in the catalogs is made invalid when a transaction has changed
/// it: the way from who commits to those who have looked.
@FunctionalInterface
public interface Invalidations {
  /// All see it at once: they share a memory.
  Invalidations AT_ONCE = Runnable::run;

  /// A committed change is to be noticed.
  ///
  /// @param delivery makes it invalid; to be run before this returns
  void send(Runnable delivery);
}
