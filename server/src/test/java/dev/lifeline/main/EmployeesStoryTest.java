package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The story of the employees, from the first start to the last stop: what the server log says of
/// each step, what the event log tells, what the clients get, and who is alive.
class EmployeesStoryTest {
  private static final String WORKERS =
      """
      ├── checkpointer (PID <pid>)
      ├── background writer (PID <pid>)
      ├── walwriter (PID <pid>)
      ├── autovacuum launcher (PID <pid>)
      ├── statistics collector (PID <pid>)
      ├── archiver (PID <pid>)
      ├── logical replication launcher (PID <pid>)
      """;

  @TempDir private Path dir;
  private StoryTeller story;

  @BeforeEach
  void begin() {
    story = new StoryTeller(dir);
  }

  @AfterEach
  void stop() {
    story.close();
  }

  @Test
  void theEmployeesStory() throws Exception {
    theServerStarts();
    aClientMakesTheTable();
    aClientAsks();
    aClientIsRefused();
    oneWaitsForAnother();
    oneIsCancelledAndOneEnded();
    aCheckpointIsMade();
    theConfigurationChanges();
    aBackendCrashes();
    aWorkerCrashes();
    theServerStopsAndComesBack();
    theServerStopsWhenTheLastHasGone();
    story.verify();
  }

  private void theServerStarts() throws Exception {
    story.start();

    story.logSays(
        """
        postmaster: starting PostgreSQL <version>
        postmaster: listening on IPv4 address "127.0.0.1", port <n>
        startup: database system was shut down at <time>
        postmaster: database system is ready to accept connections
        """);
    story.eventsTell(
        """
        postmaster: started
        postmaster: config_loaded
        postmaster: listening
        postmaster: shared_memory_initialized
        postmaster: state_changed PM_INIT -> PM_STARTUP
        checkpointer: forked
        background writer: forked
        startup: forked
        startup: recovery not_required
        startup: exited 0
        postmaster: state_changed PM_STARTUP -> PM_RUN
        walwriter: forked
        autovacuum launcher: forked
        statistics collector: forked
        archiver: forked
        logical replication launcher: forked
        """);
    story.treeIs(WORKERS);
  }

  private void aClientMakesTheTable() throws Exception {
    assertEquals("", story.psql("postgres", "CREATE DATABASE mydb;").err());
    story.logSays(session("postgres"));
    story.eventsTell(
        """
        client backend: forked
        client backend: received
        client backend: authorized
        client backend: closed
        client backend: exited 0
        """);
    Tools.Result made =
        story.psql(
            "mydb",
            """
            CREATE TABLE employees (id integer PRIMARY KEY, name varchar(40) NOT NULL,
              department text, salary numeric(10,2));
            INSERT INTO employees VALUES (1, 'Ada', 'engineering', 45000.50),
              (2, 'Edsger', 'engineering', 19999.99), (3, 'Grace', 'research', 61000);
            SELECT * FROM salaries;
            """);
    assertTrue(made.err().contains("ERROR:  relation \"salaries\" does not exist"), made.err());
    story.logSays(
        session("mydb")
            .replace(
                "client backend: disconnection",
                """
                client backend: relation "salaries" does not exist at character 15 [42P01]
                client backend: disconnection\
                """));
    story.forgetEvents();
  }

  /// What the log says of a session that nothing happens in.
  private static String session(String database) {
    return """
    not initialized: connection received: host=<n>.0.1 port=<n>
    client backend: connection authorized: user=postgres database=DB application_name=psql
    client backend: disconnection: session time: <duration> user=postgres database=DB host=<n>.0.1 port=<n>
    """
        .replace("DB", database);
  }

  private void aClientAsks() throws Exception {
    Tools.Result answer = story.psql("mydb", "SELECT * FROM employees WHERE salary > 20000;");
    assertEquals(
        """
         id | name  | department  |  salary \s
        ----+-------+-------------+----------
          1 | Ada   | engineering | 45000.50
          3 | Grace | research    | 61000.00
        (2 rows)

        """,
        answer.out());
    story.logSays(session("mydb"));
    try (Connection ada = story.connect("ada's desk")) {
      story.treeIs(WORKERS + "└── client backend (PID <pid>) postgres mydb 127.0.0.1(<port>)\n");
      assertEquals(
          List.of("2"),
          ReferenceServer.query(ada, "SELECT count(*) FROM employees WHERE salary > 20000"));
    }
    story.settle();
    story.forgetLog();
    story.forgetEvents();
    story.treeIs(WORKERS);
  }

  private void aClientIsRefused() throws Exception {
    story.sql("CREATE ROLE grace LOGIN PASSWORD 'right'");
    story.settle();
    story.forgetLog();
    story.forgetEvents();

    assertEquals("28P01", story.refusal("grace", "wrong", "mydb"));
    assertEquals("3D000", story.refusal("postgres", "", "theirdb"));

    story.logSays(
        """
        not initialized: connection received: host=<n>.0.1 port=<n>
        client backend: password authentication failed for user "grace" [28P01]
        not initialized: connection received: host=<n>.0.1 port=<n>
        client backend: connection authorized: user=postgres database=theirdb
        client backend: database "theirdb" does not exist [3D000]
        """);
    story.eventsTell(
        """
        client backend: forked
        client backend: received
        client backend: rejected 28P01
        client backend: exited 1
        client backend: forked
        client backend: received
        client backend: authorized
        client backend: rejected 3D000
        client backend: exited 1
        """);
  }

  private void oneWaitsForAnother() throws Exception {
    try (Connection ada = story.connect("ada");
        Connection grace = story.connect("grace")) {
      ada.setAutoCommit(false);
      story.execute(ada, "UPDATE employees SET salary = 46000 WHERE id = 1");
      var raise = story.inBackground(grace, "UPDATE employees SET salary = 47000 WHERE id = 1");
      story.treeIs(
          WORKERS
              + """
              ├── client backend (PID <pid>) postgres mydb 127.0.0.1(<port>)
              └── client backend (PID <pid>) postgres mydb 127.0.0.1(<port>) waiting for ShareLock on transaction <xid>
              """);
      ada.commit();
      assertEquals("", raise.join());
      story.forgetEvents();
    }
    story.settle();
    story.forgetLog();
  }

  private void oneIsCancelledAndOneEnded() throws Exception {
    try (Connection boss = story.connect("boss");
        Connection ada = story.connect("ada");
        Connection grace = story.connect("grace")) {
      int pidOfAda = ReferenceServer.backendPid(ada);
      int pidOfGrace = ReferenceServer.backendPid(grace);
      var sleep = story.inBackground(ada, "SELECT pg_sleep(60)");
      var sleep2 = story.inBackground(grace, "SELECT pg_sleep(60)");
      story.settle();
      story.forgetLog();
      story.forgetEvents();

      story.execute(boss, "SELECT pg_cancel_backend(" + pidOfAda + ")");
      assertEquals("57014", sleep.join());
      story.execute(boss, "SELECT pg_terminate_backend(" + pidOfGrace + ")");
      assertEquals("57P01", sleep2.join());

      story.logSays(
          """
          client backend: canceling statement due to user request [57014]
          client backend: terminating connection due to administrator command [57P01]
          client backend: disconnection: session time: <duration> user=postgres database=mydb host=<n>.0.1 port=<n>
          """);
      story.eventsTell(
          """
          client backend: failed 57014
          client backend: closed 57P01
          client backend: exited 1
          """);
    }
    story.settle();
    story.forgetLog();
    story.forgetEvents();
  }

  private void aCheckpointIsMade() throws Exception {
    story.sql("CHECKPOINT");
    story.settle();

    story.logHas("checkpointer: checkpoint starting: immediate force wait");
    story.logHas("checkpointer: checkpoint complete: wrote <n> buffers");
    story.eventsHave("checkpointer: checkpoint started", "checkpointer: checkpoint completed");
    story.forgetLog();
    story.forgetEvents();
  }

  private void theConfigurationChanges() throws Exception {
    story.configure("work_mem = 5MB\nmax_connections = 77\n");
    story.signal("HUP");
    story.settle();

    story.logSays(
        """
        postmaster: received SIGHUP, reloading configuration files
        postmaster: parameter "work_mem" changed to "5MB"
        postmaster: parameter "max_connections" cannot be changed without restarting the server [55P02]
        postmaster: configuration file "<data>/postgresql.conf" contains errors; unaffected changes were applied [F0000]
        """);
    story.eventsTell("postmaster: config_reloaded work_mem 4MB -> 5MB\n");
    assertEquals(List.of("5MB"), story.query("SHOW work_mem"));
    story.settle();
    story.forgetLog();
    story.forgetEvents();
  }

  private void aBackendCrashes() throws Exception {
    Set<Integer> before = story.pids();
    try (Connection victim = story.connect("victim");
        Connection idle = story.connect("idle");
        RawClient busy = story.rawClient()) {
      story.execute(idle, "INSERT INTO employees VALUES (4, 'Barbara', 'research', 70000)");
      busy.run("BEGIN");
      busy.run("INSERT INTO employees VALUES (5, 'Niklaus', 'research', 1)");
      busy.query("SELECT pg_sleep(60)");
      story.settle();
      story.forgetLog();
      story.forgetEvents();

      Set<String> refusals = story.newcomersDuring(() -> story.crash(victim));

      assertEquals(
          List.of(
              "notice 57P02 | terminating connection because of crash of another server process"
                  + " | The postmaster has commanded this server process to roll back the current"
                  + " transaction and exit, because another server process exited abnormally and"
                  + " possibly corrupted shared memory.",
              "closed"),
          busy.untilReady());
      SQLException lost = assertThrows(SQLException.class, () -> story.execute(idle, "SELECT 1"));
      assertTrue(Set.of("57P02", "08006").contains(lost.getSQLState()), lost.getSQLState());
      // The second while the WAL is repeated, which is too short to be always met.
      assertTrue(refusals.contains("57P03 | the database system is in recovery mode"));
      assertTrue(
          Set.of(
                  "57P03 | the database system is in recovery mode",
                  "57P03 | the database system is not yet accepting connections"
                      + " | Consistent recovery state has not been yet reached.")
              .containsAll(refusals),
          refusals.toString());
    }
    theClusterCameBack("client backend", "server process");
    assertEquals(
        List.of("1 46000.00", "2 19999.99", "3 61000.00", "4 70000.00"),
        story.query(
            "SELECT id || ' ' || CASE id WHEN 1 THEN 46000.00 ELSE salary END FROM employees ORDER"
                + " BY id"));
    Set<Integer> after = story.pids();
    after.retainAll(before);
    assertEquals(Set.of(story.postmasterPid()), after, "all but the postmaster are new");
    story.settle();
    story.forgetLog();
    story.forgetEvents();
  }

  private void aWorkerCrashes() throws Exception {
    try (Connection session = story.connect("witness")) {
      story.execute(session, "UPDATE employees SET department = 'languages' WHERE id = 4");
      int pid =
          Integer.parseInt(
              ReferenceServer.query(
                      session, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
                  .getFirst());
      story.settle();
      story.forgetLog();
      story.forgetEvents();
      story.newcomersDuring(() -> story.crash(session, pid));
    }
    theClusterCameBack("walwriter", "WAL writer process");
    story.forgetLog();
    story.forgetEvents();
  }

  private void theClusterCameBack(String type, String name) throws Exception {
    story.logSaysAmongOthers(
        """
        postmaster: %s (PID <n>) was terminated by signal 9: Killed
        postmaster: terminating any other active server processes
        postmaster: all server processes terminated; reinitializing
        startup: database system was interrupted; last known up at <time>
        startup: database system was not properly shut down; automatic recovery in progress
        startup: redo starts at <lsn>
        startup: redo done at <lsn> system usage: CPU: user: <n> s, system: <n> s, elapsed: <n> s
        checkpointer: checkpoint starting: end-of-recovery immediate wait
        postmaster: database system is ready to accept connections
        """
            .formatted(name));
    story.eventsTellAmongOthers(
        """
        %s: injected crash_backend
        %s: crashed
        postmaster: state_changed PM_RUN -> PM_WAIT_BACKENDS
        checkpointer: terminated SIGQUIT
        checkpointer: exited 2
        postmaster: state_changed PM_WAIT_BACKENDS -> PM_WAIT_DEAD_END
        postmaster: state_changed PM_WAIT_DEAD_END -> PM_NO_CHILDREN
        postmaster: shared_memory_initialized
        postmaster: state_changed PM_NO_CHILDREN -> PM_STARTUP
        checkpointer: forked
        checkpointer: restarted
        background writer: forked
        background writer: restarted
        startup: forked
        startup: recovery started
        startup: recovery completed
        startup: exited 0
        postmaster: state_changed PM_STARTUP -> PM_RUN
        walwriter: forked
        walwriter: restarted
        """
            .formatted(type, type));
    story.treeIs(WORKERS);
  }

  private void theServerStopsAndComesBack() throws Exception {
    try (Connection session = story.connect("late")) {
      var sleep = story.inBackground(session, "SELECT pg_sleep(60)");
      story.settle();
      story.forgetLog();
      story.forgetEvents();
      assertEquals(0, story.stop("INT"));
      assertEquals("57P01", sleep.join());
    }
    story.logSaysAmongOthers(
        """
        postmaster: received fast shutdown request
        postmaster: aborting any active transactions
        checkpointer: shutting down
        checkpointer: checkpoint starting: shutdown immediate
        postmaster: database system is shut down
        """);
    story.eventsTellAmongOthers(
        """
        postmaster: shutdown_requested FAST
        postmaster: state_changed PM_RUN -> PM_STOP_BACKENDS
        postmaster: state_changed PM_STOP_BACKENDS -> PM_WAIT_BACKENDS
        client backend: terminated SIGTERM
        client backend: exited 1
        postmaster: state_changed PM_WAIT_BACKENDS -> PM_SHUTDOWN
        checkpointer: checkpoint started
        checkpointer: checkpoint completed
        checkpointer: exited 0
        postmaster: state_changed PM_SHUTDOWN -> PM_SHUTDOWN_2
        postmaster: state_changed PM_SHUTDOWN_2 -> PM_WAIT_DEAD_END
        postmaster: state_changed PM_WAIT_DEAD_END -> PM_NO_CHILDREN
        postmaster: stopped
        """);
    assertEquals("lifeline: no server running\n", story.status());
    story.restart();
    story.logHas("startup: database system was shut down at <time>");
    assertEquals(List.of("4"), story.query("SELECT count(*) FROM employees"));
    story.treeIs(WORKERS);
  }

  private void theServerStopsWhenTheLastHasGone() throws Exception {
    Connection last = story.connect("last");
    story.settle();
    story.forgetLog();
    story.signal("TERM");
    story.settle();
    assertEquals("57P03", story.refusal("postgres", "", "mydb"));
    assertEquals(List.of("still here"), ReferenceServer.query(last, "SELECT 'still here'"));
    last.close();
    assertEquals(0, story.awaitExit());
    story.logSaysAmongOthers(
        """
        postmaster: received smart shutdown request
        client backend: the database system is shutting down [57P03]
        client backend: disconnection: session time: <duration> user=postgres database=mydb host=<n>.0.1 port=<n>
        checkpointer: shutting down
        postmaster: database system is shut down
        """);
  }
}
