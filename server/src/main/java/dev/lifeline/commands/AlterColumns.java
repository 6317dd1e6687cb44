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
    boolean generated = column.generated != 0;
    String source =
        generated
            ? generationSource(relation, column, number)
            : fromSequence != null ? fromSequence : expressions.defaultSource(column);
    String missing = source == null || empty || generated ? null : expressions.missingText(column);
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
                column.generated));
    sequences.own(relation.oid());
    writer.endCommandWithNames(false);
    boolean nullsPossible = column.notNull && missing == null && !empty && !generated;
    int attnum = relation.columns().size() + 1;
    if (generated && !empty) {
      writer.steps().add(() -> computeAll(writer, relation.oid(), attnum));
    }
    writer.steps().add(() -> finishAdd(writer, relation.oid(), definition, nullsPossible, attnum));
  }

  private String generationSource(Relation relation, TableDefinition.Column column, int attnum) {
    Relation.Column itself =
        new Relation.Column(
            column.name,
            attnum,
            column.type.oid(),
            column.typmod,
            column.notNull,
            null,
            null,
            false,
            column.type.storage(),
            '\0',
            column.generated);
    List<Relation.Column> columns = new ArrayList<>(relation.columns());
    columns.add(itself);
    return new DefinitionExpressions(context)
        .generationSource(
            Objects.requireNonNull(column.defaultExpr), itself, relation.name(), columns);
  }

  /// The rows that are there get their values of a generated column.
  private void computeAll(CatalogWriter writer, int oid, int attnum) {
    Relation relation = Objects.requireNonNull(catalog.byOid(oid));
    new AlterColumnType(context)
        .rewrite(
            writer,
            relation,
            attnum,
            new DefinitionExpressions(context).generation(relation, relation.column(attnum)));
  }

  /// ALTER COLUMN ... DROP EXPRESSION: the column keeps its values, and is one as others.
  void dropExpression(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Column column = AlterTable.column(relation, command);
    if (!column.isGenerated()) {
      String message = "column \"%s\" of relation \"%s\" is not a stored generated column";
      if (!command.missingOk()) {
        throw PgException.error(
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, message, column.name(), relation.name());
      }
      context.notice(
          writer.steps(),
          SqlState.SUCCESSFUL_COMPLETION,
          message + ", skipping",
          column.name(),
          relation.name());
      return;
    }
    RelationWriter relations = new RelationWriter(writer);
    relations.setDefault(relation.oid(), column.attnum(), null);
    writer.endCommand();
    relations.updateAttribute(relation.oid(), column.attnum(), row -> row.set("attgenerated", 0));
    writer.endCommand(relation.oid());
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
    dropGenerated(writer, relation, column, cascade);
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

  /// The columns that are computed from one go along with it, if they are to.
  private void dropGenerated(
      CatalogWriter writer, Relation relation, Relation.Column column, boolean cascade) {
    List<String> dependents =
        new DefinitionExpressions(context)
            .generatedFrom(relation, column).stream()
                .map(other -> "column " + other.name() + " of table " + relation.name())
                .toList();
    if (dependents.isEmpty()) {
      return;
    }
    if (!cascade) {
      String object = "column " + column.name() + " of table " + relation.name();
      throw DropCommands.dependentsStillExist(
          object, dependents.stream().map(other -> other + " depends on " + object).toList());
    }
    PgException notice = DependentKeys.cascades(dependents);
    writer.steps().add(() -> context.session().notice(notice));
    for (Relation.Column other :
        new DefinitionExpressions(context).generatedFrom(relation, column)) {
      drop(writer, relation, other, true);
    }
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
