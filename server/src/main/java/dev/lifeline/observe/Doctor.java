package dev.lifeline.observe;

import dev.lifeline.observe.ServerFacts.LogAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Says what a server lacks to be observed whole, what each lack costs, and the SQL that mends it.
/// It changes nothing.
public final class Doctor {
  /// Something that is missing.
  ///
  /// @param what what is not as it should be
  /// @param cost what cannot be seen because of it
  /// @param sql what a superuser runs to mend it
  public record Finding(String what, String cost, List<String> sql) {
    public Finding {
      sql = List.copyOf(sql);
    }
  }

  /// A parameter that the log depends on.
  private record Wish(String name, String value, int since, String cost) {}

  /// The question that [#examine] wants the answer to.
  public static final String SETTINGS = "SELECT name, setting FROM pg_settings";

  private static final int OLDEST = 13;
  private static final int NEWEST = 18;
  private static final int JSONLOG = 15;
  private static final int ALL_CONNECTION_ASPECTS = 18;

  private static final List<Wish> WISHES =
      List.of(
          new Wish("log_connections", "on", 0, "clients that connect are seen late or not at all"),
          new Wish("log_disconnections", "on", 0, "ends of sessions are seen without their reason"),
          new Wish("log_checkpoints", "on", 0, "checkpoints are not seen"),
          new Wish(
              "log_lock_waits", "on", 0, "lock waits are seen by polling only, without durations"),
          new Wish("log_temp_files", "0", 0, "sorts and hashes that spill to disk are not seen"),
          new Wish("log_autovacuum_min_duration", "0", 0, "autovacuum's work is not seen"),
          new Wish(
              "log_min_duration_statement",
              "1000",
              0,
              "slow statements and their traces are missing"),
          new Wish(
              "log_replication_commands", "on", 0, "walsenders and slots are seen by polling only"),
          new Wish(
              "log_recovery_conflict_waits",
              "on",
              14,
              "a standby's recovery conflicts are not seen"),
          new Wish("log_startup_progress_interval", "10000", 15, "long redo shows no progress"),
          new Wish("lc_messages", "C", 0, "translated messages are kept but not understood"),
          new Wish("track_activities", "on", 0, "pg_stat_activity shows no states"),
          new Wish("track_counts", "on", 0, "the charts stay empty"));

  private static final String FUNCTION =
      """
      CREATE SCHEMA IF NOT EXISTS lifeline;
      CREATE OR REPLACE FUNCTION lifeline.read_log(file text, at bigint, length bigint)
        RETURNS bytea LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        IF file ~ '[/\\\\]' OR file LIKE '.%' THEN
          RAISE insufficient_privilege USING MESSAGE = 'only files of the log directory can be read';
        END IF;
        RETURN pg_read_binary_file(
          current_setting('log_directory') || '/' || file, at, least(length, 1048576), true);
      END $$;
      REVOKE ALL ON FUNCTION lifeline.read_log(text, bigint, bigint) FROM PUBLIC;\
      """;

  private Doctor() {}

  /// What is missing.
  ///
  /// @param role the observer's role, quoted
  /// @param monitors whether it has `pg_monitor`
  /// @param settings the server's, by name
  public static List<Finding> examine(
      ServerFacts facts, String role, boolean monitors, Map<String, String> settings) {
    List<Finding> findings = new ArrayList<>();
    if (facts.major() < OLDEST || facts.major() > NEWEST) {
      findings.add(
          new Finding(
              "PostgreSQL " + facts.version() + " is not one of " + OLDEST + " to " + NEWEST,
              "messages may have wordings that are not understood",
              List.of()));
    }
    if (!monitors) {
      findings.add(
          new Finding(
              role + " is not a member of pg_monitor",
              "the log is not found, and other users' sessions are not seen",
              List.of("GRANT pg_monitor TO " + role + ";")));
    }
    if (facts.access() == LogAccess.NONE) {
      findings.add(
          new Finding(
              role + " may not read the server's log",
              "only what the statistics views show is seen: no errors, no causes, no ends",
              List.of(
                  FUNCTION,
                  "GRANT USAGE ON SCHEMA lifeline TO " + role + ";",
                  "GRANT EXECUTE ON FUNCTION lifeline.read_log(text, bigint, bigint) TO "
                      + role
                      + ";")));
    }
    destination(facts, settings, findings);
    for (Wish wish : WISHES) {
      wish(facts, wish, settings, findings);
    }
    if (settings.getOrDefault("log_statement", "none").equals("all")) {
      findings.add(
          new Finding(
              "log_statement is all",
              "the observer's own questions are logged and read again",
              List.of("ALTER ROLE " + role + " SET log_statement = 'none';")));
    }
    return findings;
  }

  private static void destination(
      ServerFacts facts, Map<String, String> settings, List<Finding> findings) {
    String format = facts.major() < JSONLOG ? "csvlog" : "jsonlog";
    String destination = settings.getOrDefault("log_destination", "");
    if (!destination.contains("csvlog") && !destination.contains("jsonlog")) {
      String wanted = destination.isEmpty() ? format : destination + "," + format;
      findings.add(
          new Finding(
              "log_destination is " + (destination.isEmpty() ? "not known" : destination),
              "the log cannot be read by a program",
              List.of("ALTER SYSTEM SET log_destination = '" + wanted + "';", RELOAD)));
    }
    if (settings.getOrDefault("logging_collector", "off").equals("off")) {
      findings.add(
          new Finding(
              "logging_collector is off",
              "there are no log files",
              List.of("ALTER SYSTEM SET logging_collector = on; -- needs a restart")));
    }
  }

  private static final String RELOAD = "SELECT pg_reload_conf();";

  private static void wish(
      ServerFacts facts, Wish wish, Map<String, String> settings, List<Finding> findings) {
    String value = settings.get(wish.name());
    if (value == null || facts.major() < wish.since() || isGood(wish, value)) {
      return;
    }
    boolean aspects =
        wish.name().equals("log_connections") && facts.major() >= ALL_CONNECTION_ASPECTS;
    findings.add(
        new Finding(
            wish.name() + " is " + value,
            wish.cost(),
            List.of(
                "ALTER SYSTEM SET "
                    + wish.name()
                    + " = '"
                    + (aspects ? "all" : wish.value())
                    + "';",
                RELOAD)));
  }

  private static boolean isGood(Wish wish, String value) {
    return switch (wish.name()) {
      // Some limit is a choice of those who run the server; none at all is a lack.
      case "log_temp_files", "log_autovacuum_min_duration", "log_min_duration_statement" ->
          !value.equals("-1");
      case "log_startup_progress_interval" -> !value.equals("0");
      case "lc_messages" -> value.equals("C") || value.startsWith("en") || value.equals("POSIX");
      case "log_connections" ->
          value.equals("on") || value.contains("all") || value.contains("authorization");
      default -> value.equals(wish.value());
    };
  }
}
