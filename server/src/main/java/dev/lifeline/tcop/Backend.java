package dev.lifeline.tcop;

import dev.lifeline.events.Subject;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.libpq.CommunicationError;
import dev.lifeline.libpq.FrontendDecoder;
import dev.lifeline.libpq.FrontendMessage;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.libpq.StartupPacket;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.replication.WalSenderExit;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// A client's backend: everything between the fork by the postmaster and the end of the connection.
///
/// The postmaster forks one for each connection, before it knows whether the client may connect. It
/// ends normally when the client says so or is gone, or after a FATAL error; the rest of the
/// cluster does not notice. It ends by an emergency ([TerminationReason#quickDie]) when shared
/// memory is about to be thrown away. When it fails by anything but a
/// [dev.lifeline.utils.error.PgException], that is a crash: shared memory may be damaged, so the
/// postmaster restarts the cluster.
///
/// ```text
/// STARTUP         -- a startup packet   --> AUTHENTICATION
/// AUTHENTICATION  -- authorized         --> SESSION
/// any of these    -- told to, an error  --> ENDING   (rolls back, tells the client)
/// ENDING          -- rolled back        --> ENDED
/// any             -- crash, quickdie    --> ENDED    (nothing is cleaned up)
/// ```
///
/// Messages are taken one at a time: while one is worked on, the others wait ([ClientInput]).
/// Belongs to one event loop: every method is called there.
public final class Backend {
  /// See the transitions above.
  private enum Phase {
    STARTUP,
    AUTHENTICATION,
    SESSION,
    ENDING,
    ENDED
  }

  private final BackendEnvironment environment;
  private final ClientChannel channel;
  private final int pid;
  private final int cancelKey;
  private final ClientMemory.Share memory;
  private final ClientInput input;
  private final FrontendDecoder decoder;
  private final BackendWriter writer;
  private final Interrupts interrupts = new Interrupts();
  private final BackendActivity activity;
  private final SessionReports reports;
  private final BackendTimeouts timeouts;
  private final Reception reception;
  private final Encryption encryption;
  private final Promise<Void> ended = Promise.promise();

  private Phase phase = Phase.STARTUP;
  private @Nullable SessionStart start;
  private @Nullable Session session;
  private @Nullable SessionLoop loop;
  private boolean pumping;
  private boolean busy;

  /// Whether the connection broke: the client has not said Terminate.
  private boolean lost;

  /// Whether only the log is told why it ends: a client that is asked for its password might take
  /// the message for an answer.
  private boolean silent;

  private int exitCode;

  public Backend(BackendEnvironment environment, ClientChannel channel, int pid, int cancelKey) {
    this.environment = environment;
    this.channel = channel;
    this.pid = pid;
    this.cancelKey = cancelKey;
    this.memory = environment.clientMemory().share();
    this.input = new ClientInput(channel, memory);
    this.decoder = input.decoder();
    this.writer = new BackendWriter(channel);
    this.activity = new BackendActivity(environment.clock().epochMicros());
    this.timeouts = new BackendTimeouts(environment.timers());
    this.reports =
        new SessionReports(
            environment, new Subject("client backend", pid), channel.remoteAddress());
    this.reception = new Reception(environment, channel, reports, activity);
    this.encryption = new Encryption(environment, channel, reports);
  }

  public int pid() {
    return pid;
  }

  /// The secret that a CancelRequest must tell.
  public int cancelKey() {
    return cancelKey;
  }

  /// What `pg_stat_activity` shows of it. May be read from any thread.
  public BackendActivity activity() {
    return activity;
  }

  /// Completes when the backend has ended and holds nothing any more; fails when it crashed. Not
  /// before its client has been told what there was to tell.
  public Future<Void> ended() {
    return ended.future();
  }

  /// As a process's: 0 when the client left, 1 after a FATAL error, 2 after an emergency.
  public int exitCode() {
    return exitCode;
  }

  /// Begins to wait for the startup packet, for `authentication_timeout` at most.
  public void start() {
    reception.begin(this::pump);
    long seconds = environment.config().get().get(Gucs.AUTHENTICATION_TIMEOUT);
    timeouts.awaitAuthentication(seconds, this::authenticationTimedOut);
  }

  private void authenticationTimedOut() {
    if (phase == Phase.STARTUP) {
      encryption.giveUp();
      end(null);
    } else if (phase == Phase.AUTHENTICATION) {
      silent = true;
      end(PgException.fatal(SqlState.QUERY_CANCELED, "canceling authentication due to timeout"));
    }
  }

  /// What the client sent.
  public void handle(Buffer bytes) {
    if (encryption.handshaking() && alive()) {
      encryption.giveUp();
      end(Encryption.unencryptedData("SSL"));
    } else if (alive()) {
      decoder.append(bytes);
      pump();
    }
  }

  /// The client has closed the connection, or it broke. What it sent before is still carried out.
  public void closed() {
    input.end();
    writer.disconnect();
    pump();
    Session opened = session;
    if (busy && opened != null && phase == Phase.SESSION) {
      long millis = opened.gucs().get(Gucs.CLIENT_CONNECTION_CHECK_INTERVAL);
      if (millis > 0) {
        environment.timers().schedule(millis * 1_000_000, this::connectionLost);
      }
    }
  }

  /// Nobody waits for what the statement would answer.
  private void connectionLost() {
    if (busy && alive()) {
      lost = true;
      interrupts.terminate(
          PgException.fatal(SqlState.CONNECTION_FAILURE, "connection to client lost"));
      pump();
    }
  }

  /// Ends the session, whatever it is doing; see [TerminationReason].
  public void terminate(TerminationReason reason) {
    terminate(reason, 0);
  }

  /// As [#terminate(TerminationReason)].
  ///
  /// @param cause the sequence of the event that is the reason, for the event that tells the end
  public void terminate(TerminationReason reason, long cause) {
    if (!alive()) {
      return;
    }
    reports.cause(cause);
    if (reason.quickDie()) {
      quickDie(reason);
      return;
    }
    if (encryption.handshaking()) {
      // Nothing can be said in the middle of it, and a client that does not go on holds nobody up.
      encryption.giveUp();
      end(null);
      return;
    }
    interrupts.terminate(reason.message());
    pump();
  }

  /// The server writes no more WAL: who streams it sends what is left, waits until the client has
  /// it, and ends. Who does not stream ends as if it was terminated.
  public void stopSending() {
    Session opened = session;
    if (phase == Phase.SESSION
        && opened != null
        && opened.activeCopy() instanceof WalSenderConnection stream) {
      stream.stop();
    } else {
      terminate(TerminationReason.ADMINISTRATOR_COMMAND);
    }
  }

  private void quickDie(TerminationReason reason) {
    exitCode = 2;
    abandon(reason.message());
    if (!input.ended()) {
      writer.abandonMessage();
      writer.report(reason.message(), null);
      writer.flush();
    }
    channel.close();
    ended.tryComplete();
  }

  /// Cancels the statement that runs, if one does: 57014.
  public void cancel() {
    if (phase == Phase.SESSION && activity.state() == BackendActivity.State.ACTIVE) {
      interrupts.cancelByUser();
    }
  }

  /// Dies as if by an unexpected error, for drills: [#ended] fails.
  public void crash() {
    crash(new IllegalStateException("crashed by lifeline_crash_backend"));
  }

  private void crash(Throwable failure) {
    if (phase == Phase.ENDED) {
      return;
    }
    exitCode = 2;
    abandon(PgException.fatal(SqlState.CRASH_SHUTDOWN, "this server process has crashed"));
    channel.close();
    ended.tryFail(failure);
  }

  /// Stops without touching anything that is shared. What still waits is woken, so that it stops.
  private void abandon(PgException reason) {
    phase = Phase.ENDED;
    encryption.giveUp();
    reception.end();
    timeouts.cancel();
    decoder.clear();
    memory.close();
    interrupts.terminate(reason);
  }

  private boolean alive() {
    return phase != Phase.ENDING && phase != Phase.ENDED;
  }

  /// Takes messages as long as there are any and nothing has to be waited for.
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      long turnEnd = environment.clock().nanoTime() + Timers.TURN_NANOS;
      while (alive() && step()) {
        if (!busy && environment.clock().nanoTime() - turnEnd > 0) {
          waitFor(environment.timers().yieldTurn());
        }
      }
    } catch (CommunicationError e) {
      communicationFailed(e);
    } catch (Throwable t) {
      failed(t);
    } finally {
      pumping = false;
    }
    throttle();
  }

  /// Takes one message; returns false when there is none to be taken now.
  private boolean step() {
    PgException fatal = interrupts.fatal();
    if (fatal != null && !busy) {
      end(fatal);
      return false;
    }
    return switch (phase) {
      case STARTUP -> stepStartup();
      case AUTHENTICATION -> stepAuthentication();
      case SESSION -> stepSession();
      case ENDING, ENDED -> false;
    };
  }

  private boolean stepStartup() {
    if (reception.waiting()) {
      return false;
    }
    MessageReader packet = decoder.nextStartupPacket();
    if (packet == null) {
      return endOfInput();
    }
    switch (encryption.read(packet)) {
      case StartupPacket.SslRequest() ->
          waitFor(encryption.decideTls(decoder.buffered()).map(this::tlsDecided));
      case StartupPacket.GssEncRequest() -> encryption.refuseGss(decoder.buffered());
      case StartupPacket.CancelRequest(int target, int key) -> {
        environment.postmaster().cancelRequest(target, key);
        end(null);
      }
      case StartupPacket.Startup startup -> begin(startup);
    }
    return true;
  }

  private @Nullable Void tlsDecided(boolean agreed) {
    TlsSession tls = encryption.session();
    if (tls != null) {
      activity.encrypted(tls);
    } else if (!agreed && alive()) {
      lost = true;
      end(null);
    }
    return null;
  }

  private void begin(StartupPacket.Startup startup) {
    phase = Phase.AUTHENTICATION;
    String application = startup.parameters().getOrDefault("application_name", "");
    reports.connecting(startup.user(), startup.database());
    activity.connecting(startup.user(), startup.database(), application);
    reports.traceOfApplicationName(application);
    SessionStart starting =
        new SessionStart(environment, writer, reports, startup, channel, encryption.session(), pid);
    start = starting;
    starting
        .run()
        .onComplete(done -> {
          if (phase != Phase.AUTHENTICATION) {
            return;
          }
          if (done.succeeded()) {
            authorized(done.result());
          } else {
            failed(done.cause());
          }
        });
  }

  private boolean stepAuthentication() {
    SessionStart starting = start;
    MessageReader message = decoder.buffered() == 0 ? null : decoder.nextAuthenticationMessage();
    if (message == null || starting == null) {
      return endOfInput();
    }
    starting.answer(message);
    return true;
  }

  private void authorized(SessionStart.Authorized client) {
    try {
      Session opened =
          new Session(
              environment,
              client.identity(),
              channel,
              writer,
              client.gucs(),
              interrupts,
              activity,
              reports,
              memory,
              this::pump);
      SessionLoop sessionLoop = new SessionLoop(opened, interrupts, activity);
      if (client.replicates()) {
        sessionLoop.replicate(new ReplicationCommands(opened, channel));
      }
      session = opened;
      loop = sessionLoop;
      start = null;
      phase = Phase.SESSION;
      timeouts.cancel();
      activity.authorized(opened.userOid(), opened.databaseOid());
      writer.backendKeyData(pid, cancelKey);
      opened.countStart();
      sessionLoop.begin();
      pump();
    } catch (Throwable t) {
      failed(t);
    }
  }

  private boolean stepSession() {
    if (busy) {
      return stepCopy();
    }
    SessionLoop running = loop;
    if (running == null) {
      throw new IllegalStateException("a session without its loop");
    }
    if (channel.writeQueueFull() && !input.ended()) {
      waitFor(interrupts.interruptible(channel.writable()));
      return true;
    }
    MessageReader message;
    try {
      message = decoder.nextMessage();
    } catch (PgException e) {
      if (e.severity().compareTo(Severity.ERROR) > 0) {
        throw e;
      }
      waitFor(running.recoverOversized(decoder.discardedType(), e));
      return true;
    }
    if (message == null) {
      awaitMessage();
      return endOfInput();
    }
    timeouts.cancel();
    if (message.type() == FrontendMessage.TERMINATE) {
      end(null);
      return false;
    }
    dispatch(running, message);
    return true;
  }

  /// While a statement runs, the only messages that are taken are those that it asks for.
  private boolean stepCopy() {
    Session opened = session;
    CopyMessages copy = opened == null ? null : opened.activeCopy();
    if (copy == null || !copy.waiting()) {
      return false;
    }
    MessageReader message;
    try {
      message = decoder.nextMessage();
    } catch (PgException e) {
      copy.fail(e);
      return true;
    }
    if (message != null) {
      copy.accept(message);
      return true;
    }
    if (input.ended()) {
      copy.closed();
    }
    return false;
  }

  private void dispatch(SessionLoop running, MessageReader message) {
    Future<Void> work;
    try {
      work = running.dispatch(message);
    } catch (Throwable t) {
      work = Future.failedFuture(t);
    }
    waitFor(work);
  }

  /// Takes no message before the work has ended.
  private void waitFor(Future<Void> work) {
    if (work.succeeded()) {
      return;
    }
    busy = true;
    work.onComplete(done -> {
      busy = false;
      if (done.failed() && alive()) {
        failed(done.cause());
      }
      pump();
    });
  }

  private boolean endOfInput() {
    if (input.ended()) {
      Session opened = session;
      if (opened != null && opened.block().explicit()) {
        reports.log("unexpected EOF on client connection with an open transaction");
      }
      lost = true;
      end(null);
    }
    return false;
  }

  private void communicationFailed(CommunicationError e) {
    reports.log(new PgException(Severity.LOG, SqlState.PROTOCOL_VIOLATION, e.message()));
    lost = true;
    end(null);
  }

  /// Something has failed: a statement, the session, or this process.
  private void failed(Throwable failure) {
    if (failure instanceof WalSenderExit) {
      end(null);
      return;
    }
    PgException error = Errors.statementError(failure);
    SessionLoop running = loop;
    if (error == null || error.severity() == Severity.PANIC) {
      if (error != null) {
        reports.log(error);
      }
      crash(failure);
    } else if (running == null || phase != Phase.SESSION) {
      end(Errors.asFatal(error));
    } else if (error.severity() == Severity.FATAL) {
      end(error);
    } else {
      recover(running, error);
    }
  }

  private void recover(SessionLoop running, PgException error) {
    try {
      waitFor(running.recover(error));
    } catch (Throwable t) {
      crash(t);
    }
  }

  private void awaitMessage() {
    Session opened = session;
    boolean idle = activity.state() != BackendActivity.State.ACTIVE;
    if (opened != null && idle && !input.ended()) {
      timeouts.awaitMessage(opened.gucs(), opened.block().explicit(), this::terminate);
    }
  }

  private void throttle() {
    Session opened = session;
    CopyMessages copy = opened == null ? null : opened.activeCopy();
    boolean wanted = !busy || (copy != null && copy.waiting());
    if (alive()) {
      input.throttle(wanted);
    }
  }

  /// Ends the session in good order.
  ///
  /// @param error what the client is told; null when it left by itself
  private void end(@Nullable PgException error) {
    if (!alive()) {
      return;
    }
    Phase during = phase;
    phase = Phase.ENDING;
    reception.end();
    timeouts.cancel();
    decoder.clear();
    if (error != null) {
      exitCode = 1;
      tell(during, error);
    }
    Session opened = session;
    if (opened == null) {
      finish(during, error);
      return;
    }
    SessionLoop running = loop;
    if (running != null) {
      running.close();
    }
    opened
        .block()
        .close()
        .compose(rolledBack -> opened.dropTemporary())
        .onComplete(rolledBack -> {
          if (rolledBack.failed()) {
            crash(rolledBack.cause());
          } else if (phase == Phase.ENDING) {
            opened.countEnd(error, lost);
            opened.close();
            finish(during, error);
          }
        });
  }

  private void tell(Phase during, PgException error) {
    writer.abandonMessage();
    if (!silent) {
      writer.report(error, during == Phase.SESSION ? reports.statementText() : null);
    }
    if (during == Phase.SESSION) {
      reports.log(error);
    } else {
      reports.rejected(error);
    }
  }

  private void finish(Phase during, @Nullable PgException error) {
    phase = Phase.ENDED;
    memory.close();
    writer.flush();
    if (during == Phase.SESSION) {
      reports.closed(error);
    } else if (error == null) {
      reports.left();
    }
    channel.close();
    ended.tryComplete();
  }
}
