package dev.lifeline.commands;

import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Stores check constraints.
final class CheckConstraints {
  private final CommandContext context;
  private final CatalogWriter writer;

  CheckConstraints(CommandContext context, CatalogWriter writer) {
    this.context = context;
    this.writer = writer;
  }

  /// Adds the steps that store the constraints of a table.
  ///
  /// @param existing those that it has already
  void create(
      int tableOid,
      String table,
      int namespace,
      List<Relation.Column> columns,
      List<TableDefinition.Check> checks,
      List<Relation.Constraint> existing) {
    Set<String> taken = new HashSet<>();
    existing.forEach(constraint -> taken.add(constraint.name()));
    DefinitionExpressions expressions = new DefinitionExpressions(context);
    for (TableDefinition.Check check : checks) {
      DefinitionExpressions.Check checked = expressions.check(check.expr(), table, columns);
      List<Integer> used = checked.columns();
      String name = check.name();
      if (name == null) {
        String column = used.size() == 1 ? columns.get(used.getFirst() - 1).name() : "";
        name = ObjectNames.choose(table, column, "check", taken::contains);
      } else if (taken.contains(name)) {
        throw PgException.error(
            SqlState.DUPLICATE_OBJECT,
            "constraint \"%s\" for relation \"%s\" already exists",
            name,
            table);
      }
      taken.add(name);
      new IndexWriter(writer)
          .createConstraint(tableOid, namespace, name, 'c', used, checked.source(), 0);
    }
  }
}
