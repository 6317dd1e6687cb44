package dev.lifeline.sim;

import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client that does one thing after the other, and connects again when its connection is gone.
abstract class Worker {
  /// What a statement may fail of without anything being wrong with the server: conflicts between
  /// transactions, being told to go, a crash of another, and what the tests provoke.
  private static final Set<String> EXPECTED =
      Set.of(
          "40001", "40P01", "23505", "25P02", "57014", "57P01", "57P02", "57P03", "55P03", "55006",
          "42P01", "42P07", "42704", "42701");

  /// What it may fail of when the disk does.
  private static final Set<String> DISK = Set.of("53100", "58030");

  /// The pause between two attempts is not doubled more often.
  private static final int REFUSED_MAX = 6;

  protected final SimRun run;
  protected final Random random;
  protected final String name;
  private SimClient client;
  private int stepsLeft;
  private boolean idle = true;

  /// How often in a row the server did not let it in.
  private int refused;

  Worker(SimRun run, String name) {
    this.run = run;
    this.random = run.random();
    this.name = name;
    this.client = run.server().client(name);
  }

  /// One piece of work; fails with [SimClient.Lost] where the connection ends in it.
  abstract Future<Void> step(SimClient connection);

  /// In a new life, so many steps.
  final void begin(int steps) {
    client = run.server().client(name);
    stepsLeft = steps;
    idle = false;
    pause();
  }

  final boolean idle() {
    return idle;
  }

  private void pause() {
    long nanos = random.nextInt(4) == 0 ? random.nextInt(60_000_000) : random.nextInt(400_000);
    run.server().scheduler().schedule(1 + nanos, this::next);
  }

  private void next() {
    if (!client.connected()) {
      client
          .connect()
          .onComplete(done -> {
            if (done.failed()) {
              refused++;
              lost(done.cause());
            } else {
              refused = 0;
              pause();
            }
          });
      return;
    }
    if (stepsLeft-- <= 0) {
      client.close();
      idle = true;
      return;
    }
    Future<Void> step = random.nextInt(60) == 0 ? vanish() : step(client);
    step.onComplete(done -> {
      if (done.failed()) {
        lost(done.cause());
      } else {
        pause();
      }
    });
  }

  private Future<Void> vanish() {
    switch (random.nextInt(4)) {
      case 0 -> client.talkNonsense();
      case 1 -> client.vanish("copy pg_class to stdout");
      case 2 -> run.server().client(name + "x").connectWithNonsense();
      default -> client.vanish("rollback; select 1");
    }
    return Future.succeededFuture();
  }

  private void lost(Throwable cause) {
    if (!(cause instanceof SimClient.Lost)) {
      if (cause instanceof Error e) {
        throw e;
      }
      throw new AssertionError(name + ": " + cause, cause);
    }
    if (run.alive()) {
      // Longer with each refusal: recovery on a slow disk takes half a minute.
      long nanos = (long) random.nextInt(30_000_000) << Math.min(refused, REFUSED_MAX);
      run.server().scheduler().schedule(1 + nanos, this::next);
    }
  }

  /// Fails where the answer is an error that nothing explains.
  protected final Answer plausible(Answer answer) {
    String state = answer.sqlState();
    if (state != null && !EXPECTED.contains(state) && !(run.faulty() && DISK.contains(state))) {
      throw new AssertionError(name + " got " + answer);
    }
    return answer;
  }

  /// Runs statements one after the other until one fails; answers the last answer.
  protected final Future<Answer> all(SimClient connection, List<String> statements) {
    Future<Answer> last = connection.either(statements.getFirst()).map(this::plausible);
    for (String statement : statements.subList(1, statements.size())) {
      last =
          last.compose(answer ->
              answer.failed()
                  ? Future.succeededFuture(answer)
                  : connection.either(statement).map(this::plausible));
    }
    return last;
  }

  /// Ends the transaction.
  ///
  /// @param last the answer to its last statement
  /// @param durable whether an acknowledgement promises durability
  protected final Future<Outcome> end(
      SimClient connection, Answer last, boolean commit, boolean durable) {
    if (last.failed() || !commit) {
      return connection.either("rollback").map(this::plausible).map(Outcome.ABORTED);
    }
    return connection
        .either("commit")
        .map(this::plausible)
        .map(answer -> {
          if (answer.failed()) {
            return Outcome.UNKNOWN;
          }
          if (!answer.tag().equals("COMMIT")) {
            throw new AssertionError(name + " asked for a commit and got " + answer);
          }
          return durable ? Outcome.COMMITTED : Outcome.UNKNOWN;
        })
        .recover(lost ->
            lost instanceof SimClient.Lost
                ? Future.succeededFuture(Outcome.UNKNOWN)
                : Future.failedFuture(lost));
  }

  /// The outcome of a transaction whose connection may end anywhere: before the commit was asked
  /// for, it is aborted.
  protected static Future<Outcome> abortedIfLost(Future<Outcome> outcome) {
    return outcome.recover(lost ->
        lost instanceof SimClient.Lost
            ? Future.succeededFuture(Outcome.ABORTED)
            : Future.failedFuture(lost));
  }

  static void check(boolean condition, String message, @Nullable Object... values) {
    if (!condition) {
      throw failure(message, values);
    }
  }

  private static AssertionError failure(String message, @Nullable Object[] values) {
    return new AssertionError(String.format(Locale.ROOT, message, values));
  }
}
