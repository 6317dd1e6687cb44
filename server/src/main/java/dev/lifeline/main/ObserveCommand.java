package dev.lifeline.main;

import dev.lifeline.dashboard.DashboardVerticle;
import dev.lifeline.dashboard.EventLog;
import dev.lifeline.dashboard.EventLogs;
import dev.lifeline.dashboard.JournalEventLog;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.kafka.KafkaConfig;
import dev.lifeline.events.kafka.KafkaPublisher;
import dev.lifeline.events.otlp.OtlpConfig;
import dev.lifeline.events.otlp.OtlpPublisher;
import dev.lifeline.observe.Doctor;
import dev.lifeline.observe.Journals;
import dev.lifeline.observe.ObserverVerticle;
import dev.lifeline.observe.ServerLink;
import dev.lifeline.observe.Target;
import dev.lifeline.observe.TargetList;
import dev.lifeline.observe.message.Redaction;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lifeline observe`: real PostgreSQL servers on the event log, the topics and the timeline.
@Command(
    name = "observe",
    description =
        "Observes real PostgreSQL servers (13 to 18) over SQL: their logs and statistics views"
            + " become the event log, without an agent or an extension.",
    mixinStandardHelpOptions = true)
final class ObserveCommand implements Callable<Integer> {
  private static final int EVENT_LOOPS = 2;
  private static final int DASHBOARD_PORT = 8432;

  @Parameters(
      arity = "0..*",
      paramLabel = "URL",
      description =
          "postgresql://user[:password]@host[:port]/database[?sslmode=...&sslrootcert=...]; the"
              + " password may come from PGPASSWORD")
  private List<String> urls = new ArrayList<>();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "YAML list of servers, each with url and name")
  private @Nullable Path file;

  @Option(
      names = {"-D", "--directory"},
      paramLabel = "DIR",
      description = "where the event logs are kept (default: ./.lifeline/observe)")
  private Path directory = Path.of(".lifeline", "observe");

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      description =
          "where to begin with a server that was never observed: oldest log file, current (its"
              + " beginning, default) or now")
  private ObserverVerticle.Begin begin = ObserverVerticle.Begin.CURRENT;

  @Option(
      names = "--no-redaction",
      description = "let literals of statements and texts that quote them leave the server")
  private boolean literals;

  @Option(
      names = "--doctor",
      description =
          "say what each server lacks, what that costs and the SQL that mends it; change nothing")
  private boolean doctor;

  @Option(
      names = "--dashboard-port",
      paramLabel = "PORT",
      description = "port of the dashboard (default: 8432), 0 for none")
  private int dashboardPort = DASHBOARD_PORT;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT,...",
      description = "publish to these Kafka brokers, key = system identifier")
  private @Nullable String brokers;

  @Option(names = "--otlp", paramLabel = "URL", description = "export traces to this OTLP endpoint")
  private @Nullable String collector;

  @Option(
      names = "--otlp-protocol",
      paramLabel = "PROTOCOL",
      description = "http/protobuf (default) or grpc",
      converter = OtlpProtocol.class)
  private OtlpConfig.Protocol protocol = OtlpConfig.Protocol.HTTP_PROTOBUF;

  private final List<AutoCloseable> publishers = new CopyOnWriteArrayList<>();

  @Override
  public Integer call() throws Exception {
    List<Target> targets = targets();
    if (doctor) {
      return with(WebFiles.none(), targets, ObserveCommand::examine);
    }
    long now = new SystemClock().epochMicros() / 1_000_000;
    // Two that write to one log would tear it apart.
    try (LockFile _ = LockFile.ofObserver(directory, ProcessHandle.current().pid(), now)) {
      WebFiles webFiles = new WebFiles(directory);
      webFiles.removeOthers();
      return with(
          dashboardPort == 0 ? WebFiles.none() : webFiles.options(), targets, this::observe);
    }
  }

  /// What is done with Vert.x.
  private interface Work {
    int run(Vertx vertx, List<Target> targets) throws Exception;
  }

  private static int with(FileSystemOptions files, List<Target> targets, Work work)
      throws Exception {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setFileSystemOptions(files)
                .setEventLoopPoolSize(Math.min(EVENT_LOOPS, targets.size())));
    try {
      return work.run(vertx, targets);
    } finally {
      Blocking.await(vertx.close());
    }
  }

  private List<Target> targets() throws IOException {
    List<Target> targets = new ArrayList<>();
    for (String url : urls) {
      if (!url.startsWith("postgresql://") && !url.startsWith("postgres://")) {
        throw PgException.fatal(
                SqlState.INVALID_PARAMETER_VALUE, "\"%s\" is not the URL of a server", url)
            .hint("It begins with postgresql://, as in postgresql://user@host/database.");
      }
      targets.add(TargetList.ofUrl(withPassword(url)));
    }
    Path list = file;
    if (list != null) {
      try {
        for (Target listed : TargetList.parse(Files.readString(list))) {
          targets.add(new Target(listed.name(), withPassword(listed.uri())));
        }
      } catch (IllegalArgumentException e) {
        throw PgException.fatal(
            SqlState.CONFIG_FILE_ERROR, "could not read \"%s\": %s", list, e.getMessage());
      }
    }
    Set<String> names = new LinkedHashSet<>();
    for (Target target : targets) {
      if (!names.add(target.name())) {
        throw PgException.fatal(
            SqlState.INVALID_PARAMETER_VALUE, "server \"%s\" is there twice", target.name());
      }
    }
    if (targets.isEmpty()) {
      throw PgException.fatal(SqlState.INVALID_PARAMETER_VALUE, "no server to observe")
          .hint("Give the URL of a server, or a file with --file.");
    }
    return targets;
  }

  /// A password on the command line is seen by everybody on the machine.
  private static String withPassword(String url) {
    String password = System.getenv("PGPASSWORD");
    if (password == null || url.matches("[a-z]+://[^/@]*:[^/@]*@.*") || !url.contains("@")) {
      return url;
    }
    String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
    return url.replaceFirst("@", ":" + Matcher.quoteReplacement(encoded) + "@");
  }

  private int observe(Vertx vertx, List<Target> targets) throws Exception {
    try (Journals journals = new Journals(directory, this::publish)) {
      for (long known : journals.known()) {
        journals.journal(known); // what was seen before is shown, whoever is away now
      }
      startDashboard(vertx, journals);
      Redaction redaction = new Redaction(!literals);
      for (Target target : targets) {
        Blocking.await(
            vertx.deployVerticle(
                new ObserverVerticle(target, journals, redaction, begin, ObserveCommand::tell)));
      }
      CountDownLatch ended = new CountDownLatch(1);
      Signals.on("INT", ended::countDown);
      Signals.on("TERM", ended::countDown);
      ended.await();
      for (String deployment : vertx.deploymentIDs()) {
        Blocking.await(vertx.undeploy(deployment));
      }
      for (AutoCloseable publisher : publishers) {
        publisher.close();
      }
    }
    return 0;
  }

  private static void tell(ObserverVerticle.Status status) {
    System.out.println(
        status.target().name() + (status.attached() ? ": " : " is away: ") + status.text());
  }

  private void publish(Journal journal) {
    String kafka = brokers;
    if (kafka != null) {
      publishers.add(
          KafkaPublisher.start(
              journal, KafkaConfig.of(kafka), status -> away("Kafka", status.reason())));
    }
    String otlp = collector;
    if (otlp != null) {
      try {
        publishers.add(
            OtlpPublisher.start(
                journal,
                OtlpConfig.of(otlp, Version.number()).withProtocol(protocol),
                status -> away("the OpenTelemetry collector", status.reason())));
      } catch (IOException e) {
        throw PgException.fatal(
            SqlState.IO_ERROR, "could not read the progress of the traces: %s", e.getMessage());
      }
    }
  }

  private static void away(String who, @Nullable String reason) {
    if (reason != null) {
      System.err.println("lifeline: WARNING:  " + who + ": " + reason);
    }
  }

  private void startDashboard(Vertx vertx, Journals journals) {
    if (dashboardPort == 0) {
      return;
    }
    Map<Long, EventLog> logs = new HashMap<>();
    EventLogs all =
        () -> {
          synchronized (logs) {
            for (Journal journal : journals.all()) {
              logs.computeIfAbsent(
                  journal.systemIdentifier(), cluster -> new JournalEventLog(journal));
            }
            return List.copyOf(logs.values());
          }
        };
    Blocking.await(
        vertx.deployVerticle(new DashboardVerticle(all, List.of("localhost"), dashboardPort)));
    System.out.println("dashboard: http://localhost:" + dashboardPort);
  }

  private static int examine(Vertx vertx, List<Target> targets) {
    boolean lacking = false;
    for (Target target : targets) {
      ServerLink link;
      try {
        link = Blocking.await(ServerLink.open(vertx, target));
      } catch (IllegalStateException e) {
        Throwable reason = Objects.requireNonNullElse(e.getCause(), e);
        System.out.println(target.name() + ": could not connect: " + reason.getMessage());
        lacking = true;
        continue;
      }
      lacking |= examine(target, link);
      Blocking.await(link.close());
    }
    return lacking ? Main.EXIT_FAILURE : 0;
  }

  private static boolean examine(Target target, ServerLink link) {
    Map<String, String> settings = new HashMap<>();
    for (Row row : Blocking.await(link.rows(Doctor.SETTINGS))) {
      settings.put(row.getString(0), row.getString(1));
    }
    Row who =
        Blocking.await(
                link.rows(
                    "SELECT quote_ident(current_user),"
                        + " pg_has_role(current_user, 'pg_monitor', 'USAGE')"))
            .iterator()
            .next();
    List<Doctor.Finding> findings =
        Doctor.examine(link.facts(), who.getString(0), who.getBoolean(1), settings);
    System.out.println(
        target.name()
            + ": PostgreSQL "
            + link.facts().version()
            + (findings.isEmpty() ? ", nothing is missing" : ""));
    for (Doctor.Finding finding : findings) {
      System.out.println("  " + finding.what() + ": " + finding.cost());
      for (String sql : finding.sql()) {
        System.out.println("    " + sql.replace("\n", "\n    "));
      }
    }
    return !findings.isEmpty();
  }
}
