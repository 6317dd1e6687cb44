package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A real psql on a real server: the story that the README tells.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PsqlTest {
  @TempDir private static Path dir;
  private static LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = LifelineProcess.start(dir.resolve("data"));
  }

  @AfterAll
  static void stop() throws Exception {
    int exitCode = server.stop("INT");
    assertEquals(0, exitCode, server.log());
    server.verifyEvents();
  }

  @Test
  @Order(1)
  void theEmployeesStory() throws Exception {
    assertEquals(0, Tools.psql(server, "postgres", "CREATE DATABASE mydb;").exitCode());

    Tools.Result result =
        Tools.psql(
            server,
            "mydb",
            """
            CREATE TABLE employees (id integer PRIMARY KEY, name varchar(40) NOT NULL,
              department text DEFAULT 'none', salary numeric(10,2), hired date);
            INSERT INTO employees (id, name, department, salary, hired) VALUES
              (1, 'Ada', 'engineering', 45000.50, '2020-02-29'),
              (2, 'Edsger', 'engineering', 19999.99, '2021-07-01'),
              (3, 'Grace', 'research', 61000, '1999-12-31');
            INSERT INTO employees (id, name) VALUES (4, 'Niklaus') RETURNING id, department;
            SELECT * FROM employees WHERE salary > 20000;
            SELECT department, count(*), avg(salary)::numeric(10,2) FROM employees
              GROUP BY department ORDER BY department;
            """);

    assertEquals("", result.err());
    assertEquals(
        """
        CREATE TABLE
        INSERT 0 3
         id | department\s
        ----+------------
          4 | none
        (1 row)

        INSERT 0 1
         id | name  | department  |  salary  |   hired   \s
        ----+-------+-------------+----------+------------
          1 | Ada   | engineering | 45000.50 | 2020-02-29
          3 | Grace | research    | 61000.00 | 1999-12-31
        (2 rows)

         department  | count |   avg   \s
        -------------+-------+----------
         engineering |     2 | 32500.25
         none        |     1 |        \s
         research    |     1 | 61000.00
        (3 rows)

        """,
        result.out());
  }

  @Test
  @Order(2)
  void overTheUnixSocketToo() throws Exception {
    Tools.Result result =
        Tools.run(
            "",
            List.of(
                Tools.find("psql").toString(),
                "-XAtq",
                "-h",
                dir.toAbsolutePath().toString(),
                "-p",
                Integer.toString(server.port()),
                "-U",
                "postgres",
                "-d",
                "mydb",
                "-c",
                "SELECT name FROM employees WHERE salary > 20000 ORDER BY id"));

    assertEquals("Ada\nGrace\n", result.both());
  }

  @Test
  @Order(2)
  void describesATable() throws Exception {
    Tools.Result result =
        Tools.psql(
            server,
            "mydb",
            """
            \\d employees
            SELECT pg_relation_size('employees') > 0 AS table,
              pg_total_relation_size('employees') > pg_relation_size('employees') AS index;
            """);

    assertEquals("", result.err());
    assertEquals(
        """
                                 Table "public.employees"
           Column   |         Type          | Collation | Nullable |   Default   \s
        ------------+-----------------------+-----------+----------+--------------
         id         | integer               |           | not null |\s
         name       | character varying(40) |           | not null |\s
         department | text                  |           |          | 'none'::text
         salary     | numeric(10,2)         |           |          |\s
         hired      | date                  |           |          |\s
        Indexes:
            "employees_pkey" PRIMARY KEY, btree (id)

         table | index\s
        -------+-------
         t     | t
        (1 row)

        """,
        result.out());
  }

  @Test
  @Order(3)
  void errorsSayWhere() throws Exception {
    Tools.Result result =
        Tools.psql(
            server,
            "mydb",
            """
            \\set VERBOSITY verbose
            \\set SHOW_CONTEXT never
            SELECT nam FROM employees;
            INSERT INTO employees VALUES (1, 'again');
            SELEC 1;
            SELECT 1/0;
            """);

    List<String> errors =
        result.err().lines().filter(line -> !line.startsWith("LOCATION")).toList();
    assertEquals(
        List.of(
            "ERROR:  42703: column \"nam\" does not exist",
            "LINE 1: SELECT nam FROM employees;",
            "               ^",
            "HINT:  Perhaps you meant to reference the column \"employees.name\".",
            "ERROR:  23505: duplicate key value violates unique constraint \"employees_pkey\"",
            "DETAIL:  Key (id)=(1) already exists.",
            "SCHEMA NAME:  public",
            "TABLE NAME:  employees",
            "CONSTRAINT NAME:  employees_pkey",
            "ERROR:  42601: syntax error at or near \"SELEC\"",
            "LINE 1: SELEC 1;",
            "        ^",
            "ERROR:  22012: division by zero"),
        errors);
  }

  @Test
  @Order(4)
  void copyAndTiming() throws Exception {
    Path file = dir.resolve("in.csv");
    Files.writeString(file, "10,Barbara,research,52000\n11,\"Liskov, B.\",,\n");

    Tools.Result result =
        Tools.psql(
            server,
            "mydb",
            """
            \\copy employees (id, name, department, salary) from '%s' with (format csv)
            \\timing on
            SELECT count(*) FROM employees;
            \\copy (select id, name from employees where id >= 10 order by id) to stdout
            """
                .formatted(file));

    assertEquals("", result.err());
    assertTrue(result.out().startsWith("COPY 2\n"), result.out());
    assertTrue(result.out().contains("Time: "), result.out());
    assertTrue(result.out().contains("10\tBarbara\n11\tLiskov, B.\n"), result.out());
  }

  @Test
  @Order(5)
  void controlCCancelsARunningQuery() throws Exception {
    Process psql =
        new ProcessBuilder(
                Tools.find("psql").toString(),
                "-X",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(server.port()),
                "-U",
                "postgres",
                "-d",
                "mydb",
                "-c",
                "SELECT pg_sleep(60)")
            .redirectErrorStream(true)
            .start();
    Thread.sleep(1500);
    long began = System.nanoTime();
    new ProcessBuilder("kill", "-INT", Long.toString(psql.pid())).start().waitFor();

    assertTrue(psql.waitFor(20, TimeUnit.SECONDS));
    String said = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(said.contains("ERROR:  canceling statement due to user request"), said);
    assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(15));
  }

  @Test
  @Order(6)
  void aWrongPasswordIsRefused() throws Exception {
    assertEquals(
        0,
        Tools.psql(
                server,
                "mydb",
                "CREATE ROLE alice LOGIN PASSWORD 'right'; GRANT SELECT ON employees TO alice;")
            .exitCode());
    Path hba = server.directory().resolve("pg_hba.conf");
    String before = Files.readString(hba);
    Files.writeString(hba, "host all alice 127.0.0.1/32 scram-sha-256\n" + before);
    new ProcessBuilder("kill", "-HUP", Long.toString(server.process().pid())).start().waitFor();
    Thread.sleep(1000);

    Tools.Result wrong = asAlice("wrong");
    assertNotEquals(0, wrong.exitCode());
    assertTrue(
        wrong.err().contains("FATAL:  password authentication failed for user \"alice\""),
        wrong.err());
    Tools.Result right = asAlice("right");
    assertEquals("Ada\n", right.both());
  }

  private static Tools.Result asAlice(String password) throws Exception {
    return Tools.run(
        "",
        List.of(
            Tools.find("psql").toString(),
            "-XAtq",
            "-d",
            "postgresql://alice:%s@127.0.0.1:%d/mydb".formatted(password, server.port()),
            "-c",
            "SELECT name FROM employees WHERE id = 1"));
  }
}
