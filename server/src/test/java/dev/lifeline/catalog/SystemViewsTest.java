package dev.lifeline.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The system catalogs and views as SQL sees them.
@NullUnmarked
class SystemViewsTest {
  private static TestSession session;

  @BeforeAll
  static void start() {
    session = TestServer.create().connect();
    session.exec("create table employees (id int primary key, name varchar(20) not null)");
    session.exec("create index by_name on employees (name desc)");
    session.exec("comment on table employees is 'who works here'");
    session.exec("create role ann login");
  }

  private static String query(String select) {
    session.copied.setLength(0);
    session.exec("copy (" + select + ") to stdout");
    return session.copied.toString();
  }

  @Test
  void everyCatalogCanBeRead() {
    for (Relation relation : session.look(BackendCatalog::systemRelations)) {
      String rows = query("select * from " + relation.namespace() + "." + relation.name());
      assertTrue(rows.isEmpty() || rows.endsWith("\n"), relation.name());
    }
  }

  @Test
  void aTableIsDescribedAsPsqlAsks() {
    assertEquals(
        "public\temployees\tr\tpostgres\n",
        query(
            "SELECT n.nspname, c.relname, c.relkind, pg_catalog.pg_get_userbyid(c.relowner)"
                + " FROM pg_catalog.pg_class c"
                + " LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE c.relkind IN ('r','p','') AND n.nspname <> 'pg_catalog'"
                + " AND n.nspname !~ '^pg_toast' AND n.nspname <> 'information_schema'"
                + " AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1,2"));
    assertEquals(
        "id\tinteger\tt\nname\tcharacter varying(20)\tt\n",
        query(
            "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull"
                + " FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'employees'::regclass"
                + " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"));
    assertEquals(
        "by_name\tCREATE INDEX by_name ON public.employees USING btree (name DESC)\n"
            + "employees_pkey\tCREATE UNIQUE INDEX employees_pkey ON public.employees USING btree"
            + " (id)\n",
        query(
            "select indexname, indexdef from pg_indexes where tablename = 'employees' order by 1"));
    assertEquals(
        "PRIMARY KEY (id)\n",
        query(
            "select pg_get_constraintdef(oid) from pg_constraint"
                + " where conrelid = 'employees'::regclass"));
    assertEquals(
        "who works here\n", query("select obj_description('employees'::regclass, 'pg_class')"));
  }

  @Test
  void aCatalogThatIsNotStoredHasATableOid() {
    assertEquals(
        "pg_type\tint4\n", query("select tableoid::regclass, typname from pg_type where oid = 23"));
  }

  @Test
  void settingsHaveTheirBoundsInPostgresForm() {
    assertEquals(
        """
        autovacuum_naptime\t60\ts\tinteger\t1\t2147483
        autovacuum_vacuum_cost_delay\t2\tms\treal\t-1\t100
        cpu_tuple_cost\t0.01\t\\N\treal\t0\t1.79769e+308
        """,
        query(
            "select name, setting, unit, vartype, min_val, max_val from pg_settings where name in"
                + " ('autovacuum_vacuum_cost_delay', 'cpu_tuple_cost', 'autovacuum_naptime',"
                + " 'is_superuser') order by 1"));
  }

  @Test
  void theInformationSchemaTellsTablesAndColumns() {
    assertEquals(
        "employees\tBASE TABLE\n",
        query(
            "select table_name, table_type from information_schema.tables"
                + " where table_schema = 'public'"));
    assertEquals(
        "id\tinteger\tNO\t\\N\nname\tcharacter varying\tNO\t20\n",
        query(
            "select column_name, data_type, is_nullable, character_maximum_length"
                + " from information_schema.columns where table_name = 'employees'"
                + " order by ordinal_position"));
  }

  @Test
  void rolesTypesSettingsAndDatabasesAreThere() {
    assertEquals(
        "ann\tf\t********\npostgres\tt\t********\n",
        query("select rolname, rolsuper, rolpassword from pg_roles where rolcanlogin order by 1"));
    assertEquals(
        "int4\t4\tN\n", query("select typname, typlen, typcategory from pg_type where oid = 23"));
    assertEquals(
        "4096\tkB\n", query("select setting, unit from pg_settings where name = 'work_mem'"));
    assertEquals(
        "postgres\ntemplate0\ntemplate1\n", query("select datname from pg_database order by 1"));
    assertEquals(
        "AccessShareLock\tt\n",
        query("select mode, granted from pg_locks where relation = 'pg_locks'::regclass"));
    assertEquals("t\n", query("select has_table_privilege('employees', 'select')"));
    assertEquals("f\n", query("select has_table_privilege('ann', 'employees', 'select')"));
  }
}
