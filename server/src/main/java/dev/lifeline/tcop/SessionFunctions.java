package dev.lifeline.tcop;

import dev.lifeline.replication.ReplicationFunctions;
import dev.lifeline.replication.backup.WalFunctions;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.SessionHooks;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What SQL functions ask of their session.
final class SessionFunctions implements SessionHooks {
  private final Session session;
  private final PostmasterHooks postmaster;

  SessionFunctions(Session session, PostmasterHooks postmaster) {
    this.session = session;
    this.postmaster = postmaster;
  }

  @Override
  public int pid() {
    return session.pid();
  }

  @Override
  public String databaseName() {
    return session.databaseName();
  }

  @Override
  public int databaseOid() {
    return session.databaseOid();
  }

  @Override
  public String currentUser() {
    return session.userName();
  }

  @Override
  public String sessionUser() {
    return session.gucs().get(Gucs.SESSION_AUTHORIZATION);
  }

  @Override
  public List<String> searchPath(boolean implicit) {
    return session.catalog().searchPath(implicit);
  }

  @Override
  public @Nullable String currentSetting(String name) {
    try {
      return session.gucs().show(name);
    } catch (PgException unknown) {
      return null;
    }
  }

  @Override
  public String setConfig(String name, @Nullable String value, boolean local) {
    if (value == null) {
      session.gucs().reset(name);
    } else if (local) {
      session.gucs().setLocal(name, value);
    } else {
      session.gucs().set(name, value);
    }
    return session.gucs().show(name);
  }

  @Override
  public void checkForInterrupts() {
    session.checkForInterrupts();
  }

  @Override
  public Future<?> sleep(long nanos) {
    Promise<Void> awake = Promise.promise();
    session.timers().schedule(nanos, awake::tryComplete);
    session.showWait("Timeout", "PgSleep");
    return awake.future().onComplete(done -> session.showWait(null, null));
  }

  @Override
  public void notice(PgException notice) {
    session.notice(notice);
  }

  @Override
  public long postmasterStartTime() {
    return postmaster.startTime();
  }

  @Override
  public long configurationLoadTime() {
    return postmaster.configurationLoadTime();
  }

  @Override
  public long currentTransactionId() {
    return session.xact().xid();
  }

  @Override
  public long currentTransactionIdIfAssigned() {
    return session.xact().topXidIfAny();
  }

  @Override
  public long latestTransactionId() {
    long own = session.xact().topXidIfAny();
    return own != 0 ? own : session.xact().latestXid();
  }

  @Override
  public @Nullable String clientAddress() {
    return session.clientAddress().host();
  }

  @Override
  public int clientPort() {
    return session.clientAddress().port();
  }

  @Override
  public @Nullable String serverAddress() {
    return session.clientAddress().local() ? null : postmaster.serverAddress();
  }

  @Override
  public int serverPort() {
    return postmaster.serverPort();
  }

  @Override
  public @Nullable Object serverFunction(String name, List<@Nullable Object> arguments) {
    return switch (name) {
      case "pg_cancel_backend" -> signal(arguments, BackendSignal.CANCEL);
      case "pg_terminate_backend" -> signal(arguments, BackendSignal.TERMINATE);
      case "lifeline_crash_backend" -> signal(arguments, BackendSignal.CRASH);
      case "pg_notify" -> {
        session
            .notifications()
            .notify(textOrEmpty(arguments.get(0)), textOrEmpty(arguments.get(1)));
        yield Text.EMPTY;
      }
      case "pg_listening_channels" -> {
        ServerRows rows = new ServerRows();
        session.notifications().channels().forEach(channel -> rows.add(Text.of(channel)));
        yield rows;
      }
      case "pg_notification_queue_usage" -> session.notifications().queueUsage();
      case "pg_export_snapshot" -> Text.of(session.exportedSnapshots().export());
      default -> {
        if (LockFunctions.has(name)) {
          yield session.lockFunctions().call(name, arguments);
        }
        if (WalFunctions.has(name)) {
          yield session.walFunctions().call(name, arguments);
        }
        yield ReplicationFunctions.has(name)
            ? session.replicationFunctions().call(name, arguments)
            : postmaster.serverFunction(name, arguments);
      }
    };
  }

  private static String textOrEmpty(@Nullable Object argument) {
    return argument == null ? "" : argument.toString();
  }

  private @Nullable Object signal(List<@Nullable Object> arguments, BackendSignal signal) {
    return new SignalFunctions(session, postmaster).call(arguments, signal);
  }
}
