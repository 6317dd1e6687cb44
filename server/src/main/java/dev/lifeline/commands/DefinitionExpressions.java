package dev.lifeline.commands;

import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.DefinitionText;
import dev.lifeline.executor.IndexForm;
import dev.lifeline.executor.RowChecks;
import dev.lifeline.executor.expr.CoerceViaIo;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.analyze.SubLinkExpr;
import dev.lifeline.parser.analyze.SystemColumns;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Checks the expressions in definitions, of defaults and check constraints, and makes of them the
/// source text that the catalogs keep. The text is read back at once: an expression that would not
/// survive being written down is refused rather than changed.
final class DefinitionExpressions {
  /// By which number the columns of the table are known in an expression.
  private static final int RANGE = 1;

  private final CommandContext context;
  private final EvalContext eval;

  DefinitionExpressions(CommandContext context) {
    this.context = context;
    this.eval = context.session().evalContext();
  }

  /// The source of a column's default, or null where it has none (which is what NULL means, too).
  @Nullable String defaultSource(TableDefinition.Column column) {
    Expr expr = column.defaultExpr;
    return expr == null ? null : defaultSource(expr, relationColumn(column));
  }

  private static Relation.Column relationColumn(TableDefinition.Column column) {
    return new Relation.Column(
        column.name,
        1,
        column.type.oid(),
        column.typmod,
        false,
        null,
        null,
        false,
        column.type.storage());
  }

  @Nullable String defaultSource(Expr expr, Relation.Column column) {
    if (expr instanceof AConst constant && constant.value() instanceof Value.Null) {
      return null;
    }
    Relation none = table("", List.of());
    String source = DefinitionText.of(defaultOf(expr, column), none, eval);
    String again = DefinitionText.of(defaultOf(Parser.parseExpression(source), column), none, eval);
    if (!source.equals(again)) {
      throw PgException.notSupported("this default").at(expr.location());
    }
    return source;
  }

  /// The text of what a column is computed from, checked.
  ///
  /// @param columns all columns of the table
  String generationSource(
      Expr expr, Relation.Column column, String name, List<Relation.Column> columns) {
    Relation table = table(name, columns);
    Expression analyzed = generationOf(expr, table, column);
    checkGeneration(analyzed, table);
    requireImmutable(analyzed, "generation expression is not immutable");
    String source = DefinitionText.of(analyzed, table, eval);
    Expr again = Parser.parseExpression(source);
    if (!source.equals(DefinitionText.of(generationOf(again, table, column), table, eval))) {
      throw PgException.notSupported("this generation expression").at(expr.location());
    }
    return source;
  }

  private Expression generationOf(Expr expr, Relation table, Relation.Column column) {
    return Analyzer.generationExpression(expr, table, column, RANGE, context.catalog(), eval);
  }

  private static void checkGeneration(Expression expr, Relation table) {
    if (expr instanceof Var var && var.attno() == SystemColumns.TABLEOID) {
      throw PgException.notSupported("tableoid in a column generation expression");
    }
    if (expr instanceof Var var && var.attno() < 0) {
      throw PgException.error(
              SqlState.INVALID_COLUMN_REFERENCE,
              "cannot use system column \"%s\" in column generation expression",
              "ctid")
          .at(var.location().offset());
    }
    if (expr instanceof Var var && table.column(var.attno()).isGenerated()) {
      throw PgException.error(
              SqlState.INVALID_OBJECT_DEFINITION,
              "cannot use generated column \"%s\" in column generation expression",
              table.column(var.attno()).name())
          .detail("A generated column cannot reference another generated column.")
          .at(var.location().offset());
    }
    expr.children().forEach(child -> checkGeneration(child, table));
  }

  /// What computes a generated column that is there.
  Expression generation(Relation table, Relation.Column column) {
    return Analyzer.generationExpression(table, column, RANGE, context.catalog(), eval);
  }

  /// The generated columns that are computed from a column.
  List<Relation.Column> generatedFrom(Relation table, Relation.Column column) {
    List<Relation.Column> found = new ArrayList<>();
    for (Relation.Column other : table.columns()) {
      if (other.isGenerated() && !other.dropped()) {
        Set<Integer> used = new TreeSet<>();
        gather(generation(table, other), used);
        if (used.contains(column.attnum())) {
          found.add(other);
        }
      }
    }
    return found;
  }

  private Expression defaultOf(Expr expr, Relation.Column column) {
    return Analyzer.defaultExpression(expr, column, context.catalog(), eval);
  }

  /// What the rows that are there already have in a column that is added: its default's value now.
  @Nullable String missingText(TableDefinition.Column column) {
    Expr expr = column.defaultExpr;
    if (expr == null) {
      return null;
    }
    Expression value = defaultOf(expr, relationColumn(column));
    if (isVolatile(value)) {
      throw PgException.notSupported(
              "a volatile default of a column that is added to a table with rows")
          .at(column.location);
    }
    Object now = RowChecks.compile(value).evalBoxed(new EvalFrame(eval));
    PgType type = Types.get(column.type.oid());
    return now == null ? null : Values.write(type, now, eval);
  }

  private static boolean isVolatile(Expression expr) {
    if (expr instanceof FuncExpr call) {
      PgProc proc = BootstrapCatalog.proc(call.function());
      if (proc == null || proc.isVolatile()) {
        return true;
      }
    }
    return expr.children().stream().anyMatch(DefinitionExpressions::isVolatile);
  }

  /// A check constraint, checked.
  ///
  /// @param columns the numbers of the columns that it uses
  record Check(String source, List<Integer> columns, Evaluator condition) {
    Check {
      columns = List.copyOf(columns);
    }
  }

  Check check(Expr expr, String table, List<Relation.Column> columns) {
    Relation relation = table(table, columns);
    Expression condition = conditionOf(expr, relation);
    String source = DefinitionText.of(condition, relation, eval);
    String again =
        DefinitionText.of(conditionOf(Parser.parseExpression(source), relation), relation, eval);
    if (!source.equals(again) && !settles(again, relation)) {
      throw PgException.notSupported("this check constraint").at(expr.location());
    }
    TreeSet<Integer> used = new TreeSet<>();
    gather(condition, used);
    return new Check(source, new ArrayList<>(used), RowChecks.compile(condition));
  }

  /// Whether a condition that was read once means the same when it is read once more: a cast of an
  /// array constructor becomes, as in PostgreSQL, a cast of each of its elements.
  private boolean settles(String source, Relation relation) {
    Expression condition = conditionOf(Parser.parseExpression(source), relation);
    return source.equals(DefinitionText.of(condition, relation, eval));
  }

  /// An expression of an index, checked.
  Relation.KeyExpression indexExpression(Expr expr, String name, Relation table) {
    Expression analyzed = indexExpressionOf(expr, table);
    requireImmutable(analyzed, "functions in index expression must be marked IMMUTABLE");
    String source = DefinitionText.of(analyzed, table, eval);
    String again =
        DefinitionText.of(indexExpressionOf(Parser.parseExpression(source), table), table, eval);
    if (!source.equals(again)) {
      throw PgException.notSupported("this index expression").at(expr.location());
    }
    return new Relation.KeyExpression(name, source, analyzed.type(), analyzed.typmod());
  }

  private Expression indexExpressionOf(Expr expr, Relation table) {
    return Analyzer.indexExpression(expr, table, RANGE, context.catalog(), eval);
  }

  /// The text of a partial index's condition, checked.
  String indexPredicate(Expr expr, Relation table) {
    Expression condition = Analyzer.indexPredicate(expr, table, RANGE, context.catalog(), eval);
    requireImmutable(condition, "functions in index predicate must be marked IMMUTABLE");
    String source = DefinitionText.of(condition, table, eval);
    Expression read =
        Analyzer.indexPredicate(
            Parser.parseExpression(source), table, RANGE, context.catalog(), eval);
    if (!source.equals(DefinitionText.of(read, table, eval))) {
      throw PgException.notSupported("this index predicate").at(expr.location());
    }
    return source;
  }

  /// The text of the condition of the rows that a publication tells of, checked.
  String publicationFilter(Expr expr, Relation table) {
    Expression condition = filterOf(expr, table);
    checkSimple(condition);
    String source = DefinitionText.of(condition, table, eval);
    String again = DefinitionText.of(filterOf(Parser.parseExpression(source), table), table, eval);
    if (!source.equals(again)) {
      throw PgException.notSupported("this publication WHERE expression").at(expr.location());
    }
    return source;
  }

  private Expression filterOf(Expr expr, Relation table) {
    return Analyzer.publicationFilter(expr, table, RANGE, context.catalog(), eval);
  }

  /// Whoever decodes evaluates it without the tables of its time.
  private static void checkSimple(Expression expr) {
    String why =
        switch (expr) {
          case SubLinkExpr subquery ->
              "Only columns, constants, built-in operators, built-in data types, built-in"
                  + " collations, and immutable built-in functions are allowed.";
          case Var column when column.attno() < 0 -> "System columns are not allowed.";
          case Expression other when isMutableItself(other) ->
              "User-defined or built-in mutable functions are not allowed.";
          default -> null;
        };
    if (why != null) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED, "invalid publication WHERE expression")
          .detail("%s", why)
          .at(leftmost(expr));
    }
    expr.children().forEach(DefinitionExpressions::checkSimple);
  }

  /// Where what it was made of begins.
  private static int leftmost(Expression expr) {
    int first = expr.location().offset();
    for (Expression child : expr.children()) {
      int begins = leftmost(child);
      first = first < 0 || (begins >= 0 && begins < first) ? begins : first;
    }
    return first;
  }

  private static void requireImmutable(Expression expr, String message) {
    if (isMutable(expr)) {
      throw PgException.error(SqlState.INVALID_OBJECT_DEFINITION, message);
    }
  }

  private static boolean isMutableItself(Expression expr) {
    return switch (expr) {
      case FuncExpr call -> isMutable(call.function());
      case OpExpr op -> isMutable(op.function());
      case ScalarArrayOpExpr op -> isMutable(op.function());
      case CoerceViaIo cast -> !textIsFixed(cast.type()) || !textIsFixed(cast.arg().type());
      default -> false;
    };
  }

  private static boolean isMutable(Expression expr) {
    return isMutableItself(expr)
        || expr.children().stream().anyMatch(DefinitionExpressions::isMutable);
  }

  private static boolean isMutable(int function) {
    PgProc proc = BootstrapCatalog.proc(function);
    return proc == null || !proc.isImmutable();
  }

  /// Whether a type's text form depends on nothing but the value: no setting, no catalog.
  private static boolean textIsFixed(int type) {
    return switch (type) {
      case Types.DATE,
          Types.TIME,
          Types.TIMETZ,
          Types.TIMESTAMP,
          Types.TIMESTAMPTZ,
          Types.INTERVAL,
          Types.REGCLASS,
          Types.REGTYPE ->
          false;
      // Values of enum types may be renamed.
      default -> !UserTypes.isUserType(type);
    };
  }

  /// Whether an index has to do with a column, in a key, an expression, its condition or INCLUDE.
  boolean uses(Relation relation, Relation.Index index, Relation.Column column) {
    return index.included().contains(column.attnum())
        || IndexForm.of(relation, index, context.catalog(), eval)
            .needed()
            .contains(column.attnum() - 1);
  }

  private Expression conditionOf(Expr expr, Relation relation) {
    return Analyzer.tableExpression(expr, relation, RANGE, context.catalog(), eval);
  }

  private static void gather(Expression expr, Set<Integer> columns) {
    if (expr instanceof Var var) {
      columns.add(var.attno());
    }
    expr.children().forEach(child -> gather(child, columns));
  }

  /// The table as far as an expression can see it, also before it is created.
  static Relation table(String name, List<Relation.Column> columns) {
    return new Relation(
        0,
        name,
        0,
        "",
        RelKind.TABLE,
        'p',
        null,
        columns,
        List.of(),
        List.of(),
        100,
        0,
        0,
        -1,
        0,
        null,
        null,
        null,
        null,
        Relation.Replication.NONE,
        Map.of(),
        List.of());
  }
}
