package dev.lifeline.commands.amcheck;

import dev.lifeline.catalog.CatalogClient;
import dev.lifeline.utils.adt.SessionHooks;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the expressions of a check may know: there is a transaction, and nobody behind it.
record NoSession(CatalogClient client) implements SessionHooks {
  @Override
  public int pid() {
    return client.pid();
  }

  @Override
  public String databaseName() {
    return "";
  }

  @Override
  public int databaseOid() {
    return client.databaseOid();
  }

  @Override
  public String currentUser() {
    return "";
  }

  @Override
  public String sessionUser() {
    return "";
  }

  @Override
  public List<String> searchPath(boolean implicit) {
    return List.of();
  }

  @Override
  public @Nullable String currentSetting(String name) {
    return null;
  }

  @Override
  public String setConfig(String name, @Nullable String value, boolean local) {
    throw PgException.notSupported("set_config() in a check");
  }

  @Override
  public void checkForInterrupts() {
    // Nobody can interrupt it.
  }

  @Override
  public Future<?> sleep(long nanos) {
    return Future.succeededFuture();
  }

  @Override
  public void notice(PgException notice) {
    // Nobody would read it.
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
    return client.xact().xid();
  }

  @Override
  public long currentTransactionIdIfAssigned() {
    return 0;
  }

  @Override
  public long latestTransactionId() {
    return client.xact().latestXid();
  }

  @Override
  public @Nullable String clientAddress() {
    return null;
  }

  @Override
  public int clientPort() {
    return 0;
  }

  @Override
  public @Nullable String serverAddress() {
    return null;
  }

  @Override
  public int serverPort() {
    return 0;
  }

  @Override
  public @Nullable Object serverFunction(String name, List<@Nullable Object> arguments) {
    throw PgException.notSupported("function " + name + " in a check");
  }
}
