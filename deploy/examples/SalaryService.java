import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;

/// A small service on vertx-web and vertx-pg-client whose requests can be followed into the database: `POST
/// /employees/7/raise` updates a row, and the statement carries the trace of the request in a comment, as SQLCommenter
/// does. The database's own spans then hang below those of the service, down to the WAL flush.
///
///     java -cp ... SalaryService.java postgresql://postgres@localhost/mydb http://localhost:4318 8080
///     curl -i -X POST http://localhost:8080/employees/7/raise
///
/// The answer names its trace in the header `traceparent`.
public final class SalaryService {
  /// The headers of a request, for whoever looks for a trace in them.
  private static final TextMapGetter<MultiMap> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(MultiMap headers) {
          return headers.names();
        }

        @Override
        public String get(MultiMap headers, String name) {
          return headers == null ? null : headers.get(name);
        }
      };

  private final Tracer tracer;
  private final Pool pool;

  private SalaryService(Tracer tracer, Pool pool) {
    this.tracer = tracer;
    this.pool = pool;
  }

  public static void main(String[] arguments) {
    if (arguments.length != 3) {
      System.err.println("usage: SalaryService POSTGRESQL-URL OTLP-URL PORT");
      System.exit(2);
    }
    SdkTracerProvider tracing =
        SdkTracerProvider.builder()
            .setResource(Resource.builder().put("service.name", "salaries").build())
            // One by one: it is an example, and nobody wants to wait for its spans.
            .addSpanProcessor(
                SimpleSpanProcessor.create(
                    OtlpHttpSpanExporter.builder()
                        .setEndpoint(arguments[1] + "/v1/traces")
                        .build()))
            .build();
    Vertx vertx = Vertx.vertx();
    Pool pool =
        PgBuilder.pool()
            .connectingTo(PgConnectOptions.fromUri(arguments[0]))
            .with(new PoolOptions().setMaxSize(4))
            .using(vertx)
            .build();
    SalaryService service = new SalaryService(tracing.get("salaries"), pool);
    service
        .listen(vertx, Integer.parseInt(arguments[2]))
        .onSuccess(server -> System.out.println("listening on port " + server.actualPort()))
        .onFailure(error -> {
          System.err.println(error.getMessage());
          System.exit(1);
        });
    Runtime.getRuntime().addShutdownHook(new Thread(tracing::close));
  }

  private Future<HttpServer> listen(Vertx vertx, int port) {
    Router router = Router.router(vertx);
    router.postWithRegex("/employees/(?<id>[0-9]{1,9})/raise").handler(this::raise);
    return vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1");
  }

  private void raise(RoutingContext request) {
    Context caller =
        W3CTraceContextPropagator.getInstance()
            .extract(Context.root(), request.request().headers(), HEADERS);
    Span server =
        tracer
            .spanBuilder("POST /employees/:id/raise")
            .setSpanKind(SpanKind.SERVER)
            .setParent(caller)
            .startSpan();
    Span client =
        tracer
            .spanBuilder("UPDATE employees")
            .setSpanKind(SpanKind.CLIENT)
            .setParent(caller.with(server))
            .startSpan();
    String sql = "UPDATE employees SET salary = salary + 100 WHERE id = " + request.pathParam("id");
    pool.query(sql + " /*traceparent='" + traceparent(client.getSpanContext()) + "'*/")
        .execute()
        .onComplete(done -> {
          int status = done.failed() ? 500 : done.result().rowCount() == 1 ? 204 : 404;
          if (done.failed()) {
            client.recordException(done.cause()).setStatus(StatusCode.ERROR);
            server.setStatus(StatusCode.ERROR);
          }
          client.end();
          server.setAttribute("http.response.status_code", status).end();
          request
              .response()
              .setStatusCode(status)
              .putHeader("traceparent", traceparent(server.getSpanContext()))
              .end();
        });
  }

  private static String traceparent(SpanContext context) {
    return "00-"
        + context.getTraceId()
        + "-"
        + context.getSpanId()
        + "-"
        + context.getTraceFlags().asHex();
  }
}
