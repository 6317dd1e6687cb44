package dev.lifeline.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.libpq.ScramVerifier;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Databases, roles, schemas, privileges and settings.
@NullUnmarked
class ClusterCommandsTest {
  private static String error(TestSession session, String sql) {
    PgException e = assertThrows(PgException.class, () -> session.exec(sql));
    return e.sqlState().code() + " " + e.message();
  }

  private static @Nullable Database database(TestSession session, String name) {
    return session.look(c -> Optional.ofNullable(c.database(name))).orElse(null);
  }

  private static @Nullable Role role(TestSession session, String name) {
    return session.look(c -> Optional.ofNullable(c.role(name))).orElse(null);
  }

  @Test
  void aDatabaseIsACopyOfItsTemplateAndSurvivesACrash() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    assertEquals("CREATE DATABASE", session.exec("create database mydb"));
    assertEquals("42P04 database \"mydb\" already exists", error(session, "create database mydb"));
    server = server.crash();
    session = server.connect("mydb", "postgres");
    session.exec("create table t (a int primary key)");
    TestSession elsewhere = server.connect();
    assertNull(elsewhere.relation("t"));
    assertEquals(
        "55006 database \"mydb\" is being accessed by other users",
        error(elsewhere, "drop database mydb"));
    assertEquals(
        "55006 source database \"mydb\" is being accessed by other users",
        error(elsewhere, "create database copy template mydb"));
    session.close();
    elsewhere.exec("create database copy template mydb");
    assertNotNull(server.connect("copy", "postgres").relation("t"));
    elsewhere.exec("drop database mydb");
    assertNull(database(elsewhere, "mydb"));
    assertEquals("3D000 database \"mydb\" does not exist", error(elsewhere, "drop database mydb"));
    assertNull(database(server.crash().connect(), "mydb"));
  }

  @Test
  void someDatabasesStay() {
    TestSession session = TestServer.create().connect();
    assertEquals(
        "55006 cannot drop the currently open database", error(session, "drop database postgres"));
    assertEquals(
        "42809 cannot drop a template database", error(session, "drop database template1"));
    session.exec("drop database if exists nowhere");
    assertEquals(
        List.of("NOTICE:  database \"nowhere\" does not exist, skipping"), session.notices);
    session.beginBlock();
    assertEquals(
        "25001 CREATE DATABASE cannot run inside a transaction block",
        error(session, "create database x"));
    session.rollback();
  }

  @Test
  void rolesHaveTheirAttributesAndPasswords() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create user ann password 'secret' createdb connection limit 3");
    session.exec("create role staff");
    session.exec("grant staff to ann");
    session = server.crash().connect();
    Role ann = Objects.requireNonNull(role(session, "ann"));
    assertTrue(ann.canLogin() && ann.createDb() && !ann.superuser());
    assertEquals(3, ann.connectionLimit());
    assertEquals(List.of(Objects.requireNonNull(role(session, "staff")).oid()), ann.memberOf());
    ScramVerifier verifier =
        Objects.requireNonNull(ScramVerifier.parse(Objects.requireNonNull(ann.password())));
    assertTrue(verifier.matches("secret"));
    assertEquals("42710 role \"ann\" already exists", error(session, "create role ann"));
    assertEquals(
        "0LP01 role \"ann\" is a member of role \"staff\"", error(session, "grant ann to staff"));
    session.exec("alter role ann nocreatedb password null");
    ann = Objects.requireNonNull(role(session, "ann"));
    assertTrue(!ann.createDb() && ann.password() == null);
    session.exec("drop role ann, staff");
    assertNull(role(session, "ann"));
    assertEquals("42704 role \"ann\" does not exist", error(session, "drop role ann"));
    assertEquals("55006 current user cannot be dropped", error(session, "drop role postgres"));
  }

  @Test
  void privilegesAreCheckedAndGranted() {
    TestServer server = TestServer.create();
    TestSession admin = server.connect();
    admin.exec("create table t (a int)");
    admin.exec("create user bob");
    TestSession bob = server.connect("postgres", "bob");
    assertEquals("42501 must be owner of table t", error(bob, "drop table t"));
    assertEquals("42501 permission denied for table t", error(bob, "truncate t"));
    assertEquals("42501 permission denied for schema public", error(bob, "create table u (a int)"));
    assertEquals("42501 permission denied to create database", error(bob, "create database b"));
    assertEquals("42501 permission denied to create role", error(bob, "create role c"));
    admin.exec("grant truncate on t to bob");
    admin.exec("grant create on schema public to bob");
    bob.exec("truncate t");
    bob.exec("create table u (a int)");
    assertEquals(
        "2BP01 role \"bob\" cannot be dropped because some objects depend on it",
        error(admin, "drop role bob"));
    admin.exec("revoke all on t from bob");
    assertEquals("42501 permission denied for table t", error(bob, "truncate t"));
  }

  @Test
  void schemasHoldTables() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create schema s");
    assertEquals("42P06 schema \"s\" already exists", error(session, "create schema s"));
    session.exec("create table s.t (a int primary key)");
    assertNull(session.relation("t"));
    session.exec("set search_path to s, public");
    assertNotNull(session.relation("t"));
    session.exec("reset search_path");
    assertNull(session.relation("t"));
    PgException e = assertThrows(PgException.class, () -> session.exec("drop schema s"));
    assertEquals("cannot drop schema s because other objects depend on it", e.message());
    assertEquals("table s.t depends on schema s", e.detail());
    session.exec("drop schema s cascade");
    assertEquals(List.of("NOTICE:  drop cascades to table s.t"), session.notices);
    assertEquals("3F000 schema \"s\" does not exist", error(session, "drop schema s"));
  }

  @Test
  void settingsAreShown() {
    TestSession session = TestServer.create().connect();
    session.exec("set work_mem = '8MB'");
    session.exec("show work_mem");
    assertEquals(List.of("8MB"), session.rows);
    assertEquals("RESET", session.exec("reset work_mem"));
    session.exec("show work_mem");
    assertEquals(List.of("4MB"), session.rows);
    assertEquals(
        "42704 unrecognized configuration parameter \"nonsense\"", error(session, "show nonsense"));
  }

  @Test
  void vacuumAnalyzeAndCheckpointRun() {
    TestSession session = TestServer.create().connect();
    session.exec("create table t (a int primary key)");
    assertEquals("VACUUM", session.exec("vacuum verbose t"));
    assertEquals("ANALYZE", session.exec("analyze t"));
    assertEquals(0.0, Objects.requireNonNull(session.relation("t")).tuples());
    assertEquals("VACUUM", session.exec("vacuum"));
    assertEquals("CHECKPOINT", session.exec("checkpoint"));
  }
}
