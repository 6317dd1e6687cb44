package dev.lifeline.executor;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.DefinitionDeparser;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.func.FunctionDefaults;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.PgProc;
import org.jspecify.annotations.Nullable;

/// Writes the definitions that the catalogs keep as PostgreSQL tells them: reads the text, analyzes
/// it, and writes what was found.
public final class RuleDefinitions implements DefinitionDeparser {
  /// By which number the columns of a table are known in an expression over it.
  private static final int RANGE = 1;

  /// How a literal of type regclass or one of its kin ends.
  private static final String NAME_LITERAL = "'::reg";

  @Override
  public String view(BackendCatalog catalog, Relation view, boolean pretty, int wrapColumn) {
    EvalContext context = catalog.client().evalContext();
    String source = view.viewQuery();
    if (context == null || source == null) {
      return STORED.view(catalog, view, pretty, wrapColumn);
    }
    if (!(Parser.parse(source).getFirst().stmt() instanceof SelectStmt select)) {
      throw new IllegalStateException("the query of view " + view.name());
    }
    Analyzer.ViewDefinition definition = Analyzer.viewDefinition(select, catalog, context);
    RuleText text = new RuleText(pretty, true, wrapColumn);
    try {
      new RuleQueries(definition.names(), context, text)
          .query(
              definition.query(),
              view.columns().stream().map(Relation.Column::name).toList(),
              true);
      return text.add(";").toString();
    } catch (PgException e) {
      if (e.sqlState() == SqlState.FEATURE_NOT_SUPPORTED) {
        // The text that is kept says the same, though not in this form.
        return STORED.view(catalog, view, pretty, wrapColumn);
      }
      throw e;
    }
  }

  @Override
  public String expression(
      BackendCatalog catalog, String source, Relation relation, boolean pretty) {
    EvalContext context = catalog.client().evalContext();
    // Without prettiness it is as it is kept, but for names of objects within literals, which are
    // written as the search path of who asks would have it.
    if (context == null || (!pretty && !source.contains(NAME_LITERAL))) {
      return source;
    }
    Expr raw = Parser.parseExpression(source);
    Expression analyzed = Analyzer.indexExpression(raw, relation, RANGE, catalog, context);
    return text(analyzed, relation, context, pretty);
  }

  @Override
  public @Nullable String argumentDefault(BackendCatalog catalog, PgProc proc, int argument) {
    EvalContext context = catalog.client().evalContext();
    if (context == null) {
      return null;
    }
    Const value = FunctionDefaults.of(proc, argument, context);
    return switch (value.type()) {
      // They were given as what they look like.
      case Types.INT8, Types.FLOAT8 -> FunctionDefaults.text(proc, argument);
      default -> text(value, null, context, false);
    };
  }

  /// The text of an expression over the columns of a table, or of none.
  static String text(
      Expression expr, @Nullable Relation relation, EvalContext context, boolean pretty) {
    RuleText text = new RuleText(pretty, false, -1);
    new TableExpressions(relation, context, text).write(expr, false);
    return text.toString();
  }

  private static final class TableExpressions extends RuleExpressions {
    private final @Nullable Relation relation;

    TableExpressions(@Nullable Relation relation, EvalContext context, RuleText text) {
      super(context, text);
      this.relation = relation;
    }

    @Override
    void column(Var var) {
      if (relation == null || var.attno() <= 0) {
        throw PgException.notSupported("a system column in a definition");
      }
      text.add(QuoteIdent.quote(relation.column(var.attno()).name()));
    }
  }
}
