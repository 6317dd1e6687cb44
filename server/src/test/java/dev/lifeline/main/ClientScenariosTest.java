package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.TextResource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Drivers and frameworks, each with a scenario of its own that does what an application does with
/// it and checks what comes back, over a database of its own on one server.
///
/// Those of Java are classes beside this one. Those of other languages are programs in
/// `src/test/clients`. Each says `ok` after every step, so that one that does nothing is noticed.
/// `deploy/test-tools` fetches them, at the versions that are written down beside the programs. On
/// a machine that lacks one its test is skipped; in CI, where the environment has `CI`, that is a
/// failure.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientScenariosTest {
  private static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();

  @TempDir private static Path dir;
  private static LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = LifelineProcess.start(dir.resolve("data"));
  }

  @AfterAll
  static void stop() throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
    server.checkFiles();
  }

  private static void require(boolean found, String client) {
    if (System.getenv("CI") != null) {
      assertTrue(found, client + " is not there: run deploy/test-tools");
    }
    Assumptions.assumeTrue(found, client + " is not there: run deploy/test-tools");
  }

  /// A program over a new database, which has to end well.
  private static void run(List<String> command, List<String> steps) throws Exception {
    Tools.Result result = Tools.run("", command);
    assertEquals(0, result.exitCode(), result.both());
    assertEquals(
        steps.stream().map(step -> "ok " + step).toList(),
        result.out().lines().filter(line -> line.startsWith("ok ")).toList());
  }

  private static String database(String name) throws Exception {
    Tools.Result made = Tools.psql(server, "postgres", "CREATE DATABASE " + name + ";");
    assertEquals("CREATE DATABASE\n", made.both());
    return name;
  }

  private static String url(String scheme, String database) {
    return scheme + "://postgres@127.0.0.1:" + server.port() + "/" + database;
  }

  @Test
  void databaseMetaDataOfPgjdbc() throws Exception {
    try (Connection connection = server.connect(database("metadata"))) {
      JdbcMetadataDifferences.check(
          TextResource.lines(JdbcMetadata.class, "database-metadata.txt"),
          JdbcMetadata.describe(connection));
    }
  }

  @Test
  void hibernate() throws Exception {
    new HibernateScenario(server.url(database("hibernate"))).run();
  }

  @Test
  void jooq() throws Exception {
    new JooqScenario(server.url(database("jooq"))).run();
  }

  @Test
  void flyway() throws Exception {
    new FlywayScenario(server.url(database("flyway")), dir.resolve("flyway")).run();
  }

  /// A Python program, with the packages that were fetched or those of the machine.
  private static List<String> python(String... words) {
    String path = Tools.directory("python-clients").map(found -> found + ":").orElse("");
    String own = System.getenv().getOrDefault("PYTHONPATH", "");
    List<String> command = new ArrayList<>(List.of("env", "PYTHONPATH=" + path + own, "python3"));
    command.addAll(List.of(words));
    return command;
  }

  private static boolean hasPython(String modules) throws Exception {
    return Tools.findOptional("python3").isPresent()
        && Tools.run("", python("-c", "import " + modules)).exitCode() == 0;
  }

  private static String python(String program) {
    return CLIENTS.resolve("python").resolve(program).toString();
  }

  @Test
  void psycopg() throws Exception {
    require(hasPython("psycopg"), "psycopg 3");
    String where =
        "host=127.0.0.1 port=" + server.port() + " user=postgres dbname=" + database("psycopg");
    run(
        python(python("psycopg_scenario.py"), where),
        List.of(
            "values", "transactions", "many", "copies", "notices", "cancellation", "two_sessions"));
  }

  @Test
  void sqlalchemyWithAlembic() throws Exception {
    require(hasPython("sqlalchemy, alembic, psycopg"), "SQLAlchemy with Alembic");
    run(
        python(python("sqlalchemy_scenario.py"), url("postgresql+psycopg", database("alchemy"))),
        List.of("schema", "objects", "conflicts", "migrations"));
  }

  @Test
  void django() throws Exception {
    require(hasPython("django, psycopg"), "Django");
    String port = Integer.toString(server.port());
    run(
        python(python("django_scenario.py"), "127.0.0.1", port, "postgres", database("django")),
        List.of("migrate", "users", "models_of_ours", "queries"));
  }

  @Test
  void nodePostgres() throws Exception {
    Path modules =
        Tools.directory("node-clients").map(at -> at.resolve("node_modules")).orElse(CLIENTS);
    require(Files.isDirectory(modules.resolve("pg")), "node-postgres");
    String program = CLIENTS.resolve("node").resolve("node_postgres_scenario.cjs").toString();
    run(
        List.of(
            "env", "NODE_PATH=" + modules, "node", program, url("postgresql", database("node"))),
        List.of(
            "values",
            "prepared",
            "transactions",
            "pooled",
            "cursors",
            "copies",
            "notices",
            "cancellation"));
  }

  @Test
  void pgx() throws Exception {
    Path program =
        Tools.directory("go-clients").map(at -> at.resolve("pgx_scenario")).orElse(CLIENTS);
    require(Files.isRegularFile(program), "pgx");
    run(
        List.of(program.toString(), url("postgresql", database("pgx"))),
        List.of("values", "modes", "batches", "copies", "transactions", "pools", "cancellation"));
  }
}
