package dev.lifeline.postmaster;

import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.events.Subject;
import dev.lifeline.tcop.BackendSignal;
import dev.lifeline.tcop.CanAcceptConnections;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The postmaster without its verticle: the simulator's thread is everybody's event loop.
public final class SimulatedPostmaster {
  private final Timers timers;
  private final ProcessTable table;
  private final Postmaster postmaster;
  private final BackendFork backends;
  private final List<Subject> lost;
  private final long lastSequence;

  /// @param lost the processes that were alive when the last run was killed
  /// @param lastSequence the last event of that run
  public SimulatedPostmaster(
      PostmasterEnvironment env, Random random, List<Subject> lost, long lastSequence) {
    this.timers = env.timers();
    this.lost = lost;
    this.lastSequence = lastSequence;
    this.table = new ProcessTable(env.osPid());
    this.postmaster = new Postmaster(env, this::fork, table);
    this.backends = new BackendFork(env, postmaster, table, random);
  }

  public void start() {
    postmaster.start(postmaster.tellOfStart(lost, lastSequence));
  }

  public Future<Void> ready() {
    return postmaster.ready();
  }

  public Future<Integer> exited() {
    return postmaster.exited();
  }

  /// Whether sessions are accepted now.
  public boolean accepts() {
    return postmaster.admission().canAccept() == CanAcceptConnections.OK;
  }

  public void shutdown(ShutdownMode mode) {
    postmaster.shutdown(mode, "simulator");
  }

  /// Reads the configuration again.
  public void reload() {
    postmaster.requestReload();
  }

  /// A client has connected.
  public void connected(SimulatedPipe pipe) {
    backends.fork(pipe, timers);
  }

  /// The processes that are alive, by pid.
  public Map<Integer, String> processes() {
    Map<Integer, String> alive = new TreeMap<>();
    for (ProcessTable.Entry entry : table.all()) {
      alive.put(entry.pid(), entry.type().backendType());
    }
    return alive;
  }

  /// A process dies in the middle of what it does.
  ///
  /// @return false where it is gone
  public boolean crash(int pid) {
    ProcessTable.Entry entry = table.get(pid);
    if (entry == null) {
      return false;
    }
    if (entry.type() == ProcessType.CLIENT_BACKEND) {
      return postmaster.hooks().signalBackend(pid, BackendSignal.CRASH);
    }
    entry.handle().signal(ProcessSignal.SIGKILL, false);
    return true;
  }

  /// `pg_cancel_backend`, `pg_terminate_backend`.
  public void signal(int pid, BackendSignal signal) {
    postmaster.hooks().signalBackend(pid, signal);
  }

  private ProcessTable.Handle fork(
      Function<Timers, ServerProcess> program, Forker.StartResult ready) {
    Child child = new Child();
    timers.execute(() -> child.start(program, ready));
    return (signal, crashOfAnother) -> timers.execute(() -> child.signal(signal));
  }

  /// An auxiliary process, as its verticle would hold it.
  private final class Child {
    private final List<ProcessSignal> early = new ArrayList<>();
    private @Nullable ServerProcess process;

    void start(Function<Timers, ServerProcess> program, Forker.StartResult ready) {
      ServerProcess started;
      try {
        started = program.apply(timers);
      } catch (RuntimeException e) {
        ready.accept(e);
        return;
      }
      started
          .start()
          .onComplete(done -> {
            ready.accept(done.succeeded() ? null : done.cause());
            process = started;
            early.forEach(started::signal);
          });
    }

    void signal(ProcessSignal signal) {
      ServerProcess running = process;
      if (running == null) {
        early.add(signal);
      } else {
        running.signal(signal);
      }
    }
  }
}
