package dev.lifeline.tcop;

import dev.lifeline.executor.Statement;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.FrontendMessage;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// What a session does with each message of its client, and how it recovers from an error: after a
/// simple query it is ready for the next one at once, after a message of the extended protocol it
/// skips everything up to the next Sync.
final class SessionLoop {
  private static final Future<Void> DONE = Future.succeededFuture();

  private final Session session;
  private final Interrupts interrupts;
  private final BackendActivity activity;
  private final BackendWriter writer;
  private final SimpleQuery simple;
  private final ExtendedQuery extended;
  private boolean extendedMessage;
  private boolean skipping;

  /// Whether the client was told that it may send, in no transaction, and has not sent since.
  private boolean idle;

  private @Nullable ReplicationCommands replication;

  SessionLoop(Session session, Interrupts interrupts, BackendActivity activity) {
    this.session = session;
    this.interrupts = interrupts;
    this.activity = activity;
    this.writer = session.writer();
    this.simple = new SimpleQuery(session);
    this.extended = new ExtendedQuery(session);
    session.notificationDelivery().onNotification(this::notified);
  }

  /// Another session has notified of something: an idle client is told at once, another one before
  /// it is ready for the next query.
  private void notified() {
    if (idle && session.notificationDelivery().tell()) {
      writer.flush();
    }
  }

  /// Does what the message says. Terminate is the caller's.
  Future<Void> dispatch(MessageReader message) {
    extendedMessage = false;
    idle = false;
    return switch (message.type()) {
      case FrontendMessage.QUERY -> query(message);
      case FrontendMessage.FUNCTION_CALL ->
          Future.failedFuture(PgException.notSupported("the function call message"));
      case FrontendMessage.SYNC -> sync(message);
      case FrontendMessage.COPY_DATA, FrontendMessage.COPY_DONE, FrontendMessage.COPY_FAIL ->
          // The client may have been sending still when its COPY failed.
          DONE;
      default -> {
        extendedMessage = true;
        yield skipping ? DONE : extended(message);
      }
    };
  }

  private Future<Void> query(MessageReader message) {
    String sql = message.readString();
    message.end();
    extended.simpleQueryArrived();
    ReplicationCommands commands = replication;
    if (commands != null) {
      Future<Void> work = commands.run(sql);
      if (work != null) {
        return work.map(this::ready);
      }
    }
    return simple.run(sql).map(this::ready);
  }

  private Future<Void> extended(MessageReader message) {
    return switch (message.type()) {
      case FrontendMessage.PARSE -> extended.parse(message);
      case FrontendMessage.BIND -> extended.bind(message);
      case FrontendMessage.DESCRIBE -> extended.describe(message);
      case FrontendMessage.EXECUTE -> extended.execute(message);
      case FrontendMessage.CLOSE -> extended.close(message);
      case FrontendMessage.FLUSH -> {
        message.end();
        writer.flush();
        yield DONE;
      }
      default -> throw new IllegalStateException("message type " + message.type());
    };
  }

  private Future<Void> sync(MessageReader message) {
    message.end();
    skipping = false;
    return extended.sync().map(this::ready);
  }

  /// The statement of the last message has failed: tells the client and the logs, rolls back.
  Future<Void> recover(PgException error) {
    boolean skip = extendedMessage;
    CopyMessages copy = session.activeCopy();
    boolean lost = copy != null && copy.synchronizationLost();
    Statement failed = skip ? extended.current() : simple.current();
    if (skip) {
      extended.describe(error);
    }
    writer.abandonMessage();
    writer.report(error, session.reports().statementText());
    session.reports().log(error);
    session.reports().statementFailed(failed, error);
    session.countError(error);
    simple.fail();
    extended.fail();
    session.endStatement();
    session.pipelined(false);
    skipping = skip;
    return session
        .block()
        .fail()
        .map(rolledBack -> {
          if (lost) {
            throw PgException.fatal(
                SqlState.PROTOCOL_VIOLATION,
                "terminating connection because protocol synchronization was lost");
          }
          if (!skip) {
            ready(null);
          }
          return null;
        });
  }

  /// A message of this type was too big to be held.
  Future<Void> recoverOversized(byte type, PgException error) {
    extendedMessage = type == FrontendMessage.PARSE || type == FrontendMessage.BIND;
    return extendedMessage && skipping ? DONE : recover(error);
  }

  /// Says ReadyForQuery.
  private @Nullable Void ready(@Nullable Void ended) {
    session.endStatement();
    session.reports().statementEnded(idleState().label());
    interrupts.clearCancel();
    session.reportChangedParameters();
    idle = session.block().status() == 'I';
    if (idle) {
      session.notificationDelivery().tell();
    }
    // Before the client knows, so that what it asks others of this session is true.
    activity.idle(idleState(), session.clock().epochMicros());
    writer.readyForQuery(session.block().status());
    writer.flush();
    return null;
  }

  /// Says ReadyForQuery for the first time.
  void begin() {
    ready(null);
  }

  private BackendActivity.State idleState() {
    return switch (session.block().status()) {
      case 'T' -> BackendActivity.State.IDLE_IN_TRANSACTION;
      case 'E' -> BackendActivity.State.IDLE_IN_TRANSACTION_ABORTED;
      default -> BackendActivity.State.IDLE;
    };
  }

  /// Lets go of what a statement that is given up holds.
  void close() {
    idle = false;
    simple.fail();
    extended.fail();
    ReplicationCommands commands = replication;
    if (commands != null) {
      commands.close();
    }
  }

  /// The session takes the commands of replication, too.
  void replicate(ReplicationCommands commands) {
    replication = commands;
  }
}
