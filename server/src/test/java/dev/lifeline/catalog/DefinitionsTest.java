package dev.lifeline.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lifeline.utils.error.PgException;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Defaults, check constraints and sequences.
@NullUnmarked
class DefinitionsTest {
  private static String query(TestSession session, String select) {
    session.copied.setLength(0);
    session.exec("copy (" + select + ") to stdout");
    return session.copied.toString();
  }

  private static void copyIn(TestSession session, String sql, String data) {
    session.copyData.clear();
    session.copyData.add(Buffer.buffer(data));
    session.exec(sql);
  }

  private static PgException failure(TestSession session, String sql) {
    return assertThrows(PgException.class, () -> session.exec(sql));
  }

  @Test
  void defaultsAreKeptAsTextAndUsed() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec(
        "create table t (a int, b text default 'x' || 'y', c int default 1 + 2 * 3,"
            + " d varchar(5) default 'abc', e bool default true, f timestamptz default now())");
    assertEquals("'abc'::character varying", session.relation("t").column(4).defaultSource());
    session = server.crash().connect();
    copyIn(session, "copy t (a) from stdin", "1\n");
    assertEquals("1\txy\t7\tabc\tt\n", query(session, "select a, b, c, d, e from t"));
    session.exec("alter table t add column g int default 4 + 5");
    session.exec("alter table t alter a set default -1");
    copyIn(session, "copy t (b) from stdin", "z\n");
    assertEquals("-1\t9\n1\t9\n", query(session, "select a, g from t order by a"));
    assertEquals(
        "column \"a\" is of type integer but default expression is of type boolean",
        failure(session, "create table u (a int default true)").message());
    assertEquals(
        "cannot use column reference in DEFAULT expression",
        failure(session, "create table u (a int, b int default a)").message());
  }

  @Test
  void checksAreNamedKeptAndEnforced() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec(
        "create table t (a int check (a > 0), b int, constraint sane check (a < b or b is null),"
            + " check (a + b < 100))");
    assertEquals(
        List.of("sane", "t_a_check", "t_check"),
        session.relation("t").constraints().stream().map(Relation.Constraint::name).toList());
    TestSession again = server.crash().connect();
    PgException e =
        assertThrows(PgException.class, () -> copyIn(again, "copy t from stdin", "0\t1\n"));
    assertEquals("new row for relation \"t\" violates check constraint \"t_a_check\"", e.message());
    copyIn(again, "copy t from stdin", "1\t2\n3\t\\N\n");
    assertEquals(
        "check constraint \"small\" of relation \"t\" is violated by some row",
        failure(again, "alter table t add constraint small check (a < 2)").message());
    again.exec("alter table t add constraint large check (a < 20)");
    assertEquals(
        "CHECK ((a < 20))\n",
        query(
            again, "select pg_get_constraintdef(oid) from pg_constraint where conname = 'large'"));
    assertEquals(
        "column \"z\" does not exist", failure(again, "alter table t add check (z > 0)").message());
  }

  @Test
  void sequencesCountForAllAndAreNotRolledBack() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create sequence s start 5 increment 2 maxvalue 9");
    assertEquals("5\n", query(session, "select nextval('s')"));
    session.beginBlock();
    assertEquals("7\n", query(session, "select nextval('s')"));
    session.rollback();
    assertEquals("9\n", query(session, "select nextval('s')"));
    assertEquals("9\n", query(session, "select currval('s')"));
    PgException e = assertThrows(PgException.class, () -> query(session, "select nextval('s')"));
    assertEquals("nextval: reached maximum value of sequence \"s\" (9)", e.message());
    TestSession other = server.connect();
    e = assertThrows(PgException.class, () -> query(other, "select currval('s')"));
    assertEquals("currval of sequence \"s\" is not yet defined in this session", e.message());
    session.exec("alter sequence s restart");
    TestSession again = server.crash().connect();
    assertEquals("5\n", query(again, "select nextval('s')"));
    assertEquals("5\tt\n", query(again, "select last_value, is_called from s"));
    again.exec("drop sequence s");
    assertNull(again.relation("s"));
  }

  @Test
  void aSerialColumnHasItsSequence() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec(
        "create table t (id serial primary key, n int generated by default as identity, x text)");
    copyIn(session, "copy t (x) from stdin", "a\nb\n");
    TestSession again = server.crash().connect();
    copyIn(again, "copy t (x) from stdin", "c\n");
    assertEquals("1\t1\ta\n2\t2\tb\n3\t3\tc\n", query(again, "select id, n, x from t order by id"));
    assertEquals("public.t_id_seq\n", query(again, "select pg_get_serial_sequence('t', 'id')"));
    again.exec("truncate t restart identity");
    copyIn(again, "copy t (x) from stdin", "d\n");
    assertEquals("1\n", query(again, "select id from t"));
    again.exec("drop table t");
    assertNull(again.relation("t_id_seq"));
  }

  @Test
  void aSequenceWaitsForNobody() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create table t (id serial, x text)");
    session.beginBlock();
    copyIn(session, "copy t (x) from stdin", "a\n");
    TestSession other = server.connect();
    copyIn(other, "copy t (x) from stdin", "b\n");
    session.commit();
    assertEquals("1\ta\n2\tb\n", query(session, "select id, x from t order by id"));
  }
}
