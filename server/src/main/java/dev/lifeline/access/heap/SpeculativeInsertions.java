package dev.lifeline.access.heap;

import dev.lifeline.access.table.Speculation;
import dev.lifeline.storage.ipc.WaitList;
import dev.lifeline.storage.ipc.Wakeup;
import io.vertx.core.Future;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// The transactions that are adding a row which they may take back, as ON CONFLICT does.
///
/// Whoever finds such a row in a unique index must not wait for the transaction, which may go on
/// for hours, or wait in its turn for him: the row's fate is decided in a moment. PostgreSQL has a
/// lock for it, the speculative token.
final class SpeculativeInsertions {
  private final Wakeup wakeup;

  /// By the xid that the row has.
  private final ConcurrentMap<Long, Token> running = new ConcurrentHashMap<>();

  SpeculativeInsertions(Wakeup wakeup) {
    this.wakeup = wakeup;
  }

  Speculation begin(long xid) {
    Token token = new Token(xid);
    if (running.putIfAbsent(xid, token) != null) {
      throw new IllegalStateException("transaction " + xid + " is adding another row");
    }
    return token;
  }

  /// Completes when the transaction has decided; null where it has nothing to decide.
  @Nullable Future<Void> decision(long xid) {
    Token token = running.get(xid);
    return token == null ? null : token.waiters.await();
  }

  private final class Token implements Speculation {
    private final long xid;
    private final WaitList waiters = new WaitList(wakeup);

    Token(long xid) {
      this.xid = xid;
    }

    @Override
    public void end() {
      if (running.remove(xid, this)) {
        waiters.complete();
      }
    }
  }
}
