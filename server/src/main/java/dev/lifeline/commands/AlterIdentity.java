package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.parser.tree.AlterTableCmd;
import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// ALTER TABLE ... ALTER COLUMN ... ADD GENERATED AS IDENTITY, SET GENERATED and the sequence's
/// options, DROP IDENTITY.
final class AlterIdentity {
  private final CommandContext context;
  private final BackendCatalog catalog;

  AlterIdentity(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  void apply(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Column column = AlterTable.column(relation, command);
    switch (command.subtype()) {
      case ADD_IDENTITY -> add(writer, relation, column, command);
      case SET_IDENTITY -> set(writer, relation, column, command);
      case DROP_IDENTITY -> drop(writer, relation, column, command);
      default -> throw new IllegalStateException(command.subtype().name());
    }
  }

  private static PgException error(String message, Relation relation, Relation.Column column) {
    return PgException.error(
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, message, column.name(), relation.name());
  }

  private void add(
      CatalogWriter writer, Relation relation, Relation.Column column, AlterTableCmd command) {
    TableDefinition.checkIdentityType(column.typeOid());
    if (!column.notNull()) {
      throw error(
          "column \"%s\" of relation \"%s\" must be declared NOT NULL before identity can be added",
          relation, column);
    }
    if (column.identity() != 0) {
      throw error(
          "column \"%s\" of relation \"%s\" is already an identity column", relation, column);
    }
    if (column.defaultSource() != null) {
      throw error("column \"%s\" of relation \"%s\" already has a default value", relation, column);
    }
    Constraint constraint = (Constraint) Objects.requireNonNull(command.def());
    new OwnedSequences(context, writer, relation.namespaceOid())
        .addTo(relation, column, constraint.options());
    mark(writer, relation, column, constraint.generatedAlways() ? 'a' : 'd');
  }

  private static void mark(
      CatalogWriter writer, Relation relation, Relation.Column column, char identity) {
    new RelationWriter(writer)
        .updateAttribute(relation.oid(), column.attnum(), row -> row.set("attidentity", identity));
    writer.endCommandWithNames(false);
  }

  private void set(
      CatalogWriter writer, Relation relation, Relation.Column column, AlterTableCmd command) {
    if (column.identity() == 0) {
      throw error("column \"%s\" of relation \"%s\" is not an identity column", relation, column);
    }
    List<DefElem> options = new ArrayList<>();
    char identity = column.identity();
    for (Object option : ((NodeList) Objects.requireNonNull(command.def())).items()) {
      DefElem one = (DefElem) option;
      if (one.defname().equals("generated") && one.arg() instanceof Value.Int kind) {
        identity = (char) kind.value();
      } else {
        options.add(one);
      }
    }
    Relation sequence =
        new Dependents(catalog).ownedSequences(relation.oid(), column.attnum()).getFirst();
    if (!options.isEmpty()) {
      SequenceCommands.change(writer, sequence, new SequenceOptions(options), column.typeOid());
    }
    mark(writer, relation, column, identity);
  }

  private void drop(
      CatalogWriter writer, Relation relation, Relation.Column column, AlterTableCmd command) {
    if (column.identity() == 0) {
      if (!command.missingOk()) {
        throw error("column \"%s\" of relation \"%s\" is not an identity column", relation, column);
      }
      context.notice(
          writer.steps(),
          SqlState.SUCCESSFUL_COMPLETION,
          "column \"%s\" of relation \"%s\" is not an identity column, skipping",
          column.name(),
          relation.name());
      return;
    }
    for (Relation sequence :
        new Dependents(catalog).ownedSequences(relation.oid(), column.attnum())) {
      new RelationWriter(writer).drop(sequence);
    }
    mark(writer, relation, column, '\0');
  }
}
