package dev.lifeline.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The views of `information_schema` that tell of constraints.
final class InformationSchemaConstraints {
  private InformationSchemaConstraints() {}

  static List<Consumer<VirtualRow>> tableConstraints(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    String database = InformationSchema.database(session);
    for (Relation relation : InformationSchema.relations(session)) {
      for (Relation.Constraint constraint : relation.constraints()) {
        rows.add(row -> constraint(row, database, relation, constraint));
      }
    }
    return rows;
  }

  private static void constraint(
      VirtualRow row, String database, Relation relation, Relation.Constraint constraint) {
    ForeignKey key = constraint.foreignKey();
    row.set("constraint_catalog", database)
        .set("constraint_schema", relation.namespace())
        .set("constraint_name", constraint.name())
        .set("table_catalog", database)
        .set("table_schema", relation.namespace())
        .set("table_name", relation.name())
        .set(
            "constraint_type",
            switch (constraint.type()) {
              case 'p' -> "PRIMARY KEY";
              case 'u' -> "UNIQUE";
              case 'f' -> "FOREIGN KEY";
              default -> "CHECK";
            })
        .set("is_deferrable", InformationSchema.yesNo(key != null && key.deferrable()))
        .set("initially_deferred", InformationSchema.yesNo(key != null && key.deferred()))
        .set("enforced", "YES");
    if (constraint.type() == 'u') {
      row.set("nulls_distinct", "YES");
    }
  }

  static List<Consumer<VirtualRow>> keyColumns(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    String database = InformationSchema.database(session);
    for (Relation relation : InformationSchema.relations(session)) {
      for (Relation.Constraint constraint : relation.constraints()) {
        for (int i = 0; constraint.type() != 'c' && i < constraint.columns().size(); i++) {
          int position = i + 1;
          int referenced = referencedPosition(session, constraint, i);
          String column = relation.column(constraint.columns().get(i)).name();
          rows.add(row -> {
            row.set("constraint_catalog", database)
                .set("constraint_schema", relation.namespace())
                .set("constraint_name", constraint.name())
                .set("table_catalog", database)
                .set("table_schema", relation.namespace())
                .set("table_name", relation.name())
                .set("column_name", column)
                .set("ordinal_position", position);
            if (referenced > 0) {
              row.set("position_in_unique_constraint", referenced);
            }
          });
        }
      }
    }
    return rows;
  }

  /// Which column of the index it is that a foreign key's column refers to; 0 for other
  /// constraints.
  private static int referencedPosition(
      BackendCatalog session, Relation.Constraint constraint, int column) {
    ForeignKey key = constraint.foreignKey();
    Relation referenced = key == null ? null : session.byOid(key.referencedOid());
    if (key == null || referenced == null) {
      return 0;
    }
    for (Relation.Index index : referenced.indexes()) {
      for (int i = 0; index.oid() == key.indexOid() && i < index.keys().size(); i++) {
        if (index.keys().get(i).attnum() == key.referencedColumns().get(column)) {
          return i + 1;
        }
      }
    }
    return 0;
  }

  /// The columns that constraints are about: of a foreign key those that it refers to. Told to
  /// their owner only.
  static List<Consumer<VirtualRow>> columnUsage(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (Relation relation : InformationSchema.relations(session)) {
      for (Relation.Constraint constraint : relation.constraints()) {
        ForeignKey key = constraint.foreignKey();
        Relation target = key == null ? relation : session.byOid(key.referencedOid());
        if (target == null || !session.rights().actsAs(target.owner())) {
          continue;
        }
        for (int attnum : key == null ? constraint.columns() : key.referencedColumns()) {
          rows.add(row -> usage(row, session, relation, constraint, target, attnum));
        }
      }
    }
    return rows;
  }

  private static void usage(
      VirtualRow row,
      BackendCatalog session,
      Relation relation,
      Relation.Constraint constraint,
      Relation target,
      int attnum) {
    String database = InformationSchema.database(session);
    row.set("table_catalog", database)
        .set("table_schema", target.namespace())
        .set("table_name", target.name())
        .set("column_name", target.column(attnum).name())
        .set("constraint_catalog", database)
        .set("constraint_schema", relation.namespace())
        .set("constraint_name", constraint.name());
  }

  static List<Consumer<VirtualRow>> referentialConstraints(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (Relation relation : InformationSchema.relations(session)) {
      for (ForeignKey key : relation.foreignKeys()) {
        rows.add(row -> referential(row, session, relation, key));
      }
    }
    return rows;
  }

  private static void referential(
      VirtualRow row, BackendCatalog session, Relation relation, ForeignKey key) {
    String database = InformationSchema.database(session);
    row.set("constraint_catalog", database)
        .set("constraint_schema", relation.namespace())
        .set("constraint_name", key.name())
        .set("match_option", key.match() == ForeignKey.MATCH_FULL ? "FULL" : "NONE")
        .set("update_rule", DefinitionTexts.action(key.onUpdate()))
        .set("delete_rule", DefinitionTexts.action(key.onDelete()));
    Relation referenced = session.byOid(key.referencedOid());
    if (referenced == null) {
      return;
    }
    for (Relation.Constraint unique : referenced.constraints()) {
      if (unique.indexOid() == key.indexOid()) {
        row.set("unique_constraint_catalog", database)
            .set("unique_constraint_schema", referenced.namespace())
            .set("unique_constraint_name", unique.name());
      }
    }
  }
}
