package dev.lifeline.replication.logical;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.access.transam.WalStream;
import dev.lifeline.events.Lsn;
import dev.lifeline.replication.ReplicationSlot;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/// Decodes for one client: from a slot's restart point on, transaction by transaction.
///
/// Belongs to one event loop. Whoever drives it calls [#step] again and again; each step is short
/// or waits for the disk, never for the client: [Flow] tells when the client is slow.
public final class DecodingSession {
  /// The client's pace.
  public interface Flow {
    /// Whether nothing more should be made now.
    boolean isFull();

    /// Completes when it is not full any more.
    Future<Void> room();

    /// Throws where the client or the server ends.
    void check();
  }

  private final WalStream stream;
  private final ReorderBuffer buffer;
  private final LogicalDecoder decoder;
  private final OutputPlugin plugin;
  private final OutputPlugin.Sink sink;
  private final EvalContext context;
  private final ReplicationSlot slot;
  private final Flow flow;
  private final Clock clock;
  private final Timers timers;
  private final ToastChunks toast = new ToastChunks();

  /// What decoding stands on beside the slot.
  ///
  /// @param workMemory `logical_decoding_work_mem` in bytes
  public record Ground(
      SharedMemory memory, Clock clock, Timers timers, EvalContext context, long workMemory) {}

  /// Begins at the slot's restart point.
  ///
  /// @param startAt transactions whose commit begins before are not told
  public DecodingSession(
      Ground ground,
      ReplicationSlot slot,
      long startAt,
      OutputPlugin plugin,
      OutputPlugin.Sink sink,
      Flow flow) {
    this.slot = slot;
    this.plugin = plugin;
    this.sink = sink;
    this.flow = flow;
    this.context = ground.context();
    this.clock = ground.clock();
    this.timers = ground.timers();
    this.stream = new WalStream(ground.memory(), slot.restartLsn());
    this.buffer =
        new ReorderBuffer(
            ground.memory().disk(), slot.directory(), ground.workMemory(), slot.statistics());
    this.decoder = new LogicalDecoder(buffer, slot.databaseOid(), startAt);
  }

  /// How far the WAL was read.
  public long position() {
    return stream.position();
  }

  /// Where decoding has to begin again, if everything up to [#position] was taken.
  public long restartPoint() {
    return buffer.oldest(stream.position());
  }

  /// Whether all of the flushed WAL was read.
  public boolean atEnd() {
    return stream.atEnd();
  }

  /// Reads on while there is something to read, for a slice of time.
  ///
  /// @param until the point where to stop
  /// @return whether [#position] has reached it, or the end of what is flushed
  public Future<Boolean> step(long until) {
    return step(until, () -> false);
  }

  /// As [#step(long)], stopping after a transaction, too, where that is enough.
  public Future<Boolean> step(long until, BooleanSupplier enough) {
    long sliceEnd = clock.nanoTime() + Timers.TURN_NANOS;
    while (true) {
      if (stream.position() >= until || enough.getAsBoolean()) {
        return Future.succeededFuture(true);
      }
      WalRecord record = stream.next();
      if (record == null) {
        return stream.atEnd() ? Future.succeededFuture(true) : stream.more().map(ignored -> false);
      }
      LogicalDecoder.Outcome outcome = decoder.take(record);
      if (outcome != null) {
        return carryOut(outcome).map(ignored -> false);
      }
      if (buffer.isTooBig()) {
        return buffer.spill().map(ignored -> false);
      }
      if (clock.nanoTime() - sliceEnd > 0) {
        return timers.yieldTurn().map(ignored -> false);
      }
    }
  }

  /// Completes when there is more to read.
  public Future<Void> more() {
    return stream.more();
  }

  private Future<Void> carryOut(LogicalDecoder.Outcome outcome) {
    return switch (outcome) {
      case LogicalDecoder.Outcome.Committed(DecodedXact xact) -> tell(xact);
      case LogicalDecoder.Outcome.Dropped(List<DecodedXact> xacts) -> {
        Future<Void> done = Future.succeededFuture();
        for (DecodedXact xact : xacts) {
          done = done.compose(ignored -> buffer.forget(xact));
        }
        yield done;
      }
      case LogicalDecoder.Outcome.Message(Change change) -> {
        plugin.message(null, change.lsn, prefix(change), content(change), sink);
        yield Future.succeededFuture();
      }
    };
  }

  private static String prefix(Change change) {
    return new String(Objects.requireNonNull(change.old), StandardCharsets.UTF_8);
  }

  private static byte[] content(Change change) {
    return Objects.requireNonNull(change.data);
  }

  /// Tells a transaction from its begin to its commit.
  private Future<Void> tell(DecodedXact xact) {
    if (plugin.filters(xact)) {
      return buffer.forget(xact);
    }
    slot.statistics().totalTxns.increment();
    slot.statistics().totalBytes.add(xact.totalBytes());
    toast.clear();
    return Retry.run(() -> plugin.prepare(xact, null))
        .compose(ready -> {
          plugin.begin(xact, sink);
          return tellParts(xact, new int[] {0});
        })
        .eventually(() -> {
          // Also of one that the client did not stay for: it comes again.
          toast.clear();
          return buffer.forget(xact);
        });
  }

  private Future<Void> tellParts(DecodedXact xact, int[] next) {
    return AsyncLoop.whileTrue(
            () -> {
              if (next[0] >= xact.spills()) {
                return Future.succeededFuture(false);
              }
              return buffer
                  .read(xact, next[0]++)
                  .compose(changes -> tellAll(xact, changes))
                  .map(true);
            })
        .compose(ignored -> tellAll(xact, xact.changes()))
        .map(ignored -> {
          plugin.commit(xact, sink);
          return null;
        });
  }

  private Future<Void> tellAll(DecodedXact xact, List<Change> changes) {
    int[] at = {0};
    return AsyncLoop.whileTrue(() -> {
      long sliceEnd = clock.nanoTime() + Timers.TURN_NANOS;
      while (at[0] < changes.size()) {
        flow.check();
        if (flow.isFull()) {
          return flow.room().map(true);
        }
        Change change = changes.get(at[0]);
        if (!xact.isUndone(change)) {
          try {
            prepare(xact, change);
            tell(xact, change);
          } catch (NotYet notYet) {
            return notYet.until().map(true);
          } catch (PgException error) {
            throw within(change, error);
          }
        }
        at[0]++;
        if (clock.nanoTime() - sliceEnd > 0) {
          return timers.yieldTurn().map(true);
        }
      }
      return Future.succeededFuture(false);
    });
  }

  /// Says where an error of the plugin has happened, as PostgreSQL's CONTEXT line does.
  private PgException within(Change change, PgException error) {
    if (error.severity() != Severity.ERROR) {
      return error;
    }
    String callback =
        switch (change.kind) {
          case TRUNCATE -> "truncate";
          case MESSAGE -> "message";
          case INSERT, UPDATE, DELETE, TOAST -> "change";
        };
    String before = error.context();
    String context =
        "slot \"%s\", output plugin \"%s\", in the %s callback, associated LSN %s"
            .formatted(slot.name(), slot.plugin(), callback, Lsn.format(change.lsn));
    return error.context(before == null || before.isEmpty() ? context : before + "\n" + context);
  }

  private void prepare(DecodedXact xact, Change change) {
    if (change.table >= 0 && change.kind != Change.Kind.TOAST) {
      plugin.prepare(xact, xact.table(change.table));
    }
    if (change.kind == Change.Kind.TRUNCATE) {
      ByteBuffer in = ByteBuffer.wrap(content(change)).position(4);
      while (in.hasRemaining()) {
        plugin.prepare(xact, xact.table(in.getInt()));
      }
    }
  }

  private void tell(DecodedXact xact, Change change) {
    switch (change.kind) {
      case TOAST -> toast.add(content(change));
      case MESSAGE -> plugin.message(xact, change.lsn, prefix(change), content(change), sink);
      case TRUNCATE -> {
        ByteBuffer in = ByteBuffer.wrap(content(change));
        int flags = in.getInt();
        List<DecodedTable> tables = new ArrayList<>();
        while (in.hasRemaining()) {
          tables.add(xact.table(in.getInt()));
        }
        plugin.truncate(xact, change.lsn, tables, flags, sink);
      }
      case INSERT, UPDATE, DELETE -> tellRow(xact, change);
    }
  }

  private void tellRow(DecodedXact xact, Change change) {
    DecodedTable table = xact.table(change.table);
    byte[] old = change.old;
    byte[] data = change.data;
    plugin.change(
        xact,
        new OutputPlugin.RowChange(
            change.kind,
            change.lsn,
            table,
            old == null ? 0 : (char) old[0],
            old == null ? null : table.row(old, 1, toast, context),
            data == null ? null : table.row(data, 0, toast, context)),
        sink);
  }

  /// Ends it, when no step is under way.
  public Future<Void> close() {
    Future<Void> done = Future.succeededFuture();
    for (DecodedXact xact : buffer.removeAll()) {
      done = done.compose(ignored -> buffer.forget(xact));
    }
    return done.compose(ignored -> stream.close());
  }
}
