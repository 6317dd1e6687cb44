package dev.lifeline.commands;

import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.parser.tree.ReplicaIdentityStmt;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import org.jspecify.annotations.Nullable;

/// ALTER TABLE ... REPLICA IDENTITY: what subscribers know a row by that is replaced or deleted.
final class ReplicaIdentity {
  private ReplicaIdentity() {}

  static void set(CatalogWriter writer, Relation relation, ReplicaIdentityStmt statement) {
    char identity =
        switch (statement.identityType()) {
          case DEFAULT -> 'd';
          case FULL -> 'f';
          case NOTHING -> 'n';
          case INDEX -> 'i';
        };
    Relation.Index chosen = identity == 'i' ? index(relation, statement) : null;
    new RelationWriter(writer)
        .updateClass(relation.oid(), row -> row.set("relreplident", (long) identity));
    writer.steps().add(() -> mark(writer, relation, chosen));
    writer.endCommand(relation.oid());
  }

  private static void mark(
      CatalogWriter writer, Relation relation, Relation.@Nullable Index chosen) {
    for (CatalogRow row :
        writer.catalog().reader().rows("pg_index", "pg_index_indrelid_index", relation.oid())) {
      boolean wanted = chosen != null && row.oid("indexrelid") == chosen.oid();
      if (row.bool("indisreplident") != wanted) {
        writer.update(row.copy().set("indisreplident", wanted));
      }
    }
  }

  private static Relation.Index index(Relation relation, ReplicaIdentityStmt statement) {
    for (Relation.Index index : relation.indexes()) {
      if (index.name().equals(statement.name())) {
        check(relation, index);
        return index;
      }
    }
    throw PgException.error(
        SqlState.UNDEFINED_OBJECT,
        "index \"%s\" for table \"%s\" does not exist",
        statement.name(),
        relation.name());
  }

  private static void check(Relation relation, Relation.Index index) {
    if (!index.unique()) {
      throw refused("cannot use non-unique index \"%s\" as replica identity", index);
    }
    if (index.keys().stream().anyMatch(key -> key.expression() != null)) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "cannot use expression index \"%s\" as replica identity",
          index.name());
    }
    if (index.predicate() != null) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "cannot use partial index \"%s\" as replica identity",
          index.name());
    }
    if (!index.valid()) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "cannot use invalid index \"%s\" as replica identity",
          index.name());
    }
    for (Relation.IndexKey key : index.keys()) {
      Relation.Column column = relation.column(key.attnum());
      if (!column.notNull()) {
        throw PgException.error(
            SqlState.WRONG_OBJECT_TYPE,
            "index \"%s\" cannot be used as replica identity because column \"%s\" is nullable",
            index.name(),
            column.name());
      }
    }
  }

  private static PgException refused(String message, Relation.Index index) {
    return PgException.error(SqlState.WRONG_OBJECT_TYPE, message, index.name());
  }
}
