package dev.lifeline.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lifeline.utils.error.PgException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// COPY in both directions, and what needs rows in tables: index builds, validation, TRUNCATE.
@NullUnmarked
class CopyCommandsTest {
  private static String copyIn(TestSession session, String sql, String data) {
    session.copyData.clear();
    for (int i = 0; i < data.length(); i += 7) {
      session.copyData.add(Buffer.buffer(data.substring(i, Math.min(i + 7, data.length()))));
    }
    return session.exec(sql);
  }

  private static String copyOut(TestSession session, String sql) {
    session.copied.setLength(0);
    session.exec(sql);
    return session.copied.toString();
  }

  private static PgException failure(TestSession session, String sql, String data) {
    return assertThrows(PgException.class, () -> copyIn(session, sql, data));
  }

  @Test
  void whatGoesInComesOutAlsoAfterACrash() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create table t (id int primary key, name text, n int default 7)");
    assertEquals(
        "COPY 3", copyIn(session, "copy t (id, name) from stdin", "1\tann\n2\t\\N\n3\ta\\tb\n"));
    session = server.crash().connect();
    assertEquals("1\tann\t7\n2\t\\N\t7\n3\ta\\tb\t7\n", copyOut(session, "copy t to stdout"));
    assertEquals(
        "id,name\n3,a\tb\n2,\n1,ann\n",
        copyOut(
            session,
            "copy (select id, name from t order by id desc) to stdout (format csv, header)"));
  }

  @Test
  void badDataIsToldWithItsPlace() {
    TestSession session = TestServer.create().connect();
    session.exec("create table t (id int primary key, name varchar(3) not null)");
    PgException e = failure(session, "copy t from stdin", "1\ta\nx\tb\n");
    assertEquals("invalid input syntax for type integer: \"x\"", e.message());
    assertEquals("COPY t, line 2, column id: \"x\"", e.context());
    e = failure(session, "copy t from stdin", "1\ta\t2\n");
    assertEquals("extra data after last expected column", e.message());
    assertEquals("COPY t, line 1: \"1\ta\t2\"", e.context());
    e = failure(session, "copy t from stdin", "1\n");
    assertEquals("missing data for column \"name\"", e.message());
    e = failure(session, "copy t from stdin", "1\tabcd\n");
    assertEquals("value too long for type character varying(3)", e.message());
    e = failure(session, "copy t from stdin", "1\ta\n2\tb\n1\tc\n");
    assertEquals("duplicate key value violates unique constraint \"t_pkey\"", e.message());
    assertEquals("Key (id)=(1) already exists.", e.detail());
    assertEquals("COPY t, line 3", e.context());
    e = failure(session, "copy t from stdin", "1\t\\N\n");
    assertEquals("23502", e.sqlState().code());
    assertEquals("", copyOut(session, "copy t to stdout"));
    e = failure(session, "copy t (id, nope) from stdin", "");
    assertEquals("column \"nope\" of relation \"t\" does not exist", e.message());
  }

  @Test
  void manyRowsAndTheirKeysAreIndexedAfterwards() {
    TestServer server = TestServer.create();
    TestSession session = server.connect();
    session.exec("create table t (id int, name text)");
    StringBuilder data = new StringBuilder();
    for (int i = 5000; i > 0; i--) {
      data.append(i).append("\tname ").append(i).append('\n');
    }
    assertEquals(
        "COPY 5000", copyIn(session, "copy t from stdin with (freeze on)", data.toString()));
    session.exec("alter table t add primary key (id)");
    assertEquals(5000.0, session.relation("t").tuples());
    assertEquals(
        "name 4711\n", copyOut(session, "copy (select name from t where id = 4711) to stdout"));
    PgException e = failure(session, "copy t from stdin", "17\tx\n");
    assertEquals("Key (id)=(17) already exists.", e.detail());
    session = server.crash().connect();
    assertEquals(
        "name 17\n", copyOut(session, "copy (select name from t where id = 17) to stdout"));
    assertEquals("VACUUM", session.exec("vacuum analyze t"));
    session.exec("truncate t");
    assertEquals("", copyOut(session, "copy t to stdout"));
  }

  @Test
  void constraintsThatRowsViolateAreNotAdded() {
    TestSession session = TestServer.create().connect();
    session.exec("create table t (a int, b int)");
    copyIn(session, "copy t from stdin", "1\t1\n1\t\\N\n");
    PgException e =
        assertThrows(PgException.class, () -> session.exec("alter table t add unique (a)"));
    assertEquals("could not create unique index \"t_a_key\"", e.message());
    assertEquals("Key (a)=(1) is duplicated.", e.detail());
    e = assertThrows(PgException.class, () -> session.exec("alter table t add primary key (b)"));
    assertEquals("column \"b\" of relation \"t\" contains null values", e.message());
    assertEquals(0, session.relation("t").indexes().size());
    e =
        assertThrows(
            PgException.class, () -> session.exec("alter table t add column c int not null"));
    assertEquals("column \"c\" of relation \"t\" contains null values", e.message());
  }
}
