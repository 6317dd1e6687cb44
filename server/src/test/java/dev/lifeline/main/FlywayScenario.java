package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/// Flyway over an empty database: migrations, of which some run outside a transaction and one
/// fails, by two migrators at once, and the end of everything that they have made.
final class FlywayScenario {
  private final String url;
  private final Path scripts;

  FlywayScenario(String url, Path scripts) {
    this.url = url;
    this.scripts = scripts;
  }

  void run() throws Exception {
    Files.createDirectories(scripts);
    migrate();
    again();
    aFailureLeavesNothing();
    twoAtOnce();
    clean();
    baseline();
  }

  private void script(String name, String text) throws Exception {
    Files.writeString(scripts.resolve(name), text);
  }

  private FluentConfiguration flyway() {
    return Flyway.configure().dataSource(url, "postgres", null).locations("filesystem:" + scripts);
  }

  private List<String> rows(String sql) throws Exception {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }

  private void migrate() throws Exception {
    script(
        "V1__tables.sql",
        """
        CREATE TABLE customer (id serial PRIMARY KEY, name text NOT NULL, "Since" date DEFAULT '2020-01-01');
        CREATE TABLE invoice (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          customer int NOT NULL REFERENCES customer ON DELETE CASCADE, total numeric(10,2) CHECK (total > 0));
        COPY customer (name) FROM stdin;
        Ada
        Grace
        \\.
        INSERT INTO invoice (customer, total) SELECT id, 10 * id FROM customer;
        """);
    script(
        "V2__objects.sql",
        """
        CREATE VIEW owing AS SELECT c.name, sum(i.total) AS total FROM customer c
          JOIN invoice i ON i.customer = c.id GROUP BY c.name;
        ALTER TABLE customer ADD COLUMN mail text UNIQUE;
        COMMENT ON TABLE customer IS 'who pays; and who does not';
        """);
    script("V2.1__outside.sql", "CREATE INDEX invoice_total ON invoice (total);\nVACUUM invoice;");
    script("V2.1__outside.sql.conf", "executeInTransaction=false");
    script(
        "R__names.sql",
        "CREATE OR REPLACE VIEW names AS SELECT upper(name) AS name FROM customer;");

    assertEquals(4, flyway().load().migrate().migrationsExecuted);
    assertEquals(List.of("10.00", "20.00"), rows("SELECT total FROM owing ORDER BY name"));
    assertEquals(List.of("ADA", "GRACE"), rows("SELECT name FROM names ORDER BY 1"));
    assertEquals(
        List.of("t"),
        rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'invoice_total'::regclass"));
  }

  private void again() throws Exception {
    Flyway flyway = flyway().load();
    assertEquals(0, flyway.migrate().migrationsExecuted);
    assertTrue(flyway.validateWithResult().validationSuccessful);
    assertEquals(
        List.of("1 Success", "2 Success", "2.1 Success", "null Success"),
        Arrays.stream(flyway.info().all())
            .map(info -> info.getVersion() + " " + info.getState().getDisplayName())
            .toList());
    script(
        "R__names.sql",
        "CREATE OR REPLACE VIEW names AS SELECT lower(name) AS name FROM customer;");
    assertEquals(1, flyway().load().migrate().migrationsExecuted);
    assertEquals(List.of("ada", "grace"), rows("SELECT name FROM names ORDER BY 1"));
    script("V1__tables.sql", "SELECT 'another';");
    FlywayException changed = assertThrows(FlywayException.class, () -> flyway().load().validate());
    assertTrue(
        String.valueOf(changed.getMessage()).contains("checksum mismatch"), changed.getMessage());
    flyway().load().repair();
    flyway().load().validate();
  }

  private void aFailureLeavesNothing() throws Exception {
    script("V3__fails.sql", "CREATE TABLE half (id int);\nINSERT INTO half VALUES ('x');");
    FlywayException failed = assertThrows(FlywayException.class, () -> flyway().load().migrate());
    String said = String.valueOf(failed.getMessage());
    assertTrue(said.contains("invalid input syntax for type integer: \"x\""), said);
    assertTrue(said.contains("22P02"), said);
    assertEquals(List.of(), rows("SELECT 1 FROM pg_class WHERE relname = 'half'"));
    assertEquals("2.1", String.valueOf(current().getVersion()));
  }

  private MigrationInfo current() {
    return flyway().load().info().current();
  }

  /// They stand in line for the lock of the history; each migration runs once.
  private void twoAtOnce() throws Exception {
    script("V3__fails.sql", "CREATE TABLE whole (id int);\nSELECT pg_sleep(0.2);");
    script("V4__more.sql", "INSERT INTO whole VALUES (1);");
    var one = CompletableFuture.supplyAsync(() -> flyway().load().migrate().migrationsExecuted);
    var other = CompletableFuture.supplyAsync(() -> flyway().load().migrate().migrationsExecuted);
    assertEquals(2, one.get() + other.get());
    assertEquals(List.of("1"), rows("SELECT id FROM whole"));
    assertEquals(
        List.of("1", "2", "2.1", "3", "4"),
        rows(
            "SELECT version FROM flyway_schema_history WHERE success AND version IS NOT NULL ORDER"
                + " BY installed_rank"));
  }

  private void clean() throws Exception {
    assertFalse(
        rows("SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace").isEmpty());
    flyway().cleanDisabled(false).load().clean();
    assertEquals(
        List.of(),
        rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"));
  }

  /// A schema that was there before Flyway, under another name than public.
  private void baseline() throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA old; CREATE TABLE old.customer (id int)");
    }
    Flyway flyway = flyway().schemas("old").baselineVersion("3").baselineOnMigrate(true).load();
    FlywayException lacks = assertThrows(FlywayException.class, flyway::migrate);
    assertTrue(
        String.valueOf(lacks.getMessage()).contains("relation \"whole\" does not exist"),
        lacks.getMessage());
    script("V4__more.sql", "ALTER TABLE customer ADD COLUMN name text;");
    assertEquals(
        2, flyway().schemas("old").baselineVersion("3").load().migrate().migrationsExecuted);
    assertEquals(
        List.of("<< Flyway Baseline >>", "more", "names"),
        rows("SELECT description FROM old.flyway_schema_history ORDER BY installed_rank"));
    assertEquals(List.of(), rows("SELECT name FROM old.names"));
  }
}
