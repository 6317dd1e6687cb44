package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.tree.DeleteStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.InsertStmt;
import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.UpdateStmt;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns a parse tree into a [Query]: the entry to this package.
///
/// The lookups in the catalog may throw [dev.lifeline.utils.NotYet]; then all of it is done again.
public final class Analyzer {
  private Analyzer() {}

  /// A statement whose names and types are known.
  ///
  /// @param parameterTypes the types of its parameters
  /// @param ranges all its range entries, whatever their level
  /// @param relations the relations that it uses, and how
  /// @param noParameters what to say where it is executed without values for its parameters; null
  ///   where it has none
  public record Analyzed(
      Query query,
      List<Integer> parameterTypes,
      List<RangeEntry> ranges,
      List<RelationUse> relations,
      @Nullable PgException noParameters) {
    public Analyzed {
      parameterTypes = List.copyOf(parameterTypes);
      ranges = List.copyOf(ranges);
      relations = List.copyOf(relations);
    }
  }

  /// Analyzes SELECT, INSERT, UPDATE or DELETE.
  ///
  /// @param declaredTypes the parameters' types as the client declared them
  /// @param parametersAllowed whether there may be parameters at all
  public static Analyzed analyze(
      Stmt statement,
      SessionCatalog catalog,
      EvalContext context,
      int[] declaredTypes,
      boolean parametersAllowed) {
    ParameterTypes parameters = new ParameterTypes(declaredTypes, parametersAllowed);
    Analysis analysis = new Analysis(catalog, context, parameters);
    try {
      Query query = analyze(statement, new ParseState(analysis, null));
      return new Analyzed(
          ParameterFixup.fix(query, parameters),
          parameters.resolved(),
          analysis.ranges(),
          analysis.relations(),
          parameters.noParameters());
    } catch (PgException e) {
      throw UserTypes.withNames(e, context.catalog());
    }
  }

  static Query analyze(Stmt statement, ParseState state) {
    return switch (statement) {
      case SelectStmt select -> new SelectAnalyzer(state).analyze(select);
      case InsertStmt insert -> new InsertAnalyzer(state).analyze(insert);
      case UpdateStmt update -> new ModifyAnalyzer(state).analyze(update);
      case DeleteStmt delete -> new ModifyAnalyzer(state).analyze(delete);
      default -> throw PgException.notSupported(statement.getClass().getSimpleName());
    };
  }

  /// The query of a view, analyzed as part of the statement that uses it.
  static Query analyzeView(Analysis analysis, String source) {
    RawStmt raw = Parser.parse(source).getFirst();
    return analyze(raw.stmt(), new ParseState(analysis, null));
  }

  /// The query of a view that is being defined, and what its names mean.
  public record ViewDefinition(Query query, DefinitionNames names) {}

  /// Analyzes the query of a view that is being defined.
  public static ViewDefinition viewDefinition(
      SelectStmt query, SessionCatalog catalog, EvalContext context) {
    ParameterTypes parameters = new ParameterTypes(new int[0], false);
    DefinitionNames names = new DefinitionNames();
    Analysis analysis = new Analysis(catalog, context, parameters, names);
    Query analyzed = analyze(query, new ParseState(analysis, null));
    if (analyzed.with().stream().anyMatch(CommonTable::modifies)) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "views must not contain data-modifying statements in WITH");
    }
    return new ViewDefinition(ParameterFixup.fix(analyzed, parameters), names);
  }

  /// An expression over the columns of one table, e.g. of a check constraint; its columns are those
  /// of the range entry `range`.
  public static Expression tableExpression(
      String source, Relation relation, int range, SessionCatalog catalog, EvalContext context) {
    return catalog.readingStored(
        () -> tableExpression(Parser.parseExpression(source), relation, range, catalog, context));
  }

  /// As the other, from a parse tree.
  public static Expression tableExpression(
      Expr raw, Relation relation, int range, SessionCatalog catalog, EvalContext context) {
    return new ExpressionAnalyzer(overTable(relation, range, catalog, context))
        .condition(raw, ExprKind.CHECK, "CHECK");
  }

  /// The condition of the rows of a table that a publication tells of, from a parse tree.
  public static Expression publicationFilter(
      Expr raw, Relation relation, int range, SessionCatalog catalog, EvalContext context) {
    return new ExpressionAnalyzer(overTable(relation, range, catalog, context))
        .condition(raw, ExprKind.WHERE, "PUBLICATION WHERE");
  }

  /// An expression of an index on a table, from its text.
  public static Expression indexExpression(
      String source, Relation relation, int range, SessionCatalog catalog, EvalContext context) {
    return catalog.readingStored(
        () -> indexExpression(Parser.parseExpression(source), relation, range, catalog, context));
  }

  /// As the other, from a parse tree.
  public static Expression indexExpression(
      Expr raw, Relation relation, int range, SessionCatalog catalog, EvalContext context) {
    ExpressionAnalyzer expressions =
        new ExpressionAnalyzer(overTable(relation, range, catalog, context));
    return expressions.unknownToText(expressions.transform(raw, ExprKind.INDEX));
  }

  /// The condition of a partial index on a table, from a parse tree.
  public static Expression indexPredicate(
      Expr raw, Relation relation, int range, SessionCatalog catalog, EvalContext context) {
    return new ExpressionAnalyzer(overTable(relation, range, catalog, context))
        .condition(raw, ExprKind.PREDICATE, "WHERE");
  }

  /// As the other, from its text.
  public static Expression indexPredicate(
      String source, Relation relation, int range, SessionCatalog catalog, EvalContext context) {
    return catalog.readingStored(
        () -> indexPredicate(Parser.parseExpression(source), relation, range, catalog, context));
  }

  /// What makes a value of another type of a row's: of ALTER COLUMN TYPE.
  ///
  /// @param column as it will be
  /// @return null where the value cannot be assigned to that type
  public static @Nullable Expression transformExpression(
      Expr raw,
      Relation relation,
      Relation.Column column,
      int range,
      SessionCatalog catalog,
      EvalContext context) {
    return new ExpressionAnalyzer(overTable(relation, range, catalog, context))
        .assignable(raw, ExprKind.TRANSFORM, column);
  }

  /// What a column is computed from, coerced to its type.
  public static Expression generationExpression(
      Expr raw,
      Relation relation,
      Relation.Column column,
      int range,
      SessionCatalog catalog,
      EvalContext context) {
    return new ExpressionAnalyzer(overTable(relation, range, catalog, context))
        .newDefault(raw, ExprKind.GENERATED, column);
  }

  /// As the other, of a column that is there.
  public static Expression generationExpression(
      Relation relation,
      Relation.Column column,
      int range,
      SessionCatalog catalog,
      EvalContext context) {
    Expr raw = Parser.parseExpression(String.valueOf(column.defaultSource()));
    return catalog.readingStored(
        () -> generationExpression(raw, relation, column, range, catalog, context));
  }

  private static ParseState overTable(
      Relation relation, int range, SessionCatalog catalog, EvalContext context) {
    Analysis analysis = new Analysis(catalog, context, new ParameterTypes(new int[0], false));
    ParseState state = new ParseState(analysis, null);
    RangeEntry.Table entry = new FromClauses(state).tableEntry(relation, null);
    RangeEntry.Table numbered =
        new RangeEntry.Table(range, relation.name(), relation, entry.columns());
    state.scope().add(FromClauses.item(numbered, relation, true), -1);
    return state;
  }

  /// What a column is called that an expression gives; `expr` where nothing suggests itself.
  public static String expressionName(Expr raw) {
    String name = TargetLists.figureName(raw);
    return name.equals("?column?") ? "expr" : name;
  }

  /// The value of a DEFAULT clause, coerced to the column's type.
  public static Expression defaultExpression(
      Expr raw, Relation.Column column, SessionCatalog catalog, EvalContext context) {
    Analysis analysis = new Analysis(catalog, context, new ParameterTypes(new int[0], false));
    return new ExpressionAnalyzer(new ParseState(analysis, null))
        .newDefault(raw, ExprKind.DEFAULT, column);
  }

  /// The value that a column gets where nothing is given, coerced to its type.
  public static Expression defaultExpression(
      Relation.Column column, SessionCatalog catalog, EvalContext context) {
    Analysis analysis = new Analysis(catalog, context, new ParameterTypes(new int[0], false));
    return InsertAnalyzer.defaultOf(new ParseState(analysis, null), column);
  }
}
