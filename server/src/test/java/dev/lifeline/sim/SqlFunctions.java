package dev.lifeline.sim;

import dev.lifeline.utils.adt.SessionHooks;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What functions ask of a session of the simulator.
record SqlFunctions(SqlSession session) implements SessionHooks {
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
    throw PgException.notSupported("set_config");
  }

  @Override
  public void checkForInterrupts() {}

  @Override
  public Future<?> sleep(long nanos) {
    Promise<Void> promise = Promise.promise();
    session.timers().schedule(nanos, promise::complete);
    return promise.future();
  }

  @Override
  public void notice(PgException notice) {}

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
    return session.xact().xidIfAny();
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
    return -1;
  }

  @Override
  public @Nullable Object serverFunction(String name, List<@Nullable Object> arguments) {
    throw PgException.notSupported("function " + name);
  }
}
