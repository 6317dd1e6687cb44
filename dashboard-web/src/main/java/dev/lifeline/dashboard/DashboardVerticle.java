package dev.lifeline.dashboard;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The dashboard's web server. It reads; what changes a server is in [Actions], and needs the
/// token.
///
/// Deployed beside a server, or alone over the logs of a fleet. It listens on every address that it
/// is given, on one port, and reads the logs on a worker pool of its own, so that a slow disk slows
/// nobody but its readers.
public final class DashboardVerticle extends VerticleBase {
  private static final int WORKERS = 4;

  /// The timeline's index follows the log in steps, so that a page opens at once on a long log. The
  /// steps are small: under a load that fills the log faster the index falls behind, and catches up
  /// when the load is over or when somebody looks.
  private static final long INDEX_INTERVAL_MS = 2000;

  private static final int INDEX_EVENTS = 10_000;

  private final EventLogs logs;
  private final List<String> addresses;
  private final int port;
  private final @Nullable Actions actions;
  private final List<HttpServer> servers = new ArrayList<>();

  /// @param addresses host names or addresses; `*` for all
  /// @param port 0 for any that is free; see [#actualPort]
  public DashboardVerticle(EventLogs logs, List<String> addresses, int port) {
    this(logs, addresses, port, null);
  }

  /// @param actions what the page may do to the server; null where it may do nothing
  public DashboardVerticle(
      EventLogs logs, List<String> addresses, int port, @Nullable Actions actions) {
    this.logs = logs;
    this.actions = actions;
    this.addresses = List.copyOf(addresses);
    this.port = port;
  }

  @Override
  public Future<?> start() {
    WorkerExecutor worker = vertx.createSharedWorkerExecutor("lifeline-dashboard", WORKERS);
    Router router = new Routes(vertx, logs, worker, actions).router(addresses);
    vertx.setPeriodic(INDEX_INTERVAL_MS, timer -> worker.executeBlocking(this::index, false));
    Future<Void> listening = Future.succeededFuture();
    for (String address : addresses) {
      listening = listening.compose(done -> listen(router, address));
    }
    return listening;
  }

  /// What cannot be read now is read when somebody asks, who is then told of it.
  private boolean index() throws IOException {
    boolean done = true;
    for (EventLog log : logs.all()) {
      done &= log.timeline().refresh(INDEX_EVENTS);
    }
    return done;
  }

  private Future<Void> listen(Router router, String address) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setCompressionSupported(true)
            .setTcpNoDelay(true)
            .setIdleTimeout(0)
            .setHost(address.equals("*") ? "0.0.0.0" : address)
            .setPort(servers.isEmpty() ? port : actualPort());
    HttpServer server = vertx.createHttpServer(options).requestHandler(router);
    return server.listen().onSuccess(servers::add).mapEmpty();
  }

  /// The port that it listens on.
  public int actualPort() {
    return servers.get(0).actualPort();
  }
}
