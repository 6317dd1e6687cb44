package dev.lifeline.catalog;

import dev.lifeline.utils.adt.SessionHooks;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What functions may ask of a session in a test.
record TestHooks(TestSession session) implements SessionHooks {
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
    return session.userName();
  }

  @Override
  public List<String> searchPath(boolean implicit) {
    return session.catalog().searchPath(implicit);
  }

  @Override
  public @Nullable String currentSetting(String name) {
    return session.gucs().show(name);
  }

  @Override
  public String setConfig(String name, @Nullable String value, boolean local) {
    session.gucs().set(name, String.valueOf(value));
    return session.gucs().show(name);
  }

  @Override
  public void checkForInterrupts() {}

  @Override
  public Future<?> sleep(long nanos) {
    return Future.succeededFuture();
  }

  @Override
  public void notice(PgException notice) {
    session.notice(notice);
  }

  @Override
  public long postmasterStartTime() {
    return 0;
  }

  @Override
  public long configurationLoadTime() {
    return 0;
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
    return session.xact().latestXid();
  }

  @Override
  public @Nullable String clientAddress() {
    return null;
  }

  @Override
  public int clientPort() {
    return -1;
  }

  @Override
  public @Nullable String serverAddress() {
    return null;
  }

  @Override
  public int serverPort() {
    return 5432;
  }

  @Override
  public @Nullable Object serverFunction(String name, List<@Nullable Object> arguments) {
    throw PgException.notSupported(name);
  }
}
