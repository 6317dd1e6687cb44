package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.DefinitionText;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.utils.adt.EvalContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// Writes the definitions over a table's columns anew when one of these gets another name: checks,
/// what generated columns are computed from, expressions and conditions of indexes, and the
/// conditions of publications. The catalogs keep them as texts, which name the columns.
final class RenamedColumn {
  private static final int RANGE = 1;

  private final BackendCatalog catalog;
  private final EvalContext eval;
  private final Relation table;

  /// The table as it will be.
  private final Relation renamed;

  RenamedColumn(CommandContext context, Relation table, Relation.Column column, String newName) {
    this.catalog = context.catalog();
    this.eval = context.session().evalContext();
    this.table = table;
    List<Relation.Column> columns = new ArrayList<>(table.columns());
    columns.set(column.attnum() - 1, column.withName(newName));
    this.renamed = DefinitionExpressions.table(table.name(), columns);
  }

  private String written(Expression expr) {
    return DefinitionText.of(expr, renamed, eval);
  }

  /// Adds the steps that store the texts.
  void rewrite(CatalogWriter writer) {
    for (Relation.Constraint constraint : table.constraints()) {
      String source = constraint.checkSource();
      if (source != null) {
        CatalogRow row =
            catalog.reader().one("pg_constraint", "pg_constraint_oid_index", constraint.oid());
        Expression expr = Analyzer.tableExpression(source, table, RANGE, catalog, eval);
        writer.update(Objects.requireNonNull(row).copy().set("conbin", written(expr)));
      }
    }
    table.indexes().stream().filter(index -> !index.isPlain()).forEach(i -> index(writer, i));
    for (Relation.Column column : table.columns()) {
      if (column.isGenerated() && !column.dropped()) {
        generated(writer, column);
      }
    }
    publications(writer);
  }

  private void index(CatalogWriter writer, Relation.Index index) {
    CatalogRow row = catalog.reader().one("pg_index", "pg_index_indexrelid_index", index.oid());
    CatalogRow changed = Objects.requireNonNull(row).copy();
    String expressions =
        index.keys().stream()
            .map(Relation.IndexKey::expression)
            .filter(Objects::nonNull)
            .map(
                key -> written(Analyzer.indexExpression(key.source(), table, RANGE, catalog, eval)))
            .collect(Collectors.joining(", "));
    if (!expressions.isEmpty()) {
      changed.set("indexprs", expressions);
    }
    String predicate = index.predicate();
    if (predicate != null) {
      changed.set(
          "indpred", written(Analyzer.indexPredicate(predicate, table, RANGE, catalog, eval)));
    }
    writer.update(changed);
  }

  private void generated(CatalogWriter writer, Relation.Column column) {
    CatalogRow row =
        catalog
            .reader()
            .one("pg_attrdef", "pg_attrdef_adrelid_adnum_index", table.oid(), column.attnum());
    Expression expr = Analyzer.generationExpression(table, column, RANGE, catalog, eval);
    writer.update(Objects.requireNonNull(row).copy().set("adbin", written(expr)));
  }

  private void publications(CatalogWriter writer) {
    for (CatalogRow row :
        catalog
            .reader()
            .scan(
                "pg_publication_rel",
                r -> r.oid("prrelid") == table.oid() && !r.isNull("prqual"))) {
      Expression filter =
          Analyzer.publicationFilter(
              Parser.parseExpression(row.text("prqual")), table, RANGE, catalog, eval);
      writer.update(row.copy().set("prqual", written(filter)));
    }
  }
}
