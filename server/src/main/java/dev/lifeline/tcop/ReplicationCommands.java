package dev.lifeline.tcop;

import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.replication.Replication;
import dev.lifeline.replication.ReplicationCommand;
import dev.lifeline.replication.ReplicationParser;
import dev.lifeline.replication.ReplicationSlot;
import dev.lifeline.replication.SlotCommands;
import dev.lifeline.replication.WalSender;
import dev.lifeline.replication.WalSenderExit;
import dev.lifeline.replication.WalSenderStatus;
import dev.lifeline.storage.ipc.RunningXids;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The commands of a replication connection (`replication=database`), which come as simple queries.
final class ReplicationCommands {
  private final Session session;
  private final ClientChannel channel;

  /// The snapshot that the last command has exported; it holds until the next command.
  private @Nullable String exported;

  ReplicationCommands(Session session, ClientChannel channel) {
    this.session = session;
    this.channel = channel;
  }

  /// Carries out a command; null where the text is SQL.
  @Nullable Future<Void> run(String text) {
    Future<Void> before = endExport();
    ReplicationCommand command = ReplicationParser.parse(text);
    if (command == null) {
      // With no transaction but its own to end, ending takes no time.
      return before.isComplete() ? null : before.compose(done -> sql(text));
    }
    return before.compose(done -> {
      session.statementArrived(text);
      boolean asked = session.gucs().get(Gucs.LOG_REPLICATION_COMMANDS);
      session.notice(
          new PgException(
              asked ? Severity.LOG : Severity.DEBUG,
              SqlState.SUCCESSFUL_COMPLETION,
              "received replication command: " + text));
      return run(command);
    });
  }

  private Future<Void> sql(String text) {
    return new SimpleQuery(session).run(text);
  }

  private Future<Void> run(ReplicationCommand command) {
    return switch (command) {
      case ReplicationCommand.IdentifySystem ignored -> identifySystem();
      case ReplicationCommand.Show show -> {
        String name = show.name();
        rows(List.of(name), List.of(Types.TEXT), session.gucs().show(name));
        yield complete("SHOW");
      }
      case ReplicationCommand.CreateSlot create -> createSlot(create);
      case ReplicationCommand.DropSlot drop -> {
        session.startStatement();
        yield slots()
            .drop(drop.slot(), drop.waits())
            .compose(done -> session.block().finish())
            .compose(done -> complete("DROP_REPLICATION_SLOT"));
      }
      case ReplicationCommand.Start start -> start(start);
      case ReplicationCommand.Physical physical ->
          throw PgException.notSupported("physical replication: " + physical.name());
    };
  }

  private SlotCommands slots() {
    return session.replicationFunctions().slots();
  }

  private Future<Void> complete(String tag) {
    session.writer().commandComplete(tag);
    return Future.succeededFuture();
  }

  private Future<Void> identifySystem() {
    Replication replication = session.replication();
    rows(
        List.of("systemid", "timeline", "xlogpos", "dbname"),
        List.of(Types.TEXT, Types.INT4, Types.TEXT, Types.TEXT),
        Long.toUnsignedString(replication.systemIdentifier()),
        Integer.toString(replication.timeline()),
        Lsn.format(replication.flushedLsn()),
        session.databaseName());
    return complete("IDENTIFY_SYSTEM");
  }

  private void rows(List<String> names, List<Integer> types, @Nullable String... values) {
    BackendWriter writer = session.writer();
    writer.begin('T');
    writer.body().int16(names.size());
    for (int i = 0; i < names.size(); i++) {
      writer.body().cstring(names.get(i));
      writer.body().int32(0);
      writer.body().int16(0);
      writer.body().int32(types.get(i));
      writer.body().int16(Types.get(types.get(i)).length());
      writer.body().int32(-1);
      writer.body().int16(0);
    }
    writer.end();
    writer.begin('D');
    writer.body().int16(values.length);
    for (String value : Arrays.asList(values)) {
      byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
      writer.body().int32(bytes == null ? -1 : bytes.length);
      if (bytes != null) {
        writer.body().bytes(bytes);
      }
    }
    writer.end();
  }

  private Future<Void> createSlot(ReplicationCommand.CreateSlot command) {
    boolean use = command.snapshot().equals("use");
    boolean export = command.snapshot().equals("export");
    if (!use && !export && !command.snapshot().equals("nothing")) {
      throw PgException.error(
          SqlState.SYNTAX_ERROR,
          "unrecognized value for CREATE_REPLICATION_SLOT option \"%s\": \"%s\"",
          "snapshot",
          command.snapshot());
    }
    if (command.twoPhase()) {
      throw PgException.notSupported("decoding of prepared transactions");
    }
    checkTransaction(use, export);
    session.startStatement();
    return slots()
        .create(command.slot(), command.plugin(), command.temporary())
        .compose(created -> {
          if (use) {
            session.xact().importSnapshot(created.snapshot());
          }
          String name = export ? export(created.snapshot()) : null;
          ReplicationSlot slot = created.slot();
          rows(
              List.of("slot_name", "consistent_point", "snapshot_name", "output_plugin"),
              List.of(Types.TEXT, Types.TEXT, Types.TEXT, Types.TEXT),
              slot.name(),
              Lsn.format(slot.confirmedFlush()),
              name,
              slot.plugin());
          slot.release();
          Future<Void> end = export ? Future.succeededFuture() : session.block().finish();
          return end.compose(done -> complete("CREATE_REPLICATION_SLOT"));
        });
  }

  private void checkTransaction(boolean use, boolean export) {
    boolean inBlock = session.block().explicit();
    if (export && inBlock) {
      throw PgException.error(
          SqlState.INTERNAL_ERROR,
          "%s must not be called inside a transaction",
          "CREATE_REPLICATION_SLOT ... (SNAPSHOT 'export')");
    }
    if (!use) {
      return;
    }
    String what = "CREATE_REPLICATION_SLOT ... (SNAPSHOT 'use')";
    if (!inBlock) {
      throw PgException.error(
          SqlState.INTERNAL_ERROR, "%s must be called inside a transaction", what);
    }
    if (session.xact().isolation() != IsolationLevel.REPEATABLE_READ) {
      throw PgException.error(
          SqlState.INTERNAL_ERROR,
          "%s must be called in REPEATABLE READ isolation mode transaction",
          what);
    }
    if (session.xact().hasFirstSnapshot()) {
      throw PgException.error(SqlState.INTERNAL_ERROR, "%s must be called before any query", what);
    }
  }

  private String export(RunningXids snapshot) {
    String name =
        "%08X-%08X-1".formatted(session.pid(), session.statementTimestamp() & 0xFFFFFFFFL);
    session.replication().exportedSnapshots().put(name, snapshot);
    exported = name;
    int running = snapshot.count();
    session.notice(
        PgException.log(
            "exported logical decoding snapshot: \"%s\" with %d transaction %s",
            name, running, running == 1 ? "ID" : "IDs"));
    return name;
  }

  private Future<Void> endExport() {
    String name = exported;
    if (name == null) {
      return Future.succeededFuture();
    }
    exported = null;
    session.replication().exportedSnapshots().remove(name);
    return session.block().finish();
  }

  private Future<Void> start(ReplicationCommand.Start command) {
    if (session.block().explicit()) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "START_REPLICATION cannot run inside a transaction block");
    }
    session.startStatement();
    ReplicationSlot slot = slots().acquireToStream(command.slot());
    WalSenderStatus status = new WalSenderStatus();
    WalSenderConnection connection = new WalSenderConnection(session, channel);
    WalSender sender;
    try {
      sender =
          new WalSender(
              session,
              slots(),
              slot,
              command.lsn(),
              slots().plugin(slot, command.options()),
              connection,
              status);
    } catch (RuntimeException e) {
      slot.release();
      throw e;
    }
    connection.attach(sender);
    session.copyMessages(connection);
    session.replication().senders().put(session.pid(), status);
    String application = session.gucs().get(Gucs.APPLICATION_NAME);
    String client = session.clientAddress().host();
    long started =
        session.emit(
            new ReplicationEvent.SenderStarted(application, client, slot.name(), sender.startLsn()),
            0);
    return sender
        .run()
        .onComplete(done -> {
          String reason = done.failed() ? done.cause().getMessage() : null;
          session.emit(
              new ReplicationEvent.SenderStopped(
                  application, slot.name(), status.sentLsn(), reason),
              started);
          session.copyMessages(null);
          session.replication().senders().remove(session.pid());
          slot.release();
        })
        .compose(done -> session.block().finish())
        .compose(done -> {
          session.writer().commandComplete("COPY 0");
          if (sender.stopped()) {
            throw new WalSenderExit("everything is sent, and the server ends");
          }
          return complete("START_REPLICATION");
        });
  }

  /// The session ends.
  void close() {
    String name = exported;
    if (name != null) {
      session.replication().exportedSnapshots().remove(name);
    }
  }
}
