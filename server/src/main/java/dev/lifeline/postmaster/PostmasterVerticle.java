package dev.lifeline.postmaster;

import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.events.Subject;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The postmaster's verticle: an event loop for the supervisor, and the deployment of everybody
/// else.
///
/// It is started by the command line, or by a test that embeds the server, and ends after a
/// shutdown request ([#shutdown]) or when the server cannot go on; [#exited] tells the exit code.
/// Its crash is the end of the server: the next start recovers.
public final class PostmasterVerticle extends VerticleBase {
  private final Function<Timers, PostmasterEnvironment> environment;
  private final List<SocketAddress> addresses;
  private final List<Subject> lost;
  private final long lastSequence;
  private final int loops;
  private final int clientsMax;
  private final SecureRandom random = new SecureRandom();
  private final Promise<Integer> exited = Promise.promise();
  private @Nullable Postmaster postmaster;

  /// @param addresses to listen on
  /// @param lost the processes that were alive when the last run was killed
  /// @param lastSequence the last event of that run
  /// @param loops how many event loops there are
  /// @param clientsMax how many clients may be connected at once, whether they have a place or not
  public PostmasterVerticle(
      Function<Timers, PostmasterEnvironment> environment,
      List<SocketAddress> addresses,
      List<Subject> lost,
      long lastSequence,
      int loops,
      int clientsMax) {
    this.environment = environment;
    this.addresses = List.copyOf(addresses);
    this.lost = List.copyOf(lost);
    this.lastSequence = lastSequence;
    this.loops = loops;
    this.clientsMax = clientsMax;
  }

  @Override
  public Future<?> start() {
    PostmasterEnvironment found = environment.apply(new VertxTimers(vertx, context));
    ProcessTable processes = new ProcessTable(found.osPid());
    Postmaster supervisor = new Postmaster(found, this::fork, processes);
    postmaster = supervisor;
    supervisor.exited().onSuccess(exited::tryComplete);
    long started = supervisor.tellOfStart(lost, lastSequence);
    BackendFork backends = new BackendFork(found, supervisor, processes, random);
    BackendSpares spares =
        new BackendSpares(
            vertx, context, (s, v, c, id) -> forkBackend(backends, s, v, c, id), loops);
    Admittance admittance =
        new Admittance(vertx, clientsMax, spares::connected, supervisor::refused);
    return supervisor
        .startLog(started)
        .compose(done -> {
          supervisor.sayStarting();
          spares.fill();
          return listen(supervisor, admittance, started);
        })
        .onSuccess(done -> supervisor.start(started));
  }

  /// Completes when at least one address is listened on, or none was wanted.
  private Future<Void> listen(Postmaster supervisor, Admittance admittance, long started) {
    List<PgException> refusals = new ArrayList<>();
    Future<Void> tried = Future.succeededFuture();
    for (SocketAddress address : addresses) {
      tried =
          tried.compose(done ->
              accept(address, admittance)
                  .onSuccess(id -> supervisor.listening(address, started))
                  .onFailure(e -> refusals.add(ListenAddress.bindError(address, e)))
                  .otherwise("")
                  .mapEmpty());
    }
    return tried.compose(done -> {
      if (!refusals.isEmpty() && refusals.size() == addresses.size()) {
        return Future.failedFuture(refusals.get(0));
      }
      refusals.forEach(supervisor::notListening);
      return Future.succeededFuture();
    });
  }

  private Future<String> accept(SocketAddress address, Admittance admittance) {
    return vertx.deployVerticle(
        () -> new Acceptor(address, admittance), new DeploymentOptions().setInstances(loops));
  }

  /// Completes with the exit code when the server has ended.
  public Future<Integer> exited() {
    return exited.future();
  }

  /// Asks the server to end; from any thread.
  public void shutdown(ShutdownMode mode, String requestedBy) {
    context.runOnContext(none -> running().shutdown(mode, requestedBy));
  }

  /// Begins a new file of the log, where it is written to files; from any thread.
  public void rotateLog() {
    context.runOnContext(none -> running().rotateLog());
  }

  /// Reads the configuration again; from any thread.
  public void reload() {
    context.runOnContext(none -> running().reload());
  }

  /// Makes a process die as if it had been killed; from any thread.
  ///
  /// @param worker whether an auxiliary process is meant rather than a backend
  /// @param pid which one; 0 for whichever will do
  /// @return the sequence of the fault's event
  public Future<Long> crash(boolean worker, int pid, String injectedBy) {
    Promise<Long> done = Promise.promise();
    context.runOnContext(none -> {
      try {
        done.complete(running().drills().crash(worker, pid, injectedBy));
      } catch (IllegalArgumentException e) {
        done.fail(e);
      }
    });
    return done.future();
  }

  /// Asks for a checkpoint at once; from any thread. What is returned does not wait for its end.
  public Future<Void> requestCheckpoint() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(none -> running().requestCheckpoint().onComplete(done));
    return done.future();
  }

  /// Completes when sessions are accepted for the first time; fails when the server ends before.
  public Future<Void> ready() {
    return running().ready();
  }

  private Postmaster running() {
    Postmaster supervisor = postmaster;
    if (supervisor == null) {
      throw new IllegalStateException("the postmaster was not started");
    }
    return supervisor;
  }

  /// Forks an auxiliary process: deploys its verticle, and undeploys it when it has ended.
  private ProcessTable.Handle fork(
      Function<Timers, ServerProcess> program, Forker.StartResult ready) {
    Promise<Void> ended = Promise.promise();
    ProcessVerticle verticle =
        new ProcessVerticle(timers -> {
          ServerProcess process = program.apply(timers);
          process.ended().onSuccess(status -> ended.complete());
          return process;
        });
    Future<String> deployed = vertx.deployVerticle(verticle);
    deployed.onComplete(done -> ready.accept(done.succeeded() ? null : done.cause()));
    deployed.onSuccess(
        id -> ended.future().onSuccess(done -> vertx.undeploy(id).onFailure(this::lateUndeploy)));
    return (signal, crashOfAnother) -> deployed.onSuccess(id -> verticle.signal(signal));
  }

  /// An undeployment fails only when Vert.x is being closed, which undeploys everything.
  private void lateUndeploy(Throwable ignored) {}

  /// Forks a client backend, on the event loop of its verticle and its socket.
  private BackendProcess forkBackend(
      BackendFork backends, NetSocket socket, Vertx on, Context own, String deploymentId) {
    BackendProcess process = backends.fork(new SocketChannel(socket, on), new VertxTimers(on, own));
    process
        .ended()
        .future()
        .onSuccess(status -> on.undeploy(deploymentId).onFailure(this::lateUndeploy));
    return process;
  }
}
