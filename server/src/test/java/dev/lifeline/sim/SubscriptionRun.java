package dev.lifeline.sim;

import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.tcop.BackendSignal;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One seed of two servers, of which one subscribes to the other while that is written to. Either
/// loses its power, is killed or has a process die, at any moment, also while tables are copied.
/// When that is over the tables are equal: nothing is missing, nothing was applied twice, nothing
/// that was rolled back has come over.
final class SubscriptionRun {
  private static final long LIMIT_NANOS = 900_000_000_000L;
  private static final int COUNTERS = 8;
  private static final List<String> TABLES =
      List.of(
          "create table counters (id int primary key, n int not null, filler text)",
          "create table ledger (id int primary key, counter int, delta int)",
          "create table log (writer int, n int, filler text)",
          "create table recent (id int primary key)");

  /// What is compared.
  private static final List<String> CONTENT =
      List.of(
          "select id, n, left(filler, 9), length(filler) from counters order by id",
          "select id, counter, delta from ledger order by id",
          "select writer, n, left(filler, 9), count(*) from log group by 1, 2, 3 order by 1, 2, 3",
          "select id from recent order by id");

  private static @Nullable SimPlatter initialized;

  private final Random random;
  private final SimScheduler world;
  private final SimScheduler here;
  private final SimScheduler there;
  private final Trace trace;
  private final SimServer publisher;
  private final SimServer subscriber;
  private final SimNetwork network;
  private int nextLedger;
  private boolean working;
  private int busy;

  private SubscriptionRun(long seed, @Nullable Consumer<String> lines) {
    random = new Random(seed);
    world = new SimScheduler(random);
    there = world.part();
    here = world.part();
    trace = new Trace(world, lines);
    publisher = server(there);
    subscriber = server(here);
    network = new SimNetwork(here, there, random, publisher::listening);
    subscriber.network(network);
  }

  private SimServer server(SimScheduler part) {
    return new SimServer(
        template().copy(),
        random,
        part,
        SimServer.engine(random, 200, true, false),
        config(),
        Sabotage.NONE,
        trace);
  }

  /// An initialized cluster, to be copied.
  static synchronized SimPlatter template() {
    SimPlatter made = initialized;
    if (made == null) {
      made = SimServer.initialize();
      initialized = made;
    }
    return made;
  }

  private ServerConfig config() {
    return ServerConfig.load(
            List.of(),
            List.of(
                new ServerConfig.Option("wal_level", "logical"),
                new ServerConfig.Option("autovacuum", "off"),
                new ServerConfig.Option("logical_decoding_work_mem", "64kB"),
                new ServerConfig.Option("wal_sender_timeout", "2s"),
                new ServerConfig.Option("wal_receiver_timeout", "2s"),
                new ServerConfig.Option(
                    "wal_retrieve_retry_interval", random.nextInt(1, 500) + "ms")))
        .config();
  }

  /// Runs a seed; throws what it finds.
  static void of(long seed, @Nullable Consumer<String> lines) {
    SubscriptionRun run = new SubscriptionRun(seed, lines);
    try {
      run.run();
    } finally {
      run.publisher.delete();
      run.subscriber.delete();
    }
  }

  private void run() {
    start(publisher);
    start(subscriber);
    awaitReady();
    List<String> filling = new ArrayList<>(TABLES);
    filling.add("alter table log replica identity full");
    filling.add(
        "insert into counters select n, 0 from generate_series(1, %d) n".formatted(COUNTERS));
    filling.add("insert into log select 0, n, repeat('f', 50) from generate_series(1, 300) n");
    filling.add("create publication p for all tables");
    filling.forEach(sql -> ask(publisher, sql));
    TABLES.forEach(sql -> ask(subscriber, sql));
    working = true;
    for (int writer = 1; writer <= 2; writer++) {
      busy++;
      new Writer(writer).next();
    }
    String options = random.nextBoolean() ? "" : " with (synchronous_commit = on)";
    ask(
        subscriber,
        "create subscription s connection"
            + " 'host=publisher dbname=postgres user=postgres sslmode=disable' publication p"
            + options);
    int faults = random.nextInt(6);
    for (int fault = 0; fault < faults; fault++) {
      pass(random.nextLong(random.nextInt(5) == 0 ? 800_000_000L : 50_000_000L));
      happen();
    }
    pass(random.nextLong(100_000_000L));
    working = false;
    awaitReady();
    until(() -> busy == 0, "a writer hangs");
    verify();
  }

  private void start(SimServer server) {
    server.start(Faults.NONE);
  }

  private void awaitReady() {
    for (SimServer server : List.of(publisher, subscriber)) {
      Future<Void> ready = server.postmaster().ready();
      until(ready::isComplete, "a server does not become ready");
      until(() -> server.postmaster().accepts(), "a server does not accept connections");
    }
  }

  private void pass(long nanos) {
    long end = world.nanoTime() + nanos;
    boolean[] over = {false};
    world.schedule(nanos, () -> over[0] = true);
    world.runUntil(() -> over[0] || world.nanoTime() > end);
  }

  /// Something goes wrong.
  private void happen() {
    SimServer victim = random.nextBoolean() ? publisher : subscriber;
    switch (random.nextInt(4)) {
      case 0 -> crashSomebody(victim);
      case 1 -> signalSomebody(victim);
      case 2 -> dies(victim, false);
      default -> dies(victim, true);
    }
  }

  private String name(SimServer server) {
    return server.equals(publisher) ? "publisher" : "subscriber";
  }

  private void dies(SimServer victim, boolean powerLost) {
    trace.tell(() -> "the " + name(victim) + " dies, power lost: " + powerLost);
    victim.end(true, powerLost);
    if (victim.equals(publisher)) {
      network.calleeDied();
    } else {
      network.callerDied();
    }
    pass(1 + random.nextLong(5_000_000L));
    start(victim);
  }

  private void crashSomebody(SimServer server) {
    List<Integer> pids = List.copyOf(server.postmaster().processes().keySet());
    if (server.postmaster().accepts() && !pids.isEmpty()) {
      int pid = pids.get(random.nextInt(pids.size()));
      trace.tell(() -> "process " + pid + " of the " + name(server) + " dies");
      server.postmaster().crash(pid);
    }
  }

  private void signalSomebody(SimServer server) {
    List<Integer> pids = List.copyOf(server.postmaster().processes().keySet());
    if (!pids.isEmpty()) {
      int pid = pids.get(random.nextInt(pids.size()));
      trace.tell(() -> "process " + pid + " of the " + name(server) + " is terminated");
      server.postmaster().signal(pid, BackendSignal.TERMINATE);
    }
  }

  private void until(BooleanSupplier condition, String otherwise) {
    long limit = world.nanoTime() + LIMIT_NANOS;
    world.runUntil(() -> condition.getAsBoolean() || world.nanoTime() > limit);
    if (!condition.getAsBoolean()) {
      throw new AssertionError(otherwise);
    }
  }

  private static Answer answered(Future<Answer> answer) {
    if (answer.failed()) {
      throw new AssertionError(answer.cause());
    }
    return answer.result();
  }

  /// Nothing goes wrong now.
  private Answer ask(SimServer server, String sql) {
    SimClient client = server.client("asker");
    Future<Answer> connected = client.connect();
    until(connected::isComplete, "connect hangs");
    Worker.check(!answered(connected).failed(), "%s", connected);
    Future<Answer> asked = client.query(sql);
    until(asked::isComplete, sql + " hangs");
    client.close();
    Answer answer = answered(asked);
    Worker.check(!answer.failed(), "%s: %s", sql, answer);
    return answer;
  }

  private void verify() {
    for (String content : CONTENT) {
      String expected = ask(publisher, content).rows().toString();
      long limit = world.nanoTime() + 120_000_000_000L;
      String found = ask(subscriber, content).rows().toString();
      while (!found.equals(expected)) {
        Worker.check(
            world.nanoTime() < limit,
            "%s: the publisher has\n%s\nthe subscriber has\n%s",
            content,
            expected,
            found);
        pass(200_000_000);
        found = ask(subscriber, content).rows().toString();
      }
    }
    long limit = world.nanoTime() + 60_000_000_000L;
    while (!ask(subscriber, "select distinct srsubstate from pg_subscription_rel")
        .rows()
        .equals(List.of(List.of("r")))) {
      Worker.check(world.nanoTime() < limit, "a table does not become ready");
      pass(200_000_000);
    }
    ask(subscriber, "drop subscription s");
    Answer slots = ask(publisher, "select slot_name from pg_replication_slots");
    Worker.check(slots.rows().isEmpty(), "slots stay: %s", slots);
    Answer origins = ask(subscriber, "select roname from pg_replication_origin");
    Worker.check(origins.rows().isEmpty(), "origins stay: %s", origins);
    for (SimServer server : List.of(subscriber, publisher)) {
      server.postmaster().shutdown(ShutdownMode.FAST);
      until(() -> server.postmaster().exited().isComplete(), "a shutdown hangs");
      server.end(false, false);
      Future<List<String>> findings = server.check();
      until(findings::isComplete, "checkdb hangs");
      Worker.check(findings.result().isEmpty(), "checkdb: %s", findings.result());
    }
  }

  /// Changes the publisher's tables until it is told to stop.
  private final class Writer {
    private final int number;
    private SimClient client;
    private int n;

    Writer(int number) {
      this.number = number;
      this.client = publisher.client("writer" + number);
    }

    private void next() {
      if (!working) {
        client.close();
        busy--;
        return;
      }
      Future<Answer> work = client.connected() ? transaction() : connect();
      work.onComplete(done -> {
        boolean lost = done.failed() || done.result().failed();
        world.schedule(1 + random.nextInt(lost ? 30_000_000 : 12_000_000), this::next);
      });
    }

    private Future<Answer> connect() {
      client = publisher.client("writer" + number);
      return publisher.listening() == null
          ? Future.failedFuture("nobody listens")
          : client.connect();
    }

    private Future<Answer> transaction() {
      List<String> statements = new ArrayList<>(List.of("begin"));
      int operations = 1 + random.nextInt(4);
      for (int i = 0; i < operations; i++) {
        switch (random.nextInt(6)) {
          case 0 -> {
            statements.add("savepoint a");
            if (random.nextBoolean()) {
              statements.add("savepoint b");
              operation(statements);
              statements.add("release b");
            }
            operation(statements);
            statements.add("rollback to a");
          }
          case 1 -> {
            statements.add("savepoint a");
            operation(statements);
            statements.add("release a");
          }
          default -> operation(statements);
        }
      }
      statements.add(random.nextInt(6) == 0 ? "rollback" : "commit");
      Future<Answer> last = client.query(statements.getFirst());
      for (String statement : statements.subList(1, statements.size())) {
        last = last.compose(answer -> client.query(answer.failed() ? "rollback" : statement));
      }
      return last;
    }

    private void operation(List<String> statements) {
      int counter = 1 + random.nextInt(COUNTERS);
      int delta = random.nextInt(-100, 101);
      switch (random.nextInt(12)) {
        case 0 ->
            statements.add(
                "update log set filler = 'u%d' where writer = %d and n %% 7 = %d"
                    .formatted(random.nextInt(100), number, random.nextInt(7)));
        case 1 ->
            statements.add(
                "delete from log where writer = %d and n = %d"
                    .formatted(number, random.nextInt(1 + n)));
        case 2 ->
            // Values that are stored apart, and are not told again where they do not change.
            statements.add(
                "update counters set filler = repeat('%d ', %d) where id = %d"
                    .formatted(random.nextInt(1_000_000), random.nextInt(3000), counter));
        case 3 -> statements.add("truncate recent");
        case 4 ->
            // More than is kept in memory.
            statements.add(
                "insert into log select %d, %d, repeat('m', 200) from generate_series(1, %d) g"
                    .formatted(number, n++, random.nextInt(random.nextInt(4) == 0 ? 800 : 30)));
        case 5 -> statements.add("insert into recent values (%d)".formatted(++nextLedger));
        case 6 ->
            statements.add(
                "delete from ledger where id %% 5 = %d and counter = %d"
                    .formatted(random.nextInt(5), counter));
        case 7 -> statements.add("insert into log values (%d, %d, 'l')".formatted(number, n++));
        default -> {
          statements.add(
              "insert into ledger values (%d, %d, %d)".formatted(++nextLedger, counter, delta));
          statements.add(
              "update counters set n = n + (%d) where id = %d".formatted(delta, counter));
        }
      }
    }
  }
}
