package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.parser.tree.AlterTableCmd;
import dev.lifeline.parser.tree.ColumnDef;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// ALTER TABLE ... ADD COLUMN and DROP COLUMN. Neither touches the stored rows: those that are
/// older than a column read as what its default was then.
final class AlterColumns {
  private final CommandContext context;
  private final BackendCatalog catalog;

  AlterColumns(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  void add(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    ColumnDef def = (ColumnDef) Objects.requireNonNull(command.def());
    if (relation.column(def.colname()) != null) {
      if (!command.missingOk()) {
        throw duplicate(def.colname(), relation.name());
      }
      context.notice(
          writer.steps(),
          SqlState.DUPLICATE_COLUMN,
          "column \"%s\" of relation \"%s\" already exists, skipping",
          def.colname(),
          relation.name());
      return;
    }
    if (relation.columns().size() >= TableDefinition.COLUMNS_MAX) {
      throw PgException.error(
          SqlState.TOO_MANY_COLUMNS,
          "tables can have at most %d columns",
          TableDefinition.COLUMNS_MAX);
    }
    TableDefinition definition = new TableDefinition(relation.name(), catalog);
    definition.addColumn(def);
    TableDefinition.Column column = definition.columns().getFirst();
    boolean empty = catalog.table(relation).blocks() == 0;
    DefinitionExpressions expressions = new DefinitionExpressions(context);
    if ((column.serial || column.identity != 0) && !empty) {
      throw PgException.notSupported("adding a serial or identity column to a table with rows")
          .at(column.location);
    }
    OwnedSequences sequences = new OwnedSequences(context, writer, relation.namespaceOid());
    int number = relation.columns().size() + 1;
    String fromSequence = sequences.defaultFor(relation.name(), column, number);
    String source = fromSequence != null ? fromSequence : expressions.defaultSource(column);
    String missing = source == null || empty ? null : expressions.missingText(column);
    new RelationWriter(writer)
        .addColumn(
            relation,
            new RelationWriter.ColumnSpec(
                column.name,
                column.type,
                column.typmod,
                column.notNull,
                source,
                missing,
                column.identity,
                '\0'));
    sequences.own(relation.oid());
    writer.endCommandWithNames(false);
    boolean nullsPossible = column.notNull && missing == null && !empty;
    int attnum = relation.columns().size() + 1;
    writer.steps().add(() -> finishAdd(writer, relation.oid(), definition, nullsPossible, attnum));
  }

  static PgException duplicate(String column, String relation) {
    return PgException.error(
        SqlState.DUPLICATE_COLUMN,
        "column \"%s\" of relation \"%s\" already exists",
        column,
        relation);
  }

  /// The table has the column: what its definition asks for besides.
  private void finishAdd(
      CatalogWriter writer,
      int oid,
      TableDefinition definition,
      boolean nullsPossible,
      int attnum) {
    Relation relation = Objects.requireNonNull(catalog.byOid(oid));
    if (nullsPossible) {
      writer.steps().add(new ValidateTable(context, relation, List.of(attnum), "", null));
    }
    new AlterTable(context).addConstraints(writer, relation, definition, false);
  }

  void drop(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    if (command.missingOk() && relation.column(String.valueOf(command.name())) == null) {
      context.notice(
          writer.steps(),
          SqlState.SUCCESSFUL_COMPLETION,
          "column \"%s\" of relation \"%s\" does not exist, skipping",
          String.valueOf(command.name()),
          relation.name());
      return;
    }
    drop(writer, relation, AlterTable.column(relation, command), AlterTable.cascades(command));
  }

  /// Adds the steps that drop a column, and what is over it.
  void drop(CatalogWriter writer, Relation relation, Relation.Column column, boolean cascade) {
    refuseDependentViews(relation, column, cascade);
    RelationWriter relations = new RelationWriter(writer);
    String object = "column " + column.name() + " of table " + relation.name();
    new DependentKeys(context)
        .dropWith(
            writer, DependentKeys.ofColumn(relation, column.attnum()), cascade, object, object);
    List<Integer> droppedIndexes = new ArrayList<>();
    for (Relation.Constraint constraint : relation.constraints()) {
      if (constraint.columns().contains(column.attnum())) {
        new AlterConstraints(context).remove(writer, relation, constraint);
        droppedIndexes.add(constraint.indexOid());
      }
    }
    for (Relation.Index index : relation.indexes()) {
      if (!droppedIndexes.contains(index.oid())
          && new DefinitionExpressions(context).uses(relation, index, column)) {
        relations.dropIndex(relation.oid(), index);
      }
    }
    for (Relation sequence :
        new Dependents(catalog).ownedSequences(relation.oid(), column.attnum())) {
      relations.drop(sequence);
    }
    relations.dropColumn(relation.oid(), column.attnum());
    writer.endCommandWithNames(false);
  }

  private void refuseDependentViews(Relation relation, Relation.Column column, boolean cascade) {
    List<Relation> views = new Dependents(catalog).ofColumn(relation, column.attnum());
    if (!views.isEmpty()) {
      if (cascade) {
        throw PgException.notSupported("DROP COLUMN ... CASCADE of a column that views use");
      }
      throw PgException.error(
              SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
              "cannot drop column %s of table %s because other objects depend on it",
              column.name(),
              relation.name())
          .detail(
              "view %s depends on column %s of table %s",
              views.getFirst().name(), column.name(), relation.name())
          .hint("Use DROP ... CASCADE to drop the dependent objects too.");
    }
  }
}
