package dev.lifeline.differential;

import java.util.ArrayList;
import java.util.List;

/// Makes tables, and statements that change their rows.
final class Changes {
  private static final List<SqlType> COLUMN_TYPES =
      List.of(
          SqlType.BOOL,
          SqlType.INT2,
          SqlType.INT4,
          SqlType.INT4,
          SqlType.INT8,
          SqlType.NUMERIC,
          SqlType.FLOAT4,
          SqlType.FLOAT8,
          SqlType.TEXT,
          SqlType.TEXT,
          SqlType.VARCHAR,
          SqlType.BPCHAR,
          SqlType.DATE,
          SqlType.TIME,
          SqlType.TIMESTAMP,
          SqlType.TIMESTAMPTZ,
          SqlType.INTERVAL,
          SqlType.UUID,
          SqlType.BYTEA,
          SqlType.JSON,
          SqlType.JSONB,
          SqlType.INT4_ARRAY,
          SqlType.TEXT_ARRAY);

  private final Dice dice;
  private final List<Table> tables;
  private int indexes;

  Changes(Dice dice, List<Table> tables) {
    this.dice = dice;
    this.tables = tables;
  }

  /// Makes one more table.
  List<String> createTable(String name) {
    List<Column> columns = new ArrayList<>();
    List<String> definitions = new ArrayList<>();
    columns.add(new Column("id", SqlType.INT4));
    definitions.add("id integer PRIMARY KEY");
    for (int i = 1, count = dice.between(3, 8); i <= count; i++) {
      Column column = new Column("c" + i, dice.pick(COLUMN_TYPES));
      columns.add(column);
      definitions.add(column.name() + " " + column.type().sqlName() + constraint(column));
    }
    if (!tables.isEmpty() && dice.percent(40)) {
      columns.add(new Column("parent", SqlType.INT4));
      definitions.add(
          "parent integer REFERENCES "
              + dice.pick(tables).name()
              + dice.pick("", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE CASCADE"));
    }
    Table table = new Table(name, columns);
    tables.add(table);
    List<String> statements = new ArrayList<>();
    statements.add("CREATE TABLE " + name + " (" + String.join(", ", definitions) + ")");
    for (int i = dice.below(3); i > 0; i--) {
      statements.add(createIndex(table));
    }
    return statements;
  }

  private String constraint(Column column) {
    int choice = dice.below(100);
    if (choice < 8) {
      return " NOT NULL";
    }
    if (choice < 16) {
      return " DEFAULT " + column.type().literal(dice);
    }
    if (choice < 19 && column.type().ordered()) {
      return " UNIQUE";
    }
    if (choice < 25 && column.type() == SqlType.INT4) {
      return " CHECK (" + column.name() + " < 100)";
    }
    return "";
  }

  private String createIndex(Table table) {
    List<Column> sortable =
        table.columns().stream()
            .filter(column -> column.type().ordered() && column.type() != SqlType.JSONB)
            .toList();
    Column first = dice.pick(sortable);
    Column second = dice.pick(sortable);
    String keys = first.name() + dice.pick("", "", " DESC");
    if (!second.equals(first) && dice.percent(40)) {
      keys += ", " + second.name();
    }
    return "CREATE INDEX "
        + table.name()
        + "_i"
        + ++indexes
        + " ON "
        + table.name()
        + " ("
        + keys
        + ")"
        + (dice.percent(15) ? " WHERE " + first.name() + " IS NOT NULL" : "");
  }

  /// Fills a table.
  String fill(Table table) {
    List<String> rows = new ArrayList<>();
    for (int id = 1, last = dice.between(0, 25); id <= last; id++) {
      rows.add(row(table, Integer.toString(id), 12));
    }
    return rows.isEmpty()
        ? "ANALYZE " + table.name()
        : "INSERT INTO "
            + table.name()
            + " VALUES "
            + String.join(", ", rows)
            + " ON CONFLICT DO NOTHING";
  }

  private String row(Table table, String id, int nulls) {
    List<String> values = new ArrayList<>(List.of(id));
    for (Column column : table.columns().subList(1, table.columns().size())) {
      boolean parent = column.name().equals("parent");
      values.add(dice.percent(parent ? 100 - nulls : nulls) ? "NULL" : column.type().literal(dice));
    }
    return "(" + String.join(", ", values) + ")";
  }

  Generated change() {
    Table table = dice.pick(tables);
    int choice = dice.below(100);
    if (choice < 35) {
      return Generated.change("INSERT", insert(table));
    }
    if (choice < 70) {
      return Generated.change("UPDATE", update(table));
    }
    if (choice < 90) {
      return Generated.change("DELETE", delete(table));
    }
    if (choice < 95) {
      return Generated.change("CREATE INDEX", createIndex(table));
    }
    return Generated.change("ANALYZE", dice.pick("ANALYZE ", "VACUUM ") + table.name());
  }

  private String insert(Table table) {
    String id = Integer.toString(dice.between(1, 60));
    List<Column> columns = table.columns();
    StringBuilder sql = new StringBuilder("INSERT INTO " + table.name());
    if (dice.percent(40)) {
      sql.append(" VALUES ").append(row(table, id, 25));
      if (dice.percent(30)) {
        sql.append(", ").append(row(table, Integer.toString(dice.between(30, 90)), 25));
      }
    } else if (dice.percent(50)) {
      List<Column> some = columns.subList(0, dice.between(1, columns.size()));
      sql.append(" (").append(names(some)).append(") SELECT ");
      Expressions constants = new Expressions(dice, List.of(), null);
      List<String> values = new ArrayList<>(List.of(id));
      some.stream().skip(1).forEach(column -> values.add(constants.of(column.type())));
      sql.append(String.join(", ", values));
    } else {
      Table from = dice.pick(tables);
      Expressions read = new Expressions(dice, from.columns(), null);
      List<Column> some = columns.subList(0, dice.between(1, columns.size()));
      List<String> values = new ArrayList<>(List.of("id + " + dice.pick("0", "40", "1000")));
      some.stream().skip(1).forEach(column -> values.add(read.of(column.type())));
      sql.append(" (").append(names(some)).append(") SELECT ").append(String.join(", ", values));
      sql.append(" FROM ").append(from.name()).append(" WHERE ").append(read.bool());
    }
    Expressions own = new Expressions(dice, columns, null);
    if (dice.percent(35)) {
      Column set = dice.pick(columns.subList(1, columns.size()));
      sql.append(
          dice.percent(50)
              ? " ON CONFLICT DO NOTHING"
              : " ON CONFLICT (id) DO UPDATE SET "
                  + set.name()
                  + " = "
                  + dice.pick(
                      "EXCLUDED." + set.name(), table.name() + "." + set.name(), "DEFAULT"));
    }
    return sql + returning(own);
  }

  private static String names(List<Column> columns) {
    return String.join(", ", columns.stream().map(Column::name).toList());
  }

  private String returning(Expressions own) {
    return switch (dice.below(4)) {
      case 0 -> " RETURNING *";
      case 1 -> " RETURNING id, " + own.of(own.anyType());
      default -> "";
    };
  }

  private String update(Table table) {
    List<Column> own = table.columns();
    Column set = dice.pick(own.subList(1, own.size()));
    if (dice.percent(25)) {
      Table other = dice.pick(tables);
      List<Column> both = new ArrayList<>();
      own.forEach(column -> both.add(column.of("t")));
      other.columns().forEach(column -> both.add(column.of("o")));
      Expressions read = new Expressions(dice, both, null);
      return "UPDATE "
          + table.name()
          + " AS t SET "
          + set.name()
          + " = "
          + read.of(set.type())
          + " FROM "
          + other.name()
          + " AS o WHERE o.id = t.id AND "
          + read.bool()
          + (dice.percent(30) ? " RETURNING t.*, o.id" : "");
    }
    Expressions read = new Expressions(dice, own, new Queries(dice, tables));
    String sets = set.name() + " = " + (dice.percent(8) ? "DEFAULT" : read.of(set.type()));
    Column second = dice.pick(own.subList(1, own.size()));
    if (!second.equals(set) && dice.percent(30)) {
      sets += ", " + second.name() + " = " + read.of(second.type());
    }
    return "UPDATE "
        + table.name()
        + " SET "
        + sets
        + " WHERE "
        + (dice.percent(40) ? "id = " + dice.between(1, 30) : read.bool())
        + returning(new Expressions(dice, own, null));
  }

  private String delete(Table table) {
    Expressions own = new Expressions(dice, table.columns(), null);
    if (dice.percent(20)) {
      Table other = dice.pick(tables);
      List<Column> both = new ArrayList<>();
      table.columns().forEach(column -> both.add(column.of("t")));
      other.columns().forEach(column -> both.add(column.of("o")));
      return "DELETE FROM "
          + table.name()
          + " AS t USING "
          + other.name()
          + " AS o WHERE o.id = t.id AND t.id % 5 = 1 AND "
          + new Expressions(dice, both, null).bool()
          + (dice.percent(30) ? " RETURNING t.id" : "");
    }
    return "DELETE FROM "
        + table.name()
        + " WHERE id % 7 = "
        + dice.below(7)
        + " AND "
        + own.bool()
        + returning(own);
  }
}
