package dev.lifeline.replication.logical;

import dev.lifeline.catalog.Subscription;
import dev.lifeline.events.Lsn;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.libpq.client.PgConnection;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The stream of changes from a publisher, and what it is told of them.
final class RemoteStream {
  private static final int PROTOCOL_VERSION = 1;
  private static final long MICROS_PER_MS = 1000;

  private final WorkerEnvironment env;
  private final PgConnection connection;
  private final FlushPositions positions = new FlushPositions();

  /// Up to where everything has arrived.
  private long received;

  private long lastHeardNanos;
  private long lastToldNanos;
  private long toldWritten;
  private long toldFlushed;
  private boolean pinged;

  /// Whether a transaction has begun whose end has not come: what has arrived is not all applied.
  private boolean inTransaction;

  private long sendMicros;
  private long receiptMicros;
  private long latestEnd;
  private long latestEndMicros;

  RemoteStream(WorkerEnvironment env, PgConnection connection, long startLsn) {
    this.env = env;
    this.connection = connection;
    this.received = startLsn;
    this.lastHeardNanos = env.clock().nanoTime();
    this.lastToldNanos = lastHeardNanos;
  }

  /// Begins to stream.
  ///
  /// @param startLsn transactions that ended before it are not sent
  Future<Void> start(Subscription subscription, String slot, long startLsn) {
    String publications =
        subscription.publications().stream()
            .map(name -> "\"" + name.replace("\"", "\"\"") + "\"")
            .collect(Collectors.joining(","));
    String options =
        "proto_version '"
            + PROTOCOL_VERSION
            + "', publication_names '"
            + publications.replace("'", "''")
            + "'"
            + (subscription.binary() ? ", binary 'true'" : "");
    return connection
        .copyBoth(
            "START_REPLICATION SLOT \"%s\" LOGICAL %s (%s)"
                .formatted(slot, Lsn.format(startLsn), options))
        .recover(error ->
            Future.failedFuture(
                PgException.error(
                    SqlState.PROTOCOL_VIOLATION,
                    "could not start WAL streaming: %s",
                    remote(error))));
  }

  static String remote(Throwable error) {
    return error instanceof PgException e && e.sqlState() != SqlState.CONNECTION_FAILURE
        ? PgConnection.text(e)
        : String.valueOf(error.getMessage());
  }

  long received() {
    return received;
  }

  long latestEnd() {
    return latestEnd;
  }

  long sendMicros() {
    return sendMicros;
  }

  long receiptMicros() {
    return receiptMicros;
  }

  long latestEndMicros() {
    return latestEndMicros;
  }

  /// The next change, or null where none has arrived; what is about the stream itself is done here.
  ///
  /// @throws PgException 08006 where nothing will come any more
  @Nullable MessageReader poll() {
    while (true) {
      MessageReader message;
      try {
        message = connection.poll();
      } catch (PgException lost) {
        throw failed(lost);
      }
      if (message == null) {
        return null;
      }
      lastHeardNanos = env.clock().nanoTime();
      pinged = false;
      switch (message.type()) {
        case 'd' -> {
          if (isChange(message)) {
            return message;
          }
        }
        case 'c' -> throw new EndOfStream(true);
        case 'C' -> throw new EndOfStream(false);
        case 'E' -> throw failed(PgConnection.error(message));
        default -> {}
      }
    }
  }

  /// The publisher has nothing more.
  static final class EndOfStream extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Whether it waits for our end of the stream; a publisher that is being shut down does not.
    private final boolean answerable;

    EndOfStream(boolean answerable) {
      super("data stream from publisher has ended", null, false, false);
      this.answerable = answerable;
    }
  }

  /// Ends the stream that the publisher has ended.
  Future<Void> end(EndOfStream ended) {
    return ended.answerable
        ? end()
        : Future.failedFuture(
            PgException.error(
                SqlState.CONNECTION_FAILURE,
                "could not send end-of-streaming message to primary: no COPY in progress"));
  }

  private static PgException failed(PgException reason) {
    return PgException.error(
        SqlState.CONNECTION_FAILURE, "could not receive data from WAL stream: %s", remote(reason));
  }

  /// Reads the head of a message of the stream.
  private boolean isChange(MessageReader message) {
    byte kind = message.readByte();
    if (kind == 'w') {
      long start = message.readInt64();
      long end = message.readInt64();
      heard(Math.max(start, end), message.readInt64(), 0);
      return true;
    }
    if (kind == 'k') {
      long end = message.readInt64();
      heard(end, message.readInt64(), end);
      tell(message.readByte() != 0, false);
    }
    return false;
  }

  private void heard(long lsn, long time, long end) {
    received = Math.max(received, lsn);
    sendMicros = time + LogicalMessage.EPOCH_SHIFT;
    receiptMicros = env.clock().epochMicros();
    if (end != 0) {
      latestEnd = end;
      latestEndMicros = sendMicros;
    }
  }

  void begun() {
    inTransaction = true;
  }

  /// A transaction was applied.
  ///
  /// @param localEnd see [FlushPositions#applied]
  void applied(long remoteEnd, long localEnd) {
    inTransaction = false;
    positions.applied(remoteEnd, localEnd);
    received = Math.max(received, remoteEnd);
    latestEnd = remoteEnd;
    latestEndMicros = sendMicros;
  }

  /// Whether something is applied and not durable yet.
  boolean isPending() {
    return positions.isPending();
  }

  /// Tells the publisher how far we are, where there is something new to tell.
  ///
  /// @param force also where there is not
  /// @param answer asks it for an answer
  void tell(boolean force, boolean answer) {
    positions.durable(env.replication().flushedLsn(), inTransaction ? 0 : received);
    long now = env.clock().nanoTime();
    long interval = env.get(Gucs.WAL_RECEIVER_STATUS_INTERVAL) * 1_000_000_000;
    boolean due = interval > 0 && now - lastToldNanos >= interval;
    boolean same = positions.written() == toldWritten && positions.flushed() == toldFlushed;
    if (!force && !due && (same || interval == 0)) {
      return;
    }
    ByteWriter message = new ByteWriter(34);
    message.int8('r');
    message.int64(received);
    message.int64(positions.flushed());
    message.int64(positions.written());
    message.int64(env.clock().epochMicros() - LogicalMessage.EPOCH_SHIFT);
    message.int8(answer ? 1 : 0);
    connection.sendCopyData(message);
    toldWritten = positions.written();
    toldFlushed = positions.flushed();
    lastToldNanos = now;
  }

  /// Asks a publisher that is silent for a sign of life, and gives up on one that gives none.
  void checkTimeout() {
    long timeout = env.get(Gucs.WAL_RECEIVER_TIMEOUT) * MICROS_PER_MS * 1000;
    long silent = env.clock().nanoTime() - lastHeardNanos;
    if (timeout <= 0) {
      return;
    }
    if (silent >= timeout) {
      throw PgException.error(
          SqlState.CONNECTION_FAILURE, "terminating logical replication worker due to timeout");
    }
    if (!pinged && silent >= timeout / 2) {
      pinged = true;
      tell(true, true);
    }
  }

  /// Ends the stream; the connection can be used for commands again.
  Future<Void> end() {
    return connection.endCopyBoth();
  }
}
