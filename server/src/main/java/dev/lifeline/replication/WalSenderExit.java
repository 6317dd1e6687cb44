package dev.lifeline.replication;

/// A walsender ends, and its session with it, without an error and without another word to its
/// client: because everything is sent and the server ends, or because the client is dead.
public final class WalSenderExit extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WalSenderExit(String reason) {
    super(reason, null, false, false);
  }
}
