package dev.lifeline.catalog;

/// How far a table of a subscription is, as `pg_subscription_rel` has it.
///
/// @param lsn at the publisher, where the state was reached; 0 where none is kept
public record SubscriptionTable(int subscription, int relation, State state, long lsn) {
  /// The states in their order.
  ///
  /// ```text
  /// INIT          nothing was copied
  /// DATASYNC      its rows are being copied
  /// FINISHEDCOPY  they are there; changes since the copy began are not
  /// SYNCWAIT      (in memory only) its worker waits for the apply worker
  /// CATCHUP       (in memory only) its worker applies up to where the apply worker is
  /// SYNCDONE      its worker is done: the apply worker takes over from that LSN on
  /// READY         the apply worker has passed that LSN
  /// ```
  public enum State {
    INIT('i'),
    DATASYNC('d'),
    FINISHEDCOPY('f'),
    SYNCWAIT('w'),
    CATCHUP('c'),
    SYNCDONE('s'),
    READY('r');

    private final char code;

    State(char code) {
      this.code = code;
    }

    public char code() {
      return code;
    }

    static State of(char code) {
      for (State state : values()) {
        if (state.code == code) {
          return state;
        }
      }
      throw new IllegalArgumentException("no state of a subscribed table: " + code);
    }
  }

  static SubscriptionTable of(CatalogRow row) {
    return new SubscriptionTable(
        row.oid("srsubid"),
        row.oid("srrelid"),
        State.of(row.letter("srsubstate")),
        row.isNull("srsublsn") ? 0 : row.bigint("srsublsn"));
  }
}
