package dev.lifeline.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.observe.ServerFacts.LogAccess;
import dev.lifeline.observe.log.LogFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoctorTest {
  /// What a server has that lacks nothing.
  private static final Map<String, String> WHOLE =
      Map.ofEntries(
          Map.entry("log_destination", "stderr,jsonlog"),
          Map.entry("logging_collector", "on"),
          Map.entry("log_connections", "on"),
          Map.entry("log_disconnections", "on"),
          Map.entry("log_checkpoints", "on"),
          Map.entry("log_lock_waits", "on"),
          Map.entry("log_temp_files", "0"),
          Map.entry("log_autovacuum_min_duration", "600000"),
          Map.entry("log_min_duration_statement", "500"),
          Map.entry("log_replication_commands", "on"),
          Map.entry("log_recovery_conflict_waits", "on"),
          Map.entry("log_startup_progress_interval", "10000"),
          Map.entry("lc_messages", "en_US.UTF-8"),
          Map.entry("track_activities", "on"),
          Map.entry("track_counts", "on"),
          Map.entry("log_statement", "none"));

  private static ServerFacts facts(int versionNum, LogAccess access) {
    return new ServerFacts(
        1,
        versionNum,
        "x",
        false,
        Instant.EPOCH,
        ZoneOffset.UTC,
        LogFormat.JSONLOG,
        access,
        "a.json",
        true,
        true);
  }

  private static List<String> lacks(int version, String name, String value) {
    Map<String, String> settings = new HashMap<>(WHOLE);
    settings.put(name, value);
    return Doctor.examine(facts(version * 10_000, LogAccess.DIRECT), "w", true, settings).stream()
        .map(finding -> finding.what() + " -> " + String.join(" ", finding.sql()))
        .toList();
  }

  @Test
  void whatLacksNothingIsWell() {
    for (int version = 13; version <= 18; version++) {
      assertEquals(List.of(), lacks(version, "log_lock_waits", "on"));
    }
  }

  @Test
  void eachVersionIsAskedForWhatItHas() {
    String reload = "SELECT pg_reload_conf();";
    assertEquals(
        List.of("log_connections is off -> ALTER SYSTEM SET log_connections = 'on'; " + reload),
        lacks(17, "log_connections", "off"));
    assertEquals(
        List.of(
            "log_connections is receipt -> ALTER SYSTEM SET log_connections = 'all'; " + reload),
        lacks(18, "log_connections", "receipt"));
    assertEquals(
        List.of(
            "log_destination is stderr -> ALTER SYSTEM SET log_destination = 'stderr,csvlog'; "
                + reload),
        lacks(14, "log_destination", "stderr"));
    assertEquals(
        List.of(
            "log_destination is stderr -> ALTER SYSTEM SET log_destination = 'stderr,jsonlog'; "
                + reload),
        lacks(15, "log_destination", "stderr"));
    assertEquals(List.of(), lacks(13, "log_recovery_conflict_waits", "off"));
    assertEquals(1, lacks(14, "log_recovery_conflict_waits", "off").size());
    assertEquals(1, lacks(16, "log_temp_files", "-1").size());
    assertEquals(1, lacks(16, "lc_messages", "de_DE.UTF-8").size());
    assertEquals(
        List.of("log_statement is all -> ALTER ROLE w SET log_statement = 'none';"),
        lacks(16, "log_statement", "all"));
    assertEquals(
        List.of("PostgreSQL x is not one of 13 to 18 -> "), lacks(12, "log_lock_waits", "on"));
  }
}
