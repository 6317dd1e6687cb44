package dev.lifeline.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The views over what the session itself has open: `pg_cursors`, `pg_prepared_statements`.
final class SessionViews {
  private SessionViews() {}

  static void register(VirtualTables tables) {
    tables.register("pg_cursors", new BuiltTable("pg_cursors", SessionViews::cursors));
    tables.register(
        "pg_prepared_statements", new BuiltTable("pg_prepared_statements", SessionViews::prepared));
  }

  private static List<Consumer<VirtualRow>> cursors(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (SessionStatements.Cursor cursor : session.client().statements().cursors()) {
      rows.add(row -> {
        row.set("name", cursor.name())
            .set("statement", cursor.statement())
            .set("is_holdable", cursor.holdable())
            .set("is_binary", cursor.binary())
            .set("is_scrollable", cursor.scrollable());
        RelationStatisticsViews.time(row, "creation_time", cursor.creationMicros());
      });
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> prepared(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (SessionStatements.Prepared prepared : session.client().statements().prepared()) {
      rows.add(row -> {
        row.set("name", prepared.name())
            .set("statement", prepared.statement())
            .set("parameter_types", prepared.parameterTypes())
            .set("from_sql", prepared.fromSql())
            .set("generic_plans", 0)
            .set("custom_plans", 0);
        RelationStatisticsViews.time(row, "prepare_time", prepared.prepareMicros());
      });
    }
    return rows;
  }
}
