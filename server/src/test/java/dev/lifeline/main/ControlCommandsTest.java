package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// start, stop, restart, reload, status and promote do and say what `pg_ctl` does and says, and the
/// real `pg_ctl` and `pg_isready` see the same server.
class ControlCommandsTest {
  private static final Pattern PID = Pattern.compile("PID: (\\d+)");

  @TempDir private static Path dir;
  private static Path data;
  private static int port;

  @BeforeAll
  static void initdb() throws Exception {
    data = dir.resolve("data");
    port = LifelineProcess.freePort();
    Tools.Result result = Tools.run("", LifelineProcess.command("initdb", "-D", data.toString()));
    assertEquals(0, result.exitCode(), result.both());
  }

  @AfterAll
  static void stop() throws Exception {
    lifeline("stop", "-m", "immediate");
  }

  private static Tools.Result lifeline(String command, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of(command, "-D", data.toString()));
    words.addAll(List.of(more));
    return Tools.run("", LifelineProcess.command(words.toArray(String[]::new)));
  }

  /// The real one. It refuses to run as root, so then it is another user that may do what root may.
  private static Tools.Result pgCtl(String command, String... more) throws Exception {
    List<String> words = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      words.addAll(
          List.of(
              "setpriv",
              "--reuid=postgres",
              "--regid=postgres",
              "--clear-groups",
              "--inh-caps=+dac_override,+kill",
              "--ambient-caps=+dac_override,+kill",
              "--"));
    }
    words.addAll(List.of(Tools.find("pg_ctl").toString(), command, "-D", data.toString()));
    words.addAll(List.of(more));
    return Tools.run("", words);
  }

  private static Tools.Result start() throws Exception {
    return lifeline(
        "start",
        "-l",
        dir.resolve("server.log").toString(),
        "-o",
        "-p %d -k '%s' -c lifeline.dashboard_port=0".formatted(port, dir));
  }

  private static int pgIsReady() throws Exception {
    return Tools.run(
            "",
            List.of(
                Tools.find("pg_isready").toString(),
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port)))
        .exitCode();
  }

  private static void saysTheSameAsPgCtl(String command, String... more) throws Exception {
    Tools.Result ours = lifeline(command, more);
    Tools.Result theirs = pgCtl(command, more);
    assertEquals(theirs.both(), ours.both().replace("lifeline: ", "pg_ctl: "), command);
    assertEquals(theirs.exitCode(), ours.exitCode(), command);
  }

  private static String pid(Tools.Result status) {
    Matcher matcher = PID.matcher(status.out());
    assertTrue(matcher.find(), status.both());
    return matcher.group(1);
  }

  @Test
  void aServersLife() throws Exception {
    for (String command : List.of("status", "stop", "reload", "promote")) {
      saysTheSameAsPgCtl(command);
    }

    Tools.Result started = start();
    assertEquals(0, started.exitCode(), started.both());
    assertTrue(
        started.out().matches("waiting for server to start\\.\\.\\.\\.* done\nserver started\n"),
        started.out());
    saysTheSameAsPgCtl("status");
    saysTheSameAsPgCtl("reload");
    Tools.Result promote = lifeline("promote");
    assertEquals(
        "lifeline: cannot promote server; server is not in standby mode\n", promote.both());
    assertEquals(1, promote.exitCode());
    assertEquals(0, pgIsReady());

    Tools.Result tree = lifeline("status", "--tree");
    String pid = pid(tree);
    List<String> drawn = tree.out().lines().skip(2).toList();
    assertEquals("postmaster (PID " + pid + ")", drawn.getFirst());
    assertTrue(drawn.get(1).matches("├── checkpointer \\(PID \\d+\\)"), tree.out());
    assertTrue(drawn.getLast().startsWith("└── "), tree.out());

    Tools.Result again = start();
    assertEquals(1, again.exitCode());
    assertTrue(
        again
            .err()
            .startsWith(
                "lifeline: another server might be running; trying to start server anyway\n"),
        again.err());
    assertTrue(again.err().endsWith("could not start server\nExamine the log output.\n"));
    assertEquals(pid, pid(lifeline("status")), "the first one does not mind");

    Tools.Result restarted =
        lifeline("restart", "-m", "f", "-l", dir.resolve("server.log").toString());
    assertEquals(0, restarted.exitCode(), restarted.both());
    assertNotEquals(pid, pid(lifeline("status")));
    assertEquals(0, pgIsReady(), "with the options of the last start");

    try (Connection session =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&sslmode=disable")) {
      saysTheSameAsPgCtl("stop", "-m", "smart", "-t", "1");
      assertEquals(1, pgIsReady(), "it rejects");
      assertTrue(session.isValid(5), "it waits for this one");
      assertEquals(0, pgCtl("stop", "-m", "fast", "-s").exitCode());
    }
    assertEquals(2, pgIsReady());
    saysTheSameAsPgCtl("status");
    immediately();
    String log = Files.readString(dir.resolve("server.log"));
    assertFalse(log.contains("Lifeline is ready"), log);
  }

  /// SIGQUIT is heard from a moment after the start on; until then the JVM only prints its stacks.
  private static void immediately() throws Exception {
    assertEquals(0, start().exitCode());
    Path log = dir.resolve("server.log");
    String reload = "received SIGHUP, reloading configuration files";
    long reloads = Files.readString(log).lines().filter(line -> line.contains(reload)).count();
    Files.writeString(data.resolve("postgresql.conf"), "\njit = off\n", StandardOpenOption.APPEND);
    assertEquals(0, pgCtl("reload").exitCode());
    assertEquals(0, pgCtl("logrotate").exitCode());
    for (int i = 0; i < 100 && Files.exists(data.resolve("logrotate")); i++) {
      Thread.sleep(50);
    }
    assertFalse(Files.exists(data.resolve("logrotate")), "it is heard");
    assertEquals(0, pgIsReady());
    int attempts = 1;
    while (pgCtl("stop", "-m", "immediate", "-t", "10").exitCode() != 0) {
      assertTrue(++attempts < 5, Files.readString(log));
    }
    assertEquals(2, pgIsReady());
    saysTheSameAsPgCtl("status");
    List<String> lines = Files.readString(log).lines().toList();
    assertEquals(reloads + 1, lines.stream().filter(line -> line.contains(reload)).count());
    for (String told :
        List.of(
            "received immediate shutdown request",
            "parameter \"jit\" changed to \"off\"",
            "parameter \"jit\" is accepted for compatibility, but has no effect")) {
      assertTrue(lines.stream().anyMatch(line -> line.endsWith(told)), told);
    }
    assertTrue(lines.getLast().contains("database system is shut down"), lines.getLast());
  }

  @Test
  void withoutADataDirectory() throws Exception {
    Path nothing = dir.resolve("nothing");
    for (String command : List.of("status", "stop", "start", "restart", "reload")) {
      Tools.Result result =
          Tools.run("", LifelineProcess.command(command, "-D", nothing.toString()));
      assertEquals(command.equals("status") ? 4 : 1, result.exitCode(), command);
      assertEquals("lifeline: directory \"" + nothing + "\" does not exist\n", result.err());
    }
  }
}
