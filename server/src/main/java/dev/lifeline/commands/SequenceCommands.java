package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.DependencyWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SequenceWriter;
import dev.lifeline.catalog.Sequences;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.parser.tree.AlterSeqStmt;
import dev.lifeline.parser.tree.CreateSeqStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;

/// CREATE SEQUENCE and ALTER SEQUENCE.
final class SequenceCommands {
  private final CommandContext context;
  private final BackendCatalog catalog;

  SequenceCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(CreateSeqStmt statement, Steps steps) {
    RangeVar name = statement.sequence();
    int namespace = context.placement(name).namespace();
    if (new CreateTable(context).exists(name, namespace, statement.ifNotExists(), steps)) {
      return "CREATE SEQUENCE";
    }
    SequenceOptions options = new SequenceOptions(statement.options());
    CatalogWriter writer = context.writer(steps);
    int oid =
        new SequenceWriter(writer)
            .create(
                name.relname(), namespace, catalog.userOid(), options.definition(null, Types.INT8));
    own(writer, oid, options);
    writer.endCommandWithNames(false);
    return "CREATE SEQUENCE";
  }

  String prepare(AlterSeqStmt statement, Steps steps) {
    RangeVar name = statement.sequence();
    context.checkDatabase(name);
    if (statement.missingOk() && catalog.find(name.schemaname(), name.relname()) == null) {
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "relation \"%s\" does not exist, skipping",
          name.relname());
      return "ALTER SEQUENCE";
    }
    Relation sequence =
        catalog.open(
            name.schemaname(), name.relname(), name.location(), LockMode.SHARE_ROW_EXCLUSIVE);
    if (sequence.kind() != RelKind.SEQUENCE) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a sequence", sequence.name());
    }
    catalog.rights().checkOwner(sequence);
    SequenceOptions options = new SequenceOptions(statement.options());
    CatalogWriter writer = context.writer(steps);
    change(writer, sequence, options, Types.INT8);
    if (options.ownedBy() != null) {
      new DependencyWriter(writer).removeFrom(SystemOids.PG_CLASS, sequence.oid());
      own(writer, sequence.oid(), options);
    }
    writer.endCommandWithNames(false);
    return "ALTER SEQUENCE";
  }

  /// Adds the steps that give a sequence what the options say.
  ///
  /// @param typeOid what it counts in where they say nothing
  static void change(
      CatalogWriter writer, Relation sequence, SequenceOptions options, int typeOid) {
    Sequences.Definition definition =
        options.definition(writer.catalog().sequences().definition(sequence.oid()), typeOid);
    SequenceWriter sequences = new SequenceWriter(writer);
    sequences.change(sequence.oid(), definition);
    Long restart = options.restart(definition.start());
    if (restart != null) {
      checkRestart(restart, definition);
      sequences.restart(sequence, restart);
    }
  }

  private static void checkRestart(long restart, Sequences.Definition definition) {
    if (restart < definition.min() || restart > definition.max()) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          restart < definition.min()
              ? "RESTART value (%d) cannot be less than MINVALUE (%d)"
              : "RESTART value (%d) cannot be greater than MAXVALUE (%d)",
          restart,
          restart < definition.min() ? definition.min() : definition.max());
    }
  }

  /// Notes the column of OWNED BY: the sequence goes with it.
  private void own(CatalogWriter writer, int oid, SequenceOptions options) {
    List<String> names = options.ownedBy();
    if (names == null || names.equals(List.of("none"))) {
      return;
    }
    if (names.size() < 2) {
      throw PgException.error(SqlState.SYNTAX_ERROR, "invalid OWNED BY option")
          .hint("Specify OWNED BY table.column or OWNED BY NONE.");
    }
    String schema = names.size() > 2 ? names.get(names.size() - 3) : null;
    Relation table = catalog.open(schema, names.get(names.size() - 2), -1, LockMode.ACCESS_SHARE);
    Relation.Column column = table.requireColumn(names.getLast());
    catalog.rights().checkOwner(table);
    Dependents.add(writer, oid, table.oid(), column.attnum(), 'a');
  }
}
