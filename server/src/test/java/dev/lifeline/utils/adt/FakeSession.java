package dev.lifeline.utils.adt;

import dev.lifeline.utils.Clock;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A session and a catalog without a server: what expressions ask of them, answered from maps, and
/// a clock that stands still unless it is moved.
public final class FakeSession implements SessionHooks, CatalogHooks, Clock {
  public final Map<String, String> settings = new HashMap<>();
  public final List<Promise<Void>> sleeps = new ArrayList<>();
  public long nanos;
  public long epochMicros = 1_600_000_000_000_000L;

  public EvalContext context() {
    return new EvalContext(this, this, this).timestamps(epochMicros, epochMicros);
  }

  @Override
  public long epochMicros() {
    return epochMicros;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public int pid() {
    return 42;
  }

  @Override
  public String databaseName() {
    return "postgres";
  }

  @Override
  public int databaseOid() {
    return 5;
  }

  @Override
  public String currentUser() {
    return "postgres";
  }

  @Override
  public String sessionUser() {
    return "postgres";
  }

  @Override
  public List<String> searchPath(boolean implicit) {
    return implicit ? List.of("pg_catalog", "public") : List.of("public");
  }

  @Override
  public @Nullable String currentSetting(String name) {
    return settings.get(name);
  }

  @Override
  public String setConfig(String name, @Nullable String value, boolean local) {
    settings.put(name, value == null ? "" : value);
    return value == null ? "" : value;
  }

  @Override
  public void checkForInterrupts() {}

  @Override
  public Future<?> sleep(long forNanos) {
    Promise<Void> promise = Promise.promise();
    sleeps.add(promise);
    return promise.future();
  }

  @Override
  public void notice(PgException notice) {}

  @Override
  public long postmasterStartTime() {
    return epochMicros;
  }

  @Override
  public long configurationLoadTime() {
    return epochMicros;
  }

  @Override
  public long currentTransactionId() {
    return 1000;
  }

  @Override
  public long currentTransactionIdIfAssigned() {
    return 0;
  }

  @Override
  public long latestTransactionId() {
    return 1000;
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

  @Override
  public @Nullable String relationName(int oid) {
    return oid == 1259 ? "pg_class" : null;
  }

  @Override
  public int relationOid(List<String> names) {
    return names.getLast().equals("pg_class") ? 1259 : 0;
  }

  @Override
  public @Nullable String namespaceName(int oid) {
    return oid == Types.PG_CATALOG_NAMESPACE ? "pg_catalog" : null;
  }

  @Override
  public int namespaceOid(String name) {
    return name.equals("pg_catalog") ? Types.PG_CATALOG_NAMESPACE : 0;
  }

  @Override
  public @Nullable String roleName(int oid) {
    return oid == 10 ? "postgres" : null;
  }

  @Override
  public int roleOid(String name) {
    return name.equals("postgres") ? 10 : 0;
  }

  @Override
  public @Nullable String userTypeName(int oid) {
    return null;
  }

  @Override
  public EnumLabels enumLabels(int typeOid) {
    return new EnumLabels(List.of());
  }

  @Override
  public int userTypeOid(List<String> names) {
    return 0;
  }

  @Override
  public @Nullable Object catalogFunction(String name, List<@Nullable Object> arguments) {
    throw PgException.notSupported("function " + name);
  }
}
