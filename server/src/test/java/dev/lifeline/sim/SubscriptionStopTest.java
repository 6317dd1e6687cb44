package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A publisher is stopped while a subscriber streams from it: the subscriber gets what was
/// committed before, and one that is dead does not hold the stop up.
class SubscriptionStopTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int TIMEOUT_S = 2;

  private final List<SimServer> servers = new ArrayList<>();

  /// Two servers of which one subscribes to the other.
  private final class Pair {
    private final Random random;
    private final SimScheduler world;
    private final SimServer publisher;
    private final SimServer subscriber;
    private final SimNetwork network;

    Pair(long seed) {
      random = new Random(seed);
      world = new SimScheduler(random);
      SimScheduler there = world.part();
      SimScheduler here = world.part();
      publisher = server(there);
      subscriber = server(here);
      network = new SimNetwork(here, there, random, publisher::listening);
      subscriber.network(network);
      for (SimServer server : List.of(publisher, subscriber)) {
        server.start(Faults.NONE);
        until("it becomes ready", 60, () -> server.postmaster().accepts());
        ask(server, "create table t (id int primary key)");
      }
      ask(publisher, "create publication p for all tables");
      ask(
          subscriber,
          "create subscription s connection"
              + " 'host=publisher dbname=postgres user=postgres sslmode=disable' publication p");
      until("the copy", 60, () -> value("select srsubstate from pg_subscription_rel").equals("r"));
    }

    private SimServer server(SimScheduler part) {
      SimServer server =
          new SimServer(
              SubscriptionRun.template().copy(),
              random,
              part,
              SimServer.engine(random, 200, true, false),
              ServerConfig.load(
                      List.of(),
                      List.of(
                          new ServerConfig.Option("wal_level", "logical"),
                          new ServerConfig.Option("autovacuum", "off"),
                          new ServerConfig.Option("wal_sender_timeout", TIMEOUT_S + "s"),
                          new ServerConfig.Option("wal_retrieve_retry_interval", "100ms")))
                  .config(),
              Sabotage.NONE,
              new Trace(part, null));
      servers.add(server);
      return server;
    }

    private void until(String what, long seconds, BooleanSupplier condition) {
      long limit = world.nanoTime() + seconds * SECOND;
      world.runUntil(() -> condition.getAsBoolean() || world.nanoTime() > limit);
      assertTrue(condition.getAsBoolean(), what);
    }

    private void ask(SimServer server, String sql) {
      Future<Answer> answer = asked(server, sql);
      until(sql, 60, answer::isComplete);
      assertTrue(answer.succeeded() && !answer.result().failed(), () -> sql + ": " + answer);
    }

    private Future<Answer> asked(SimServer server, String sql) {
      SimClient client = server.client("asker");
      return client
          .connect()
          .compose(connected -> client.query(sql))
          .onComplete(done -> client.close());
    }

    private String value(String sql) {
      Future<Answer> answer = asked(subscriber, sql);
      world.runUntil(answer::isComplete);
      return String.valueOf(answer.result().value());
    }

    /// Writes a row after the other, until nobody answers any more.
    private int[] write() {
      int[] committed = {0};
      SimClient client = publisher.client("writer");
      next(client, client.connect(), committed);
      return committed;
    }

    private void next(SimClient client, Future<Answer> before, int[] committed) {
      before.onSuccess(answer -> {
        if (!answer.failed()) {
          int row = committed[0] + 1;
          Future<Answer> inserted = client.query("insert into t values (%d)".formatted(row));
          inserted.onSuccess(done -> committed[0] = done.failed() ? committed[0] : row);
          next(client, inserted, committed);
        }
      });
    }

    private void pass(long nanos) {
      long end = world.nanoTime() + nanos;
      world.schedule(nanos, () -> {});
      world.runUntil(() -> world.nanoTime() >= end);
    }
  }

  private void end() {
    servers.forEach(SimServer::delete);
    servers.clear();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aFastStopSendsWhatWasCommitted(long seed) {
    Pair pair = new Pair(seed);
    int[] committed = pair.write();
    pair.pass(pair.random.nextLong(SECOND / 2));
    pair.publisher.postmaster().shutdown(ShutdownMode.FAST);
    pair.until("the stop", TIMEOUT_S, () -> pair.publisher.postmaster().exited().isComplete());

    pair.publisher.end(false, false);
    pair.network.calleeDied();
    String rows = pair.value("select count(*) from t");
    assertTrue(
        Integer.parseInt(rows) >= committed[0],
        () -> committed[0] + " rows were committed, " + rows + " have come over");
    assertEquals(rows, pair.value("select max(id) from t"));
    end();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aDeadSubscriberDoesNotHoldUpAFastStop(long seed) {
    Pair pair = new Pair(seed);
    pair.network.silence();
    pair.write();
    pair.pass(pair.random.nextLong(SECOND));
    pair.publisher.postmaster().shutdown(ShutdownMode.FAST);
    pair.until("the stop", TIMEOUT_S + 1, () -> pair.publisher.postmaster().exited().isComplete());
    end();
  }
}
