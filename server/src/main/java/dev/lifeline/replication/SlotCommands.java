package dev.lifeline.replication;

import static dev.lifeline.replication.ReplicationFunctions.bool;
import static dev.lifeline.replication.ReplicationFunctions.text;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.replication.logical.DecodingSession;
import dev.lifeline.replication.logical.OutputPlugin;
import dev.lifeline.replication.logical.OutputPlugins;
import dev.lifeline.storage.ipc.RunningXids;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.adt.Bytea;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one session does with slots.
public final class SlotCommands {
  private static final long NAP_NANOS = 10_000_000;

  private final Replication replication;
  private final SessionContext session;

  /// Gone with the session.
  private final List<ReplicationSlot> temporary = new ArrayList<>(0);

  SlotCommands(Replication replication, SessionContext session) {
    this.replication = replication;
    this.session = session;
  }

  /// A slot that was made, in the session's hands, and the snapshot of its consistent point.
  public record Created(ReplicationSlot slot, RunningXids snapshot) {}

  private void checkPermission() {
    boolean allowed =
        session.superuser()
            || (session.catalog() instanceof BackendCatalog catalog
                && catalog.rights().mayReplicate());
    if (!allowed) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "must be superuser or replication role to use replication slots");
    }
  }

  /// Makes a slot and waits for its consistent point. The session has a transaction.
  public Future<Created> create(String name, String plugin, boolean isTemporary) {
    checkPermission();
    ReplicationFunctions.checkLogical(session);
    OutputPlugins.check(plugin);
    if (session.xact().topXidIfAny() != 0) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "cannot create logical replication slot in transaction that has performed writes");
    }
    SharedMemory memory = replication.memory();
    // What the slot's snapshot will see stays from here on.
    Snapshot held = session.xact().latestSnapshot();
    ReplicationSlot slot =
        replication
            .slots()
            .create(
                name,
                plugin,
                session.databaseOid(),
                isTemporary,
                memory.wal().insertLsn(),
                session.pid());
    if (isTemporary) {
      temporary.add(slot);
    }
    if (held.xmin() > memory.transactions().nextXid()) {
      throw new IllegalStateException("a snapshot of the future");
    }
    return new SlotCreation(memory, session, slot)
        .run()
        .compose(snapshot -> replication.slots().save(slot).map(new Created(slot, snapshot)))
        .onSuccess(created ->
            session.emit(
                new ReplicationEvent.SlotCreated(name, "logical", plugin, slot.restartLsn()), 0))
        .recover(failure -> {
          temporary.remove(slot);
          return replication.slots().drop(slot).transform(done -> Future.failedFuture(failure));
        });
  }

  Future<Object> create(List<@Nullable Object> arguments) {
    if (bool(arguments, 3)) {
      throw PgException.notSupported("decoding of prepared transactions");
    }
    return create(text(arguments, 0), text(arguments, 1), bool(arguments, 2))
        .map(created -> {
          created.slot().release();
          return new ServerRows()
              .add(Text.of(created.slot().name()), created.slot().confirmedFlush());
        });
  }

  /// Takes a slot of this session's database.
  public ReplicationSlot acquire(String name) {
    checkPermission();
    ReplicationFunctions.checkSlots(session);
    ReplicationSlot slot = replication.slots().acquire(name, session.pid());
    if (slot.databaseOid() != session.databaseOid()) {
      slot.release();
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "replication slot \"%s\" was not created in this database",
          name);
    }
    return slot;
  }

  private static PgException lost(String message, ReplicationSlot slot) {
    return PgException.error(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, message, slot.name())
        .detail("This slot has never previously reserved WAL, or it has been invalidated.");
  }

  /// Takes a slot, to stream from it.
  public ReplicationSlot acquireToStream(String name) {
    ReplicationSlot slot = acquireToDecode(name);
    if (slot.isLost()) {
      slot.release();
      throw PgException.error(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
              "cannot read from logical replication slot \"%s\"",
              slot.name())
          .detail("This slot has been invalidated because it exceeded the maximum reserved size.");
    }
    return slot;
  }

  private ReplicationSlot acquireToDecode(String name) {
    ReplicationFunctions.checkLogical(session);
    return acquire(name);
  }

  /// As [#acquire], of one that can still be decoded from.
  ///
  /// @param refusal what is said where it cannot
  private ReplicationSlot acquireToDecode(String name, String refusal) {
    ReplicationSlot slot = acquireToDecode(name);
    if (slot.isLost()) {
      slot.release();
      throw lost(refusal, slot);
    }
    return slot;
  }

  /// Drops a slot.
  ///
  /// @param waits whether somebody else who uses it is waited for
  public Future<Void> drop(String name, boolean waits) {
    checkPermission();
    ReplicationFunctions.checkSlots(session);
    Future<Void> free = waits ? awaitFree(name) : Future.succeededFuture();
    return free.compose(done -> {
      ReplicationSlot slot = replication.slots().acquire(name, session.pid());
      temporary.remove(slot);
      return replication.slots().drop(slot).onSuccess(dropped -> tellDropped(slot));
    });
  }

  private void tellDropped(ReplicationSlot slot) {
    session.emit(new ReplicationEvent.SlotDropped(slot.name()), 0);
  }

  /// The connection of a subscriber that was killed ends a moment later than the subscriber.
  private Future<Void> awaitFree(String name) {
    return AsyncLoop.whileTrue(() -> {
      session.checkForInterrupts();
      ReplicationSlot slot = replication.slots().find(name);
      if (slot == null || slot.activePid() == 0 || slot.activePid() == session.pid()) {
        return Future.succeededFuture(false);
      }
      Promise<Void> nap = Promise.promise();
      session.timers().schedule(NAP_NANOS, nap::complete);
      return session.interruptible(nap.future()).map(true);
    });
  }

  /// Says where decoding begins, as every user of a slot does.
  void sayStart(ReplicationSlot slot, long startAt) {
    session.notice(
        PgException.log("starting logical decoding for slot \"%s\"", slot.name())
            .detail(
                "Streaming transactions committing after %s, reading WAL from %s.",
                Lsn.format(startAt), Lsn.format(slot.restartLsn())));
    boolean quiet = replication.memory().transactions().procs().running().isEmpty();
    session.notice(
        PgException.log(
                "logical decoding found consistent point at %s", Lsn.format(slot.restartLsn()))
            .detail(
                quiet
                    ? "There are no running transactions."
                    : "Logical decoding will begin using saved snapshot."));
  }

  /// What decoding stands on in this session.
  public DecodingSession.Ground ground() {
    return new DecodingSession.Ground(
        replication.memory(),
        session.clock(),
        session.timers(),
        session.evalContext(),
        session.gucs().get(Gucs.LOGICAL_DECODING_WORK_MEM) * 1024);
  }

  /// An output plugin for this session.
  public OutputPlugin plugin(ReplicationSlot slot, Map<String, @Nullable String> options) {
    return OutputPlugins.open(
        slot.plugin(), options, session, id -> OriginFunctions.name(session, id));
  }

  /// Nobody has to be waited for: what is made is kept in memory.
  private DecodingSession.Flow flow() {
    return new DecodingSession.Flow() {
      @Override
      public boolean isFull() {
        return false;
      }

      @Override
      public Future<Void> room() {
        return Future.succeededFuture();
      }

      @Override
      public void check() {
        session.checkForInterrupts();
      }
    };
  }

  /// The four functions that return changes.
  Future<Object> changes(String function, List<@Nullable Object> arguments) {
    if (arguments.get(0) == null) {
      throw PgException.error(SqlState.NULL_VALUE_NOT_ALLOWED, "slot name must not be null");
    }
    long upto = arguments.get(1) instanceof Number lsn ? lsn.longValue() : Long.MAX_VALUE;
    long most = arguments.get(2) instanceof Number n ? n.longValue() : Long.MAX_VALUE;
    boolean binary = function.contains("binary");
    ReplicationSlot slot =
        acquireToDecode(
            text(arguments, 0), "can no longer get changes from replication slot \"%s\"");
    try {
      OutputPlugin plugin = plugin(slot, options(arguments.get(3)));
      if (!binary && !plugin.isText()) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "logical decoding output plugin \"%s\" produces binary output, but function \"%s\""
                + " expects textual data",
            slot.plugin(),
            function + "(name,pg_lsn,integer,text[])");
      }
      ServerRows rows = new ServerRows();
      OutputPlugin.Sink sink =
          (lsn, xid, message) ->
              rows.add(
                  lsn,
                  xid & 0xFFFF_FFFFL,
                  binary
                      ? Bytea.wrap(message)
                      : Text.of(new String(message, StandardCharsets.UTF_8)));
      return decode(slot, plugin, sink, rows, upto, most, function.contains("_get_"))
          .map(done -> (Object) rows);
    } catch (RuntimeException e) {
      slot.release();
      throw e;
    }
  }

  private Future<Void> decode(
      ReplicationSlot slot,
      OutputPlugin plugin,
      OutputPlugin.Sink sink,
      ServerRows rows,
      long upto,
      long most,
      boolean confirm) {
    sayStart(slot, slot.confirmedFlush());
    long end = Math.min(upto, replication.memory().wal().flushedLsn());
    DecodingSession decoding =
        new DecodingSession(ground(), slot, slot.confirmedFlush(), plugin, sink, flow());
    return AsyncLoop.whileTrue(
            () -> {
              session.checkForInterrupts();
              return decoding.step(end, () -> rows.size() >= most).map(done -> !done);
            })
        .onSuccess(done -> {
          if (confirm) {
            slot.reached(decoding.position(), decoding.restartPoint());
            slot.confirm(decoding.position());
          }
        })
        .eventually(decoding::close)
        .onComplete(done -> slot.release());
  }

  private static Map<String, @Nullable String> options(@Nullable Object array) {
    Map<String, @Nullable String> options = new LinkedHashMap<>();
    if (array instanceof PgArray pairs) {
      if (pairs.hasNulls()) {
        throw PgException.error(SqlState.INVALID_PARAMETER_VALUE, "array must not contain nulls");
      }
      if (pairs.size() % 2 != 0) {
        throw PgException.error(
            SqlState.ARRAY_ELEMENT_ERROR, "array must have even number of elements");
      }
      for (int i = 0; i < pairs.size(); i += 2) {
        options.put(
            String.valueOf(pairs.elements().getObject(i)),
            String.valueOf(pairs.elements().getObject(i + 1)));
      }
    }
    return options;
  }

  /// Skips what a slot has not told yet, up to a point.
  Future<Object> advance(String name, long wanted) {
    ReplicationSlot slot = acquireToDecode(name, "replication slot \"%s\" cannot be advanced");
    long target = Math.min(wanted, replication.memory().wal().flushedLsn());
    if (target < slot.confirmedFlush()) {
      long least = slot.confirmedFlush();
      slot.release();
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "cannot advance replication slot to %s, minimum is %s",
          Lsn.format(wanted),
          Lsn.format(least));
    }
    OutputPlugin.Sink nobody = (lsn, xid, message) -> {};
    // Nothing of it is told: every transaction begins before this point.
    DecodingSession decoding =
        new DecodingSession(
            ground(), slot, Long.MAX_VALUE, plugin(slot, silent(slot)), nobody, flow());
    return AsyncLoop.whileTrue(
            () -> {
              session.checkForInterrupts();
              return decoding.step(target).map(done -> !done);
            })
        .onSuccess(done -> {
          slot.reached(target, decoding.restartPoint());
          slot.confirm(target);
        })
        .eventually(decoding::close)
        .compose(done -> replication.slots().save(slot))
        .map(done -> (Object) new ServerRows().add(Text.of(name), slot.confirmedFlush()))
        .onComplete(done -> slot.release());
  }

  private static Map<String, @Nullable String> silent(ReplicationSlot slot) {
    return slot.plugin().equals("pgoutput")
        ? Map.of("proto_version", "1", "publication_names", "none")
        : Map.of();
  }

  /// The session ends: its temporary slots go.
  void close() {
    for (ReplicationSlot slot : temporary) {
      replication.slots().drop(slot).onSuccess(dropped -> tellDropped(slot));
    }
    temporary.clear();
  }
}
