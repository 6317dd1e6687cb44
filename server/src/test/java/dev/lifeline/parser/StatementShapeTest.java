package dev.lifeline.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.Expr;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementShapeTest {
  private static String key(String sql) {
    return StatementShape.of(sql).key();
  }

  @Test
  void valuesSpellingAndCommentsMakeNoDifference() {
    String sql = "SELECT * FROM employees WHERE salary > 20000 AND name = 'Ann'";
    String other = "select *\nfrom Employees -- a comment\n where salary>7 and NAME = $$Bob$$";
    assertEquals(key(sql), key(other));
    assertEquals(StatementShape.of(sql).queryId(), StatementShape.of(other).queryId());
    assertEquals("select * from employees where salary > ?i and name = ?s", key(sql));
  }

  @Test
  void theTypeOfALiteralMakesADifference() {
    assertNotEquals(key("select 1"), key("select 3000000000"));
    assertNotEquals(key("select 3000000000"), key("select 1.5"));
    assertNotEquals(key("select 1"), key("select '1'"));
    assertEquals(key("select 3000000000"), key("select 0xFFFFFFFFFF"));
  }

  @Test
  void quotedNamesAreNotKeywords() {
    assertNotEquals(key("select user"), key("select \"user\""));
    assertEquals(key("select a"), key("select \"a\""));
    assertNotEquals(key("select a"), key("select \"A\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select a, b from t order by 2|select a, b from t order by 1",
        "select a, count(*) from t group by 1|select a, count(*) from t group by 2",
        "select a::numeric(10,2)|select a::numeric(10,3)",
        "select cast(a as varchar(3))|select cast(a as varchar(4))",
        "select a::my.type(3)|select a::my.type(4)",
        "select interval(3) '1'|select interval(2) '1'"
      })
  void whatIsAPartOfTheMeaningStays(String one, String other) {
    assertNotEquals(key(one), key(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select f(1)|select f(2)",
        "select a from t order by a + 1|select a from t order by a + 2",
        "select a from t order by b limit 1|select a from t order by b limit 2",
        "select date '2020-01-01'|select date '2021-01-01'"
      })
  void whatIsAValueDoesNot(String one, String other) {
    assertEquals(key(one), key(other));
  }

  @Test
  void literalsAreFoundByTheConstantsOfTheTree() {
    String sql = "1 - -2 + 'x' || -(3)";
    StatementShape shape = StatementShape.of(sql);
    assertEquals(
        List.of("1", "2", "x", "3"),
        shape.literals().stream().map(StatementShape.Literal::text).toList());
    List<AConst> constants = new ArrayList<>();
    collect(Parser.parseExpression(sql), constants);
    assertEquals(4, constants.size());
    for (int i = 0; i < 4; i++) {
      assertEquals(i, shape.indexOf(constants.get(i)));
    }
  }

  private static void collect(Expr expr, List<AConst> constants) {
    if (expr instanceof AConst constant) {
      constants.add(constant);
    } else if (expr instanceof AExpr operator) {
      Expr left = operator.lexpr();
      Expr right = operator.rexpr();
      if (left != null) {
        collect(left, constants);
      }
      if (right != null) {
        collect(right, constants);
      }
    }
  }

  @Test
  void noLiteralIsShown() {
    StatementShape shape =
        StatementShape.of(
            "alter role x password 'secret1' /* secret2 */; select E'sec\\'ret3', $q$secret4$q$,"
                + " 4711, x'5ec3e7', 'secret5");
    String text = shape.queryText();
    assertEquals("alter role x password ? ; select ?, ?, ?, ?, ?", text);
    assertFalse(shape.key().contains("secret"));
    assertFalse(shape.summary().contains("secret"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select * from employees where salary > 1|SELECT employees",
        "select * from a, s.b x join c using (id) where exists (select 1 from d)"
            + "|SELECT a s.b c SELECT d",
        "insert into archive (a) select a from orders|INSERT archive SELECT orders",
        "with q as (select 1 from t) select * from q|SELECT t SELECT",
        "update t set a = extract(year from now()) from u where t.id = u.id|UPDATE t u",
        "delete from only s.t using u where a is distinct from b|DELETE s.t u",
        "select 1 from t for update|SELECT t",
        "select * from generate_series(1, 2)|SELECT",
        "explain analyze select 1 from t|EXPLAIN SELECT t",
        "create table if not exists s.t (a int)|CREATE TABLE s.t",
        "create unique index concurrently i on t (a)|CREATE INDEX i",
        "drop materialized view v|DROP MATERIALIZED VIEW v",
        "copy t from stdin|COPY t",
        "set search_path = x|SET search_path",
        "begin|BEGIN",
        "commit|COMMIT",
        "vacuum t|VACUUM t"
      })
  void summaries(String sql, String summary) {
    assertEquals(summary, StatementShape.of(sql).summary());
  }

  @Test
  void aLongSummaryIsCutBetweenWords() {
    String tables = "table_with_a_rather_long_name_number_x, ".repeat(20);
    String summary = StatementShape.of("select 1 from " + tables + "t").summary();
    assertTrue(summary.length() <= 255);
    assertTrue(summary.endsWith("number_x"));
  }
}
