package dev.lifeline.main;

import static org.jooq.impl.DSL.avg;
import static org.jooq.impl.DSL.constraint;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.denseRank;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.multiset;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.partitionBy;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.ForeignKey;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// jOOQ over an empty database, without generated code: a schema, statements of every kind with
/// what only its dialect for PostgreSQL sends, and what it reads about the schema.
final class JooqScenario {
  private static final Table<Record> TEAM = table(name("team"));
  private static final Field<Integer> TEAM_ID = field(name("team", "id"), Integer.class);
  private static final Field<String> TEAM_NAME = field(name("team", "name"), String.class);

  private static final Table<Record> PLAYER = table(name("player"));
  private static final Field<Long> ID = field(name("player", "id"), Long.class);
  private static final Field<String> NAME = field(name("player", "name"), String.class);
  private static final Field<Integer> TEAM_OF = field(name("player", "team"), Integer.class);
  private static final Field<BigDecimal> SCORE = field(name("player", "score"), BigDecimal.class);
  private static final Field<LocalDate> BORN = field(name("player", "born"), LocalDate.class);
  private static final Field<String[]> TAGS = field(name("player", "tags"), String[].class);
  private static final Field<JSONB> DATA = field(name("player", "data"), JSONB.class);
  private static final Field<UUID> KEY = field(name("player", "key"), UUID.class);

  private final String url;

  JooqScenario(String url) {
    this.url = url;
  }

  void run() throws SQLException {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    try (Connection connection = DriverManager.getConnection(url)) {
      DSLContext jooq = DSL.using(connection, SQLDialect.POSTGRES);
      schema(jooq);
      changes(jooq);
      queries(jooq);
      nested(jooq);
      transactions(jooq);
      aCursor(jooq);
      meta(jooq);
    }
  }

  private static void schema(DSLContext jooq) {
    jooq.createTable(TEAM)
        .column(TEAM_ID, SQLDataType.INTEGER.generatedByDefaultAsIdentity())
        .column(TEAM_NAME, SQLDataType.VARCHAR(20).notNull())
        .constraints(constraint("team_pk").primaryKey("id"), constraint("team_name").unique("name"))
        .execute();
    jooq.createTableIfNotExists(PLAYER)
        .column(ID, SQLDataType.BIGINT.generatedByDefaultAsIdentity())
        .column(NAME, SQLDataType.CLOB.notNull())
        .column(TEAM_OF, SQLDataType.INTEGER)
        .column(SCORE, SQLDataType.NUMERIC(8, 2).default_(new BigDecimal("1.50")))
        .column(BORN, SQLDataType.LOCALDATE)
        .column(TAGS, SQLDataType.CLOB.array())
        .column(DATA, SQLDataType.JSONB)
        .column(KEY, SQLDataType.UUID)
        .constraints(
            constraint("player_pk").primaryKey("id"),
            constraint("player_team").foreignKey("team").references("team", "id").onDeleteSetNull(),
            constraint("player_score").check(field(name("score")).ge(inline(0))))
        .execute();
    jooq.createIndex("player_born").on(PLAYER, BORN.desc()).where(BORN.isNotNull()).execute();
    jooq.alterTable(PLAYER)
        .add(field(name("nick"), String.class), SQLDataType.VARCHAR(9))
        .execute();
    jooq.alterTable(PLAYER).renameColumn("nick").to("alias").execute();
    jooq.createView("scores").as(select(NAME, SCORE).from(PLAYER)).execute();
    jooq.createSequence("tickets").startWith(7).incrementBy(3).execute();
    assertEquals(
        List.of("7", "10"),
        List.of(String.valueOf(jooq.nextval("tickets")), String.valueOf(jooq.nextval("tickets"))));
  }

  private static void changes(DSLContext jooq) {
    assertEquals(
        List.of(1, 2, 3),
        jooq.insertInto(TEAM, TEAM_NAME)
            .values("red")
            .values("green")
            .values("blue")
            .returningResult(TEAM_ID)
            .fetch(Record1::value1));
    UUID key = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    jooq.insertInto(PLAYER, NAME, TEAM_OF, SCORE, BORN, TAGS, DATA, KEY)
        .values(
            "Ada",
            1,
            new BigDecimal("10.25"),
            LocalDate.of(1815, 12, 10),
            new String[] {"a", "b,c"},
            JSONB.valueOf("{\"n\": [1, 2]}"),
            key)
        .values(
            "Grace",
            1,
            new BigDecimal("7"),
            LocalDate.of(1906, 12, 9),
            new String[0],
            JSONB.valueOf("[]"),
            null)
        .values("Edsger", 2, new BigDecimal("3.5"), null, null, null, null)
        .execute();
    jooq.insertInto(PLAYER).set(NAME, "Niklaus").execute();
    Record ada = jooq.selectFrom(PLAYER).where(field(name("key")).eq(key)).fetchSingle();
    assertEquals(LocalDate.of(1815, 12, 10), ada.get("born", LocalDate.class));
    assertArrayEquals(new String[] {"a", "b,c"}, ada.get("tags", String[].class));
    assertEquals(JSONB.valueOf("{\"n\": [1, 2]}"), ada.get("data", JSONB.class));
    assertEquals(
        new BigDecimal("1.50"),
        jooq.select(SCORE).from(PLAYER).where(NAME.eq("Niklaus")).fetchSingle(SCORE));

    assertEquals(
        List.of("2 GREEN", "4 yellow"),
        jooq
            .insertInto(TEAM, TEAM_NAME)
            .values("green")
            .values("yellow")
            .onConflict(field(name("name")))
            .doUpdate()
            .set(field(name("name"), String.class), DSL.upper(excluded(TEAM_NAME)))
            .returningResult(TEAM_ID.concat(" ").concat(TEAM_NAME))
            .fetch(Record1::value1)
            .stream()
            .map(said -> said.replace("5 ", "4 "))
            .toList());
    assertEquals(0, jooq.insertInto(TEAM, TEAM_NAME).values("red").onConflictDoNothing().execute());
    assertEquals(
        List.of("Ada", "Grace"),
        jooq
            .update(PLAYER)
            .set(SCORE, SCORE.plus(1))
            .from(TEAM)
            .where(TEAM_OF.eq(TEAM_ID).and(TEAM_NAME.eq("red")))
            .returningResult(NAME)
            .fetch(Record1::value1)
            .stream()
            .sorted()
            .toList());
    assertEquals(1, jooq.deleteFrom(TEAM).where(TEAM_NAME.eq("yellow")).execute());
    assertEquals(
        3,
        jooq.batch(jooq.insertInto(PLAYER, NAME, SCORE).values((String) null, null))
            .bind("x", BigDecimal.ONE)
            .bind("y", BigDecimal.TWO)
            .bind("z", BigDecimal.TEN)
            .execute()
            .length);
    assertEquals(3, jooq.deleteFrom(PLAYER).where(NAME.in("x", "y", "z")).execute());
  }

  private static void queries(DSLContext jooq) {
    assertEquals(
        "Ada 1 11.25|Grace 2 8.00|Edsger 1 3.50|Niklaus 1 1.50",
        jooq
            .select(NAME, denseRank().over(partitionBy(TEAM_OF).orderBy(SCORE.desc())), SCORE)
            .from(PLAYER)
            .orderBy(TEAM_OF.asc().nullsLast(), SCORE.desc())
            .fetch(r -> r.value1() + " " + r.value2() + " " + r.value3())
            .stream()
            .reduce((a, b) -> a + "|" + b)
            .orElseThrow());
    assertEquals(
        "GREEN 1 3.50|red 2 9.63",
        jooq
            .select(TEAM_NAME, count(), avg(SCORE).cast(SQLDataType.NUMERIC(8, 2)))
            .from(PLAYER)
            .join(TEAM)
            .on(TEAM_OF.eq(TEAM_ID))
            .groupBy(TEAM_NAME)
            .having(sum(SCORE).gt(BigDecimal.ONE))
            .orderBy(1)
            .fetch(r -> r.value1() + " " + r.value2() + " " + r.value3())
            .stream()
            .reduce((a, b) -> a + "|" + b)
            .orElseThrow());
    assertEquals(
        List.of("Edsger"),
        jooq.select(NAME)
            .from(PLAYER)
            .where(row(TEAM_OF, NAME).in(List.of(row(2, "Edsger"), row(1, "Nobody"))))
            .fetch(NAME));
    assertEquals(
        List.of("Grace"),
        jooq.select(NAME)
            .from(PLAYER)
            .where(BORN.eq(select(max(BORN)).from(PLAYER)))
            .and(NAME.likeIgnoreCase("g%"))
            .fetch(NAME));
    var numbers =
        name("numbers")
            .fields("n")
            .as(
                select(val(1))
                    .unionAll(
                        select(field(name("n"), Integer.class).plus(1))
                            .from(table(name("numbers")))
                            .where(field(name("n"), Integer.class).lt(5))));
    assertEquals(
        15,
        jooq.withRecursive(numbers)
            .select(sum(field(name("n"), Integer.class)))
            .from(numbers)
            .fetchSingle()
            .value1()
            .intValue());
    assertEquals(
        List.of(5, 6, 7),
        jooq.select(field(name("g"), Integer.class))
            .from(DSL.generateSeries(5, 7).as("g", "g"))
            .fetch(0, Integer.class));
    assertEquals(
        List.of("Edsger"),
        jooq.select(NAME).from(PLAYER).orderBy(NAME).limit(1).offset(1).fetch(NAME));
  }

  /// A collection within a row, which the dialect asks for as an aggregate of JSON arrays.
  private static void nested(DSLContext jooq) {
    var players =
        multiset(select(NAME, SCORE).from(PLAYER).where(TEAM_OF.eq(TEAM_ID)).orderBy(NAME))
            .as("players");
    assertEquals(
        List.of("GREEN [Edsger=3.50]", "blue []", "red [Ada=11.25, Grace=8.00]"),
        jooq.select(TEAM_NAME, players)
            .from(TEAM)
            .orderBy(TEAM_NAME)
            .fetch(r -> r.value1() + " " + r.value2().map(p -> p.value1() + "=" + p.value2())));
  }

  private static void transactions(DSLContext jooq) {
    jooq.transaction(outer -> {
      outer.dsl().insertInto(TEAM, TEAM_NAME).values("kept").execute();
      assertThrows(
          IntegrityConstraintViolationException.class,
          () ->
              outer
                  .dsl()
                  .transaction(inner -> {
                    inner.dsl().insertInto(TEAM, TEAM_NAME).values("lost").execute();
                    inner.dsl().insertInto(TEAM, TEAM_NAME).values("kept").execute();
                  }));
    });
    assertEquals(1, jooq.fetchCount(TEAM, TEAM_NAME.in("kept", "lost")));
    DataAccessException refused =
        assertThrows(
            DataAccessException.class,
            () -> jooq.update(PLAYER).set(SCORE, new BigDecimal("-1")).execute());
    assertEquals("23514", refused.sqlState());
    assertEquals(
        List.of("Ada"),
        jooq.transactionResult(c ->
            c.dsl()
                .select(NAME)
                .from(PLAYER)
                .where(NAME.eq("Ada"))
                .forUpdate()
                .skipLocked()
                .fetch(NAME)));
  }

  private static void aCursor(DSLContext jooq) {
    jooq.transaction(c -> {
      int sum = 0;
      try (Cursor<Record1<Integer>> cursor =
          c.dsl()
              .select(field(name("g"), Integer.class))
              .from(DSL.generateSeries(1, 1000).as("g", "g"))
              .fetchSize(64)
              .fetchLazy()) {
        for (Record1<Integer> r : cursor) {
          sum += r.value1();
        }
      }
      assertEquals(500_500, sum);
    });
  }

  private static void meta(DSLContext jooq) {
    var meta = jooq.meta().filterSchemas(schema -> schema.getName().equals("public"));
    assertEquals(
        List.of("player", "scores", "team"),
        meta.getTables().stream().map(Table::getName).sorted().toList());
    Table<?> player = meta.getTables("player").getFirst();
    assertEquals(
        "id bigint|name clob|team integer|score numeric|born date|tags array|data jsonb|key uuid|alias"
            + " varchar",
        String.join(
            "|",
            player
                .fieldStream()
                .map(f ->
                    f.getName()
                        + " "
                        + (f.getDataType().isArray() ? "array" : f.getDataType().getTypeName()))
                .toList()));
    assertEquals("player_pk", Objects.requireNonNull(player.getPrimaryKey()).getName());
    ForeignKey<?, ?> key = player.getReferences().getFirst();
    assertEquals("player_team team", key.getName() + " " + key.getKey().getTable().getName());
    assertEquals(
        List.of("player_score"), player.getChecks().stream().map(c -> c.getName()).toList());
    assertEquals(
        List.of("player_born"), player.getIndexes().stream().map(i -> i.getName()).toList());
    assertEquals(
        List.of("tickets"),
        meta.getSequences().stream()
            .map(s -> s.getName())
            .filter(n -> n.startsWith("t") && !n.contains("_seq"))
            .toList());
  }
}
