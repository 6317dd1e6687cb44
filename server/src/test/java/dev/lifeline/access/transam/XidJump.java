package dev.lifeline.access.transam;

import dev.lifeline.storage.ipc.Proc;

/// Lets xids pass that nobody used, as if so many transactions had been rolled back.
public final class XidJump {
  private XidJump() {}

  /// No transaction may run.
  public static void ahead(Transactions transactions, long xids) {
    long from = transactions.nextXid();
    long to = from + xids;
    for (long xid = from; xid <= to; xid += ClogPage.XIDS) {
      transactions.clog().ensure(xid);
    }
    transactions.clog().ensure(to);
    transactions.procs().start(to);
    Proc proc = transactions.register(Integer.MAX_VALUE - 1, 0);
    Xact xact = transactions.begin(proc, IsolationLevel.READ_COMMITTED, false);
    xact.xid();
    xact.abort();
    transactions.unregister(proc);
  }
}
