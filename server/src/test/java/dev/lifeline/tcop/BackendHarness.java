package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.ClientAccess;
import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.libpq.HbaFile;
import dev.lifeline.libpq.IdentFile;
import dev.lifeline.libpq.ScramVerifier;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSource;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A backend between a client and an engine that are both played by the test, in virtual time.
final class BackendHarness implements AuthCatalog {
  static final String PASSWORD = "secret";

  final FakeTime time = new FakeTime();
  final FakePostmaster postmaster = new FakePostmaster();
  final FakeEngine engine = new FakeEngine();
  final FakeTransactions transactions = new FakeTransactions();
  final List<LifecycleEvent> events = new ArrayList<>();
  final List<String> log = new ArrayList<>();
  final Map<Guc<String>, String> settings = new HashMap<>();
  final RandomGenerator random = new Random(7);
  String hba = "local all all trust\nhost all all all trust";
  ClientMemory clientMemory = new ClientMemory(64 << 20);
  final FakeChannel channel;
  private @Nullable Backend backend;

  BackendHarness() {
    this(ClientAddress.of("127.0.0.1", 34567));
  }

  BackendHarness(ClientAddress address) {
    channel = new FakeChannel(address);
  }

  Backend backend() {
    Backend existing = backend;
    if (existing == null) {
      existing = new Backend(environment(), channel, 7, 1234);
      backend = existing;
      existing.start();
    }
    return existing;
  }

  BackendEnvironment environment() {
    ServerConfig config =
        settings.isEmpty() ? ServerConfig.defaults() : ServerConfig.defaults().with(settings);
    HbaFile rules = HbaFile.read(Path.of("/data/pg_hba.conf"), true, path -> hba);
    return new BackendEnvironment(
        time,
        time,
        (subject, event, cause, trace) -> {
          events.add(event);
          return events.size();
        },
        new Log(),
        postmaster,
        () -> config,
        () -> new ClientAccess(rules, IdentFile.EMPTY, null),
        List::of,
        this,
        random,
        "mock",
        clientMemory,
        (session, subject) -> transactions,
        engine);
  }

  private final class Log implements ServerLog {
    @Override
    public void report(LogProcess process, PgException message, @Nullable String statement) {
      log.add(
          message.severity()
              + ": "
              + message.message()
              + (message.detail() == null ? "" : " | " + message.detail())
              + (statement == null ? "" : " | STATEMENT: " + statement));
    }
  }

  /// Hands bytes in and returns what comes back.
  List<String> send(Buffer... messages) {
    backend().handle(Wire.all(messages));
    return received();
  }

  List<String> received() {
    time.run();
    return Wire.read(channel.take());
  }

  /// A client that is through with its startup.
  BackendHarness connected() {
    List<String> answer = send(Wire.startup("user", "postgres", "database", "mydb"));
    assertEquals("Ready I", answer.getLast());
    transactions.calls.clear();
    return this;
  }

  boolean ended() {
    return backend().ended().isComplete();
  }

  @Override
  public Future<@Nullable Role> role(String name) {
    return Future.succeededFuture(
        switch (name) {
          case "postgres" -> role(10, name, true, true, null);
          case "joe" -> role(20, name, false, true, ScramVerifier.of(PASSWORD, random).stored());
          case "nologin" -> role(30, name, false, false, null);
          default -> null;
        });
  }

  private static Role role(
      int oid, String name, boolean superuser, boolean login, @Nullable String password) {
    return new Role(oid, name, superuser, login, false, 3, password, null);
  }

  @Override
  public Future<@Nullable Database> database(String name) {
    return Future.succeededFuture(
        switch (name) {
          case "mydb" -> new Database(5, name, true, 4);
          case "template0" -> new Database(4, name, false, -1);
          default -> null;
        });
  }

  @Override
  public Future<List<StoredSetting>> settings(int databaseOid, int roleOid) {
    return Future.succeededFuture(
        List.of(
            new StoredSetting("DateStyle=SQL, DMY", GucSource.DATABASE),
            new StoredSetting("nonsense=1", GucSource.USER)));
  }

  @Override
  public Future<Set<String>> memberships(String role) {
    return Future.succeededFuture(Set.of(role));
  }
}
