package dev.lifeline.utils.guc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.error.PgException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GucTest {
  /// Answers of PostgreSQL 15.18 to SET and SHOW.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          statement_timeout   | 1.5s        | 1500ms
          statement_timeout   | 1500us      | 2ms
          statement_timeout   | 120000      | 2min
          statement_timeout   | 0           | 0
          work_mem            | 4096        | 4MB
          work_mem            | 4 GB        | 4GB
          work_mem            | 64kB        | 64kB
          shared_buffers      | 128MB       | 128MB
          shared_buffers      | 16384       | 128MB
          synchronous_commit  | yes         | on
          synchronous_commit  | LOCAL       | local
          enable_seqscan      | tr          | on
          enable_seqscan      | 0           | off
          seq_page_cost       | 1.25        | 1.25
          extra_float_digits  | -15         | -15
          DateStyle           | german      | German, DMY
          DateStyle           | ymd         | ISO, YMD
          TimeZone            | europe/rome | Europe/Rome
          """)
  void valuesAreReadAndShownAsByPostgres(String name, String text, String shown) {
    Guc<?> guc = Gucs.get(name);

    assertEquals(shown, guc.show(Gucs.parse(guc, text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          work_mem          | 1kB           | 1 kB is outside the valid range for parameter "work_mem" (64 .. 2147483647)
          work_mem          | x             | invalid value for parameter "work_mem": "x"
          work_mem          | 10 xB         | invalid value for parameter "work_mem": "10 xB"
          work_mem          | 99999999999GB | invalid value for parameter "work_mem": "99999999999GB"
          seq_page_cost     | -1            | -1 is outside the valid range for parameter "seq_page_cost" (0 .. 1.79769e+308)
          enable_seqscan    | maybe         | parameter "enable_seqscan" requires a Boolean value
          synchronous_commit| x             | invalid value for parameter "synchronous_commit": "x"
          TimeZone          | xx            | invalid value for parameter "TimeZone": "xx"
          statement_timeout | 3d 1h         | invalid value for parameter "statement_timeout": "3d 1h"
          """)
  void badValuesGetPostgresErrors(String name, String text, String message) {
    Guc<?> guc = Gucs.get(name);

    PgException error = assertThrows(PgException.class, () -> Gucs.parse(guc, text));

    assertEquals(message, error.message());
    assertEquals("22023", error.sqlState().code());
  }

  @Test
  void filesAreReadWithIncludesAndQuotes(@TempDir Path dir) throws Exception {
    Files.createDirectory(dir.resolve("conf.d"));
    Files.writeString(dir.resolve("conf.d/b.conf"), "port = 6000\n");
    Files.writeString(dir.resolve("conf.d/a.conf"), "port = 5999\nwork_mem '8MB' # comment\n");
    Path main = dir.resolve("postgresql.conf");
    Files.writeString(
        main,
        """
        # a comment
        include_if_exists 'missing.conf'
        include_dir = 'conf.d'
        cluster_name = 'it''s \\'quoted\\''
        lifeline.dashboard_port=0
        """);

    ServerConfig.Loaded loaded = ServerConfig.load(List.of(ConfigFile.read(main)), List.of());

    assertEquals(List.of(), loaded.errors());
    assertEquals(6000L, loaded.config().get(Gucs.PORT));
    assertEquals(8192L, loaded.config().get(Gucs.WORK_MEM));
    assertEquals("it's 'quoted'", loaded.config().get(Gucs.CLUSTER_NAME));
    assertEquals(0L, loaded.config().get(Gucs.LIFELINE_DASHBOARD_PORT));
  }

  @Test
  void everyBrokenLineIsNamed(@TempDir Path dir) throws Exception {
    Path main = dir.resolve("postgresql.conf");
    Files.writeString(
        main,
        "port = 5432 5433\nwork_mem =\n= 3\nfoo = 1\nport = abc\nfsync 'on\nserver_version=3\n");

    List<String> errors = ServerConfig.load(List.of(ConfigFile.read(main)), List.of()).errors();

    String file = "\"" + main + "\"";
    assertEquals(
        Set.of(
            "syntax error in file " + file + " line 1, near token \"5433\"",
            "syntax error in file " + file + " line 2, near end of line",
            "syntax error in file " + file + " line 3, near token \"=\"",
            "syntax error in file " + file + " line 6, near token \"'\"",
            "unrecognized configuration parameter \"foo\" in file " + file + " line 4",
            "invalid value for parameter \"port\": \"abc\" in file " + file + " line 5",
            "parameter \"server_version\" cannot be changed in file " + file + " line 7"),
        Set.copyOf(errors));
  }

  @Test
  void reloadTellsWhatChangedAndWhatNeedsRestart(@TempDir Path dir) throws Exception {
    Path main = dir.resolve("postgresql.conf");
    Files.writeString(main, "port = 6000\nwork_mem = 8MB\nlog_connections = on\n");
    ServerConfig before = ServerConfig.load(List.of(ConfigFile.read(main)), List.of()).config();
    Files.writeString(main, "port = 6001\nwork_mem = 16MB\n");

    ServerConfig.Loaded after =
        before.reload(List.of(ConfigFile.read(main)), List.of(), main.toString());

    assertEquals(6000L, after.config().get(Gucs.PORT));
    assertEquals(16384L, after.config().get(Gucs.WORK_MEM));
    assertEquals(List.of("port"), after.config().pendingRestart());
    assertEquals(
        List.of("parameter \"port\" cannot be changed without restarting the server"),
        after.errors());
    assertEquals(
        Set.of(
            new ServerConfig.Change("work_mem", "8MB", "16MB", false),
            new ServerConfig.Change("log_connections", "on", "off", true)),
        Set.copyOf(after.changes()));
  }

  @Test
  void alterSystemReplacesAndRemoves(@TempDir Path dir) throws Exception {
    Path auto = dir.resolve(AutoConf.FILE_NAME);
    Files.writeString(auto, AutoConf.empty());
    Files.writeString(auto, AutoConf.with(ConfigFile.read(auto), "work_mem", "8MB"));
    Files.writeString(auto, AutoConf.with(ConfigFile.read(auto), "cluster_name", "a'b\\c\nd"));
    assertEquals(
        "a'b\\c\nd",
        ServerConfig.load(List.of(ConfigFile.read(auto)), List.of())
            .config()
            .get(Gucs.CLUSTER_NAME));

    Files.writeString(auto, AutoConf.with(ConfigFile.read(auto), "work_mem", null));

    ServerConfig config = ServerConfig.load(List.of(ConfigFile.read(auto)), List.of()).config();
    assertEquals(4096L, config.get(Gucs.WORK_MEM));
    assertEquals(Map.of(), config.custom());
  }

  @Test
  void settingsFollowTheirTransaction() {
    GucSession session = new GucSession(ServerConfig::defaults);
    session.beginLevel();
    session.set("work_mem", "8MB");
    session.beginLevel();
    session.set("work_mem", "16MB");
    session.rollbackLevel();
    assertEquals("8MB", session.show("work_mem"));
    session.setLocal("work_mem", "32MB");
    assertEquals("32MB", session.show("work_mem"));
    session.commitLevel();
    assertEquals("8MB", session.show("work_mem"), "the SET outlives the SET LOCAL");

    session.beginLevel();
    session.setLocal("work_mem", "64MB");
    session.commitLevel();
    assertEquals("8MB", session.show("work_mem"));

    session.beginLevel();
    session.reset("work_mem");
    session.rollbackLevel();
    assertEquals("8MB", session.show("work_mem"));
    session.reset("work_mem");
    assertEquals("4MB", session.show("work_mem"));
  }

  @Test
  void savepointsSettingsGoToTheLevelAroundThem() {
    GucSession session = new GucSession(ServerConfig::defaults);
    session.beginLevel();
    session.beginLevel();
    session.set("work_mem", "8MB");
    session.commitLevel();
    session.rollbackLevel();

    assertEquals("4MB", session.show("work_mem"));
  }

  @Test
  void theClientIsToldOfReportedChangesOnly() {
    GucSession session = new GucSession(ServerConfig::defaults);
    session.set("work_mem", "8MB");
    session.set("application_name", "a");
    session.set("DateStyle", "ISO, MDY");

    assertEquals(Set.of(Gucs.APPLICATION_NAME), session.takeChangedReports());
    assertTrue(session.takeChangedReports().isEmpty());
  }

  @Test
  void contextsAreEnforced() {
    GucSession session = new GucSession(ServerConfig::defaults);

    for (var expected :
        Map.of(
                "port", "parameter \"port\" cannot be changed without restarting the server",
                "server_version", "parameter \"server_version\" cannot be changed",
                "archive_command", "parameter \"archive_command\" cannot be changed now",
                "log_connections",
                    "parameter \"log_connections\" cannot be set after connection start",
                "log_min_messages", "permission denied to set parameter \"log_min_messages\"",
                "nonsense", "unrecognized configuration parameter \"nonsense\"")
            .entrySet()) {
      PgException error =
          assertThrows(PgException.class, () -> session.set(expected.getKey(), "1"));
      assertEquals(expected.getValue(), error.message());
    }
    session.set("my.own", "x");
    assertEquals("x", session.show("my.own"));
  }
}
