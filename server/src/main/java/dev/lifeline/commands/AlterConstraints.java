package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.ForeignKeyWriter;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.parser.tree.AlterTableCmd;
import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// ALTER TABLE ... DROP, VALIDATE and ALTER CONSTRAINT.
final class AlterConstraints {
  private final CommandContext context;
  private final BackendCatalog catalog;

  AlterConstraints(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  private static Relation.@Nullable Constraint find(Relation relation, @Nullable String name) {
    for (Relation.Constraint constraint : relation.constraints()) {
      if (constraint.name().equals(name)) {
        return constraint;
      }
    }
    return null;
  }

  private static PgException missing(Relation relation, @Nullable String name) {
    return PgException.error(
        SqlState.UNDEFINED_OBJECT,
        "constraint \"%s\" of relation \"%s\" does not exist",
        name,
        relation.name());
  }

  void drop(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Constraint constraint = find(relation, command.name());
    if (constraint != null) {
      drop(writer, relation, constraint, AlterTable.cascades(command));
      return;
    }
    if (!command.missingOk()) {
      throw missing(relation, command.name());
    }
    context.notice(
        writer.steps(),
        SqlState.SUCCESSFUL_COMPLETION,
        "constraint \"%s\" of relation \"%s\" does not exist, skipping",
        String.valueOf(command.name()),
        relation.name());
  }

  private void drop(
      CatalogWriter writer, Relation relation, Relation.Constraint constraint, boolean cascade) {
    if (constraint.indexOid() != 0) {
      new DependentKeys(context)
          .dropWith(
              writer,
              DependentKeys.ofIndex(relation, constraint.indexOid()),
              cascade,
              "constraint " + constraint.name() + " on table " + relation.name(),
              "index " + constraint.name());
    }
    remove(writer, relation, constraint);
    writer.endCommandWithNames(false);
  }

  /// Drops a constraint that nothing depends on any more.
  void remove(CatalogWriter writer, Relation relation, Relation.Constraint constraint) {
    ForeignKey key = constraint.foreignKey();
    if (key != null) {
      new DependentKeys(context).lock(List.of(key));
      new ForeignKeyWriter(writer).drop(key);
      return;
    }
    new IndexWriter(writer).dropConstraint(relation, constraint);
    if (constraint.type() == 'c') {
      new RelationWriter(writer)
          .updateClass(
              relation.oid(), row -> row.set("relchecks", (long) row.integer("relchecks") - 1));
    }
  }

  void validate(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Constraint constraint = find(relation, command.name());
    if (constraint == null) {
      throw missing(relation, command.name());
    }
    ForeignKey key = constraint.foreignKey();
    if (key == null) {
      if (constraint.type() != 'c') {
        throw PgException.error(
            SqlState.WRONG_OBJECT_TYPE,
            "constraint \"%s\" of relation \"%s\" is not a foreign key or check constraint",
            constraint.name(),
            relation.name());
      }
      return;
    }
    if (!key.validated()) {
      catalog.reopen(key.referencedOid(), LockMode.ROW_SHARE);
      writer.steps().add(new ValidateForeignKey(context, key));
      new ForeignKeyWriter(writer).setValidated(key);
    }
  }

  void alter(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Constraint wanted = (Constraint) Objects.requireNonNull(command.def());
    Relation.Constraint constraint = find(relation, wanted.conname());
    if (constraint == null) {
      throw missing(relation, wanted.conname());
    }
    ForeignKey key = constraint.foreignKey();
    if (key == null) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE,
          "constraint \"%s\" of relation \"%s\" is not a foreign key constraint",
          constraint.name(),
          relation.name());
    }
    if (key.deferrable() != wanted.deferrable() || key.deferred() != wanted.initdeferred()) {
      catalog.reopen(key.referencedOid(), LockMode.SHARE_ROW_EXCLUSIVE);
      new ForeignKeyWriter(writer).setDeferrable(key, wanted.deferrable(), wanted.initdeferred());
    }
  }
}
