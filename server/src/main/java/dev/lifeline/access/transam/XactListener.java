package dev.lifeline.access.transam;

/// What else has to happen when a transaction ends. Called synchronously; must not throw.
public interface XactListener {
  /// The transaction has ended for everybody: its locks can go, its invalidations can be sent.
  void ended(Xact xact, boolean committed);

  /// A subtransaction has ended: on commit its resources become the parent's, on abort they go.
  default void subEnded(Xact xact, int subId, int parentSubId, boolean committed) {}
}
