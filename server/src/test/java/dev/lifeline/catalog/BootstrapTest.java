package dev.lifeline.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// What a new cluster has, before and after a crash.
@NullUnmarked
class BootstrapTest {
  @Test
  void aNewClusterHasItsDatabasesRolesAndSchemas() {
    TestServer server = TestServer.create();
    check(server.connect());
    TestServer again = server.crash();
    check(again.connect());
    check(again.restart().connect("template1", "postgres"));
  }

  private static void check(TestSession session) {
    assertEquals(5, session.look(c -> c.database("postgres")).oid());
    assertEquals(1, session.look(c -> c.database("template1")).oid());
    assertEquals(4, session.look(c -> c.database("template0")).oid());
    assertEquals("postgres", session.look(c -> c.roleName(10)));
    int namespace = session.look(c -> c.namespaceOid("public"));
    assertEquals(2200, namespace);
    assertEquals(List.of("public"), session.look(c -> c.searchPath(false)));
    assertNull(session.relation("no_such_table"));
    Relation pgClass = session.relation("pg_class");
    assertEquals(1259, pgClass.oid());
    CatalogRow row =
        session.look(c -> c.reader().one("pg_class", "pg_class_relname_nsp_index", "pg_class", 11));
    assertNotNull(row);
    assertEquals(33, row.integer("relnatts"));
  }
}
