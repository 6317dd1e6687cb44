package dev.lifeline.sim;

import dev.lifeline.libpq.client.Dialer;
import dev.lifeline.postmaster.SimulatedPipe;
import dev.lifeline.postmaster.SimulatedPostmaster;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The way from one server in the simulator to another one. Either may die: then the other one
/// learns after a while that the connection has ended, and nothing arrives any more.
final class SimNetwork implements Dialer {
  private final SimScheduler caller;
  private final SimScheduler callee;
  private final Random random;
  private final Supplier<@Nullable SimulatedPostmaster> target;
  private List<Line> lines = new ArrayList<>();
  private boolean silent;

  /// @param caller the time of the one who dials
  /// @param callee the time of the one who answers
  /// @param target who answers now; null: nobody
  SimNetwork(
      SimScheduler caller,
      SimScheduler callee,
      Random random,
      Supplier<@Nullable SimulatedPostmaster> target) {
    this.caller = caller;
    this.callee = callee;
    this.random = random;
    this.target = target;
  }

  @Override
  public Future<Socket> dial(Address address) {
    Promise<Socket> promise = Promise.promise();
    caller.schedule(1 + random.nextInt(1_000_000), () -> answer(promise));
    return promise.future();
  }

  private void answer(Promise<Socket> promise) {
    SimulatedPostmaster postmaster = target.get();
    if (postmaster == null) {
      promise.fail(new IOException("Connection refused"));
      return;
    }
    Line line = new Line();
    lines.add(line);
    postmaster.connected(line.pipe);
    promise.complete(line);
  }

  /// From now on nothing arrives at either side, and nobody is told.
  void silence() {
    silent = true;
  }

  /// The one who dials is dead.
  void callerDied() {
    hangUp()
        .forEach(line -> {
          line.over = true;
          line.pipe.disconnect();
        });
  }

  /// The one who answers is dead.
  void calleeDied() {
    hangUp().forEach(line -> caller.schedule(1 + random.nextInt(20_000_000), line::ended));
  }

  private List<Line> hangUp() {
    List<Line> all = lines;
    lines = new ArrayList<>();
    return all;
  }

  /// A connection, as the one who has dialled sees it.
  private final class Line implements Socket {
    private final SimulatedPipe pipe =
        new SimulatedPipe(callee, callee, random, this::came, this::ended);
    private final Deque<Buffer> held = new ArrayDeque<>();
    private Consumer<Buffer> arrived = bytes -> {};
    private Runnable closed = () -> {};
    private boolean attached;
    private boolean paused;
    private boolean ending;
    private boolean over;

    private void came(Buffer bytes) {
      if (!over && !silent) {
        held.add(bytes);
        deliver();
      }
    }

    private void ended() {
      ending = true;
      deliver();
    }

    private void deliver() {
      while (attached && !paused && !over && !held.isEmpty()) {
        arrived.accept(held.poll());
      }
      if (attached && ending && !over && held.isEmpty()) {
        over = true;
        closed.run();
      }
    }

    @Override
    public void attach(Consumer<Buffer> toArrive, Runnable toEnd) {
      arrived = toArrive;
      closed = toEnd;
      attached = true;
      deliver();
    }

    @Override
    public void write(Buffer bytes) {
      if (!over && !ending && !silent) {
        pipe.send(bytes);
      }
    }

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      paused = false;
      caller.execute(this::deliver);
    }

    @Override
    public Future<Void> startTls(Tls tls) {
      return Future.failedFuture(new IOException("no TLS in the simulator"));
    }

    @Override
    public void close() {
      if (!over) {
        over = true;
        lines.remove(this);
        pipe.disconnect();
      }
    }
  }
}
