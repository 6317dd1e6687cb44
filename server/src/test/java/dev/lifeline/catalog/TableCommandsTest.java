package dev.lifeline.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.error.PgException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// DDL on tables and indexes, with its errors, in transactions, and with crashes between.
@NullUnmarked
class TableCommandsTest {
  private static String error(TestSession session, String sql) {
    PgException e = assertThrows(PgException.class, () -> session.exec(sql));
    return e.sqlState().code() + " " + e.message();
  }

  private static List<String> names(TestSession session, String table) {
    return Objects.requireNonNull(session.relation(table)).columns().stream()
        .filter(column -> !column.dropped())
        .map(Relation.Column::name)
        .toList();
  }

  @Test
  void aTableHasItsColumnsKeysAndDefaults() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    assertEquals(
        "CREATE TABLE",
        session.exec(
            "create table employees (id int primary key, name varchar(40) not null,"
                + " dept text default 'none', badge int unique) with (fillfactor=80)"));
    TestSession other = server.crash().connect();
    for (TestSession s : List.of(other)) {
      Relation relation = Objects.requireNonNull(s.relation("employees"));
      assertEquals(4, relation.columns().size());
      assertTrue(relation.column(1).notNull());
      assertEquals(44, relation.column(2).typmod());
      assertEquals("'none'::text", relation.column(3).defaultSource());
      assertEquals(80, relation.fillfactor());
      assertEquals(
          List.of("employees_pkey", "employees_badge_key"),
          relation.indexes().stream().map(Relation.Index::name).toList());
      assertNotNull(relation.primaryKey());
      assertEquals(2, relation.constraints().size());
    }
  }

  @Test
  void namesAreTakenOnlyOnce() {
    TestSession session = TestServer.create().connect();
    session.exec("create table t (a int)");
    assertEquals("42P07 relation \"t\" already exists", error(session, "create table t (b int)"));
    session.exec("create table if not exists t (b int)");
    assertEquals(List.of("NOTICE:  relation \"t\" already exists, skipping"), session.notices);
    assertEquals(
        "42701 column \"a\" specified more than once",
        error(session, "create table u (a int, a text)"));
    assertEquals(
        "42P16 multiple primary keys for table \"u\" are not allowed",
        error(session, "create table u (a int primary key, b int primary key)"));
    assertEquals(
        "42703 column \"c\" named in key does not exist",
        error(session, "create table u (a int, unique (c))"));
    assertEquals(
        "42704 type \"nonsense\" does not exist", error(session, "create table u (a nonsense)"));
    assertEquals("3F000 schema \"s\" does not exist", error(session, "create table s.t (a int)"));
  }

  @Test
  void aRolledBackTableIsGoneAndItsFileToo() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.beginBlock();
    session.exec("create table t (a int primary key)");
    Relation relation = Objects.requireNonNull(session.relation("t"));
    TestSession other = server.connect();
    assertNull(other.relation("t"));
    session.rollback();
    assertNull(session.relation("t"));
    assertEquals(0, files(server, relation));
  }

  private static int files(TestServer server, Relation relation) {
    return server.await(server.disk.list("base/" + relation.file().dbOid())).stream()
        .filter(name -> name.startsWith(Long.toString(relation.file().relNumber())))
        .toList()
        .size();
  }

  @Test
  void aCrashDuringCreateTableLeavesNothing() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.beginBlock();
    session.exec("create table t (a int primary key)");
    Relation relation = Objects.requireNonNull(session.relation("t"));
    TestServer again = server.crash();
    assertNull(again.connect().relation("t"));
    assertEquals(0, files(again, relation));
  }

  @Test
  void aSavepointTakesBackItsDdl() {
    TestSession session = TestServer.create().connect();
    session.beginBlock();
    session.exec("create table t (a int)");
    session.savepoint();
    session.exec("create table u (a int)");
    assertNotNull(session.relation("u"));
    session.rollbackToSavepoint();
    assertNull(session.relation("u"));
    session.commit();
    assertNotNull(session.relation("t"));
  }

  @Test
  void dropTakesTablesIndexesAndFilesAway() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create table t (a int primary key, b int)");
    session.exec("create index on t (b desc)");
    Relation relation = Objects.requireNonNull(session.relation("t"));
    assertEquals("t_b_idx", relation.indexes().get(1).name());
    assertTrue(relation.indexes().get(1).keys().get(0).nullsFirst());
    assertEquals(
        "2BP01 cannot drop index t_pkey because constraint t_pkey on table t requires it",
        error(session, "drop index t_pkey"));
    assertEquals("42809 \"t\" is not an index", error(session, "drop index t"));
    session.exec("drop index t_b_idx");
    assertEquals(1, Objects.requireNonNull(session.relation("t")).indexes().size());
    session.exec("drop table t");
    assertNull(session.relation("t"));
    assertNull(session.relation("t_pkey"));
    assertEquals(0, files(server, relation));
    assertEquals("42P01 table \"t\" does not exist", error(session, "drop table t"));
    session.exec("drop table if exists t");
    assertEquals(List.of("NOTICE:  table \"t\" does not exist, skipping"), session.notices);
    assertNull(server.crash().connect().relation("t"));
  }

  @Test
  void otherSessionsSeeCommittedDdlAndWaitForLocks() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    TestSession other = server.connect();
    session.exec("create table t (a int)");
    assertEquals(List.of("a"), names(other, "t"));
    session.beginBlock();
    session.exec("alter table t add column b int");
    assertEquals(List.of("a", "b"), names(session, "t"));
    assertEquals(List.of("a"), names(other, "t"));
    var waiting = other.start("drop table t");
    assertTrue(!waiting.isComplete());
    session.commit();
    assertEquals("DROP TABLE", server.await(waiting));
    other.commit();
    assertNull(session.relation("t"));
  }

  @Test
  void columnsComeGoAndAreRenamed() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create table t (a int primary key, b text)");
    session.exec("alter table t add column c int not null default 5, drop column b");
    assertEquals(List.of("a", "c"), names(session, "t"));
    session.exec("alter table t rename column c to d");
    session.exec("alter table t rename to u");
    assertEquals(List.of("a", "d"), names(server.crash().connect(), "u"));
  }

  @Test
  void alterTableChangesDefaultsNullsAndConstraints() {
    TestSession session = TestServer.create().connect();
    session.exec("create table t (a int, b int)");
    session.exec("alter table t alter a set default 3, alter b set not null");
    Relation relation = Objects.requireNonNull(session.relation("t"));
    assertEquals("3", relation.column(1).defaultSource());
    assertTrue(relation.column(2).notNull());
    session.exec("alter table t add primary key (a)");
    relation = Objects.requireNonNull(session.relation("t"));
    assertTrue(relation.column(1).notNull());
    assertEquals("t_pkey", Objects.requireNonNull(relation.primaryKey()).name());
    assertEquals(
        "42P16 column \"a\" is in a primary key",
        error(session, "alter table t alter a drop not null"));
    assertEquals(
        "42703 column \"z\" of relation \"t\" does not exist",
        error(session, "alter table t drop column z"));
    session.exec("alter table t drop constraint t_pkey, alter b drop not null");
    relation = Objects.requireNonNull(session.relation("t"));
    assertNull(relation.primaryKey());
    assertEquals(0, relation.indexes().size());
  }

  @Test
  void truncateGivesNewFilesInItsTransaction() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create table t (a int primary key)");
    Relation before = Objects.requireNonNull(session.relation("t"));
    session.beginBlock();
    session.exec("truncate t");
    Relation within = Objects.requireNonNull(session.relation("t"));
    assertTrue(within.file().relNumber() != before.file().relNumber());
    session.rollback();
    assertEquals(before.file(), Objects.requireNonNull(session.relation("t")).file());
    session.exec("truncate table t");
    assertEquals(0, files(server, before));
    Relation after = Objects.requireNonNull(server.crash().connect().relation("t"));
    assertTrue(after.file().relNumber() != before.file().relNumber());
  }

  @Test
  void systemCatalogsAreNotForChanging() {
    TestSession session = TestServer.create().connect();
    assertEquals(
        "42501 permission denied: \"pg_class\" is a system catalog",
        error(session, "drop table pg_class"));
    assertEquals(
        "42501 permission denied to create \"pg_catalog.x\"",
        error(session, "create table pg_catalog.x (a int)"));
  }
}
