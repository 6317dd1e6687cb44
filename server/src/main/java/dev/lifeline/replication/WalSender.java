package dev.lifeline.replication;

import dev.lifeline.access.transam.Wal;
import dev.lifeline.events.Lsn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.replication.logical.DecodingSession;
import dev.lifeline.replication.logical.OutputPlugin;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// Streams the changes of a slot to a client: what a backend does after START_REPLICATION.
///
/// Started by the command; ends when the client says so or is silent for `wal_sender_timeout`, when
/// the session is told to end, or by [#stop] when the server ends: then it sends what is left, and
/// waits for a client as long as that goes on taking it, where PostgreSQL's waits for one that only
/// answers, too. It follows the flushed WAL and confirms to the slot what the client reports as
/// durable. An error of it is an error of its session; its crash is a backend's.
///
/// Belongs to its session's event loop.
public final class WalSender implements DecodingSession.Flow, OutputPlugin.Sink {
  private static final int HEADER = 25;

  private final SessionContext session;
  private final ReplicationSlot slot;
  private final CopyBoth client;
  private final WalSenderStatus status;
  private final Wal wal;
  private final DecodingSession decoding;
  private final long timeoutNanos;
  private final LagTracker lags = new LagTracker();

  private final long startLsn;
  private long lastReplyNanos;
  private long toldLsn;

  /// Up to where every transaction is sent to its end. A client that is told of more while it
  /// receives one would confirm that one before it has it.
  private long sentLsn;

  /// Whether a transaction was sent whose end is not measured yet.
  private boolean toldSome;

  private boolean pinged;
  private boolean clientDone;

  /// Whether no more WAL will be written than there is.
  private boolean stopping;

  /// Whether it has ended because of that.
  private boolean stopped;

  private @Nullable PgException failure;
  private @Nullable Promise<Void> waiting;
  private @Nullable Future<Void> following;
  private Timers.@Nullable Timer timer;

  /// Begins to stream from a slot that the session has acquired.
  ///
  /// @param startLsn what the client asks for; transactions before what the slot has confirmed are
  ///   never told again
  public WalSender(
      SessionContext session,
      SlotCommands slots,
      ReplicationSlot slot,
      long startLsn,
      OutputPlugin plugin,
      CopyBoth client,
      WalSenderStatus status) {
    this.session = session;
    this.slot = slot;
    this.client = client;
    this.status = status;
    this.timeoutNanos = session.gucs().get(Gucs.WAL_SENDER_TIMEOUT) * 1_000_000;
    long startAt = Math.max(startLsn, slot.confirmedFlush());
    if (startLsn != Lsn.INVALID && startLsn < startAt) {
      session.notice(
          PgException.log(
              "%s has been already streamed, forwarding to %s",
              Lsn.format(startLsn), Lsn.format(startAt)));
    }
    this.wal = slots.ground().memory().wal();
    this.decoding = new DecodingSession(slots.ground(), slot, startAt, plugin, this, this);
    this.startLsn = startAt;
    this.toldLsn = startAt;
    this.sentLsn = startAt;
    slots.sayStart(slot, startAt);
    status.onTerminate(() -> session.timers().execute(this::wake));
  }

  /// Where it begins to tell.
  public long startLsn() {
    return startLsn;
  }

  /// Streams until the client wants no more.
  public Future<Void> run() {
    client.begin();
    client.flush();
    status.state("catchup");
    lastReplyNanos = session.clock().nanoTime();
    return AsyncLoop.whileTrue(this::round)
        .eventually(() -> {
          Future<Void> reading = following;
          // The file that is being read must not be closed under it; a wait for WAL may go on.
          stopTimer();
          return reading != null && !reading.isComplete() && !decoding.atEnd()
              ? reading.transform(done -> decoding.close())
              : decoding.close();
        })
        .onSuccess(done -> {
          if (!stopped) {
            client.end();
          }
          client.flush();
        });
  }

  /// The server ends, and nobody writes WAL any more: sends what is left, waits until the client
  /// has it for good, and ends.
  public void stop() {
    // Of commits that nobody waited for, a part may be in memory only, and its writer is gone.
    wal.flushAll()
        .onComplete(flushed -> {
          stopping = true;
          lastReplyNanos = session.clock().nanoTime();
          pinged = false;
          wake();
        });
  }

  /// Whether it has ended by [#stop], with everything sent.
  public boolean stopped() {
    return stopped;
  }

  private Future<Boolean> round() {
    check();
    if (clientDone) {
      return Future.succeededFuture(false);
    }
    if (isFull()) {
      return room().map(true);
    }
    if (session.xact().proc().xmin() != 0) {
      // What was looked up in the catalogs must not hold vacuum back for as long as this lasts.
      return session.restartTransaction().map(true);
    }
    return decoding
        .step(Long.MAX_VALUE)
        .compose(atEnd -> {
          sentLsn = decoding.position();
          if (toldSome) {
            toldSome = false;
            lags.sent(sentLsn, session.clock().nanoTime());
          }
          slot.reached(sentLsn, decoding.restartPoint());
          return atEnd ? caughtUp() : Future.succeededFuture(true);
        });
  }

  /// Waits for more.
  ///
  /// @return whether to go on
  private Future<Boolean> caughtUp() {
    status.state(stopping ? "stopping" : "streaming");
    if (sentLsn > toldLsn) {
      // Otherwise the client would never learn that what is not for it has been passed.
      keepalive(false);
    }
    client.flush();
    if (clientDone) {
      return Future.succeededFuture(true);
    }
    if (stopping) {
      stopped = status.confirmedLsn() >= sentLsn;
      if (stopped) {
        return Future.succeededFuture(false);
      }
      ping();
    }
    Promise<Void> promise = Promise.promise();
    waiting = promise;
    Future<Void> more = following;
    if (more == null || more.isComplete()) {
      more = decoding.more();
      following = more;
    }
    more.onComplete(done -> {
      if (done.failed()) {
        promise.tryFail(done.cause());
      } else {
        promise.tryComplete();
      }
    });
    if (timeoutNanos > 0) {
      timer = session.timers().schedule(timeoutNanos / 2, this::timePassed);
    }
    return waiting("WalSenderWaitForWAL", promise).map(true);
  }

  private Future<Void> waiting(String event, Promise<Void> promise) {
    client.showWait("Client", event);
    return session
        .interruptible(promise.future())
        .onComplete(done -> {
          client.showWait(null, null);
          stopTimer();
        });
  }

  private void stopTimer() {
    Timers.Timer running = timer;
    if (running != null) {
      timer = null;
      running.cancel();
    }
  }

  private void timePassed() {
    timer = null;
    wake();
  }

  private void wake() {
    Promise<Void> promise = waiting;
    if (promise != null) {
      waiting = null;
      promise.tryComplete();
    }
  }

  // ---- what decoding asks

  @Override
  public boolean isFull() {
    return client.isFull();
  }

  /// Waits for the client, but not longer than until it has to be looked after.
  @Override
  public Future<Void> room() {
    Promise<Void> promise = Promise.promise();
    waiting = promise; // one whose slot is taken ends, whether its client reads or not
    client
        .room()
        .onComplete(done -> {
          if (done.failed()) {
            promise.tryFail(done.cause());
          } else {
            promise.tryComplete();
          }
        });
    if (timeoutNanos > 0) {
      timer = session.timers().schedule(timeoutNanos / 2, promise::tryComplete);
    }
    return waiting("WalSenderWriteData", promise);
  }

  @Override
  public void check() {
    session.checkForInterrupts();
    if (status.isTerminated()) {
      throw PgException.fatal(
          SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
    }
    if (failure != null) {
      throw failure;
    }
    if (timeoutNanos <= 0) {
      return;
    }
    long silent = session.clock().nanoTime() - lastReplyNanos;
    if (silent >= timeoutNanos) {
      String reason = "terminating walsender process due to replication timeout";
      session.notice(PgException.log(reason));
      throw new WalSenderExit(reason);
    }
    if (silent >= timeoutNanos / 2) {
      ping();
    }
  }

  /// Asks for a sign of life, once until it comes.
  private void ping() {
    if (!pinged) {
      pinged = true;
      keepalive(true);
      client.flush();
    }
  }

  @Override
  public void write(long lsn, long xid, byte[] message) {
    ByteWriter out = new ByteWriter(HEADER + message.length);
    out.int8('w');
    out.int64(lsn);
    out.int64(lsn);
    out.int64(now());
    out.bytes(message);
    client.send(out.toBytes());
    status.sent(lsn);
    toldSome = true;
  }

  private long now() {
    return session.clock().epochMicros() - EvalContext.EPOCH_SHIFT;
  }

  private void keepalive(boolean replyRequested) {
    ByteWriter out = new ByteWriter(HEADER);
    out.int8('k');
    out.int64(sentLsn);
    out.int64(now());
    out.int8(replyRequested ? 1 : 0);
    client.send(out.toBytes());
    toldLsn = sentLsn;
    status.sent(sentLsn);
  }

  // ---- what the client sends

  /// A message of the client.
  public void receive(Buffer message) {
    pinged = false;
    if (!stopping) {
      lastReplyNanos = session.clock().nanoTime();
    }
    if (message.length() == 0) {
      return;
    }
    switch (message.getByte(0)) {
      case 'r' -> reply(message);
      case 'h' -> {
        // What a standby sees is no matter of a logical slot.
      }
      default -> {
        failure =
            PgException.error(
                SqlState.PROTOCOL_VIOLATION,
                "unexpected message type \"%c\"",
                (char) message.getByte(0));
        wake();
      }
    }
  }

  private void reply(Buffer message) {
    long write = message.getLong(1);
    long flush = message.getLong(9);
    long apply = message.getLong(17);
    long before = status.confirmedLsn();
    status.replied(write, flush, apply, session.clock().epochMicros());
    status.lags(lags, session.clock().nanoTime());
    if (flush != Lsn.INVALID) {
      slot.confirm(flush);
    }
    if (message.length() > 33 && message.getByte(33) != 0) {
      keepalive(false);
      client.flush();
    }
    // One that answers and takes nothing does not hold up the end of the server for ever.
    if (stopping && status.confirmedLsn() > before) {
      lastReplyNanos = session.clock().nanoTime();
      wake();
    }
  }

  /// The client wants no more.
  public void clientDone() {
    clientDone = true;
    wake();
  }

  /// The client is gone without a word.
  public void disconnected() {
    session.notice(
        new PgException(
            Severity.LOG, SqlState.PROTOCOL_VIOLATION, "unexpected EOF on standby connection"));
    clientDone();
  }

  /// The client has sent what it must not.
  public void fail(PgException error) {
    failure = error;
    wake();
  }
}
