package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.executor.RowChecks;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.tree.AlterTableCmd;
import dev.lifeline.parser.tree.ColumnDef;
import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// ALTER TABLE ... ALTER COLUMN ... TYPE. Where the stored values stay what they are (a varchar
/// that may become longer) only the catalogs change; otherwise every row is written anew.
final class AlterColumnType {
  private static final int RANGE = 1;

  private final CommandContext context;
  private final BackendCatalog catalog;

  AlterColumnType(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  void apply(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Column column = AlterTable.column(relation, command);
    ColumnDef def = (ColumnDef) Objects.requireNonNull(command.def());
    if (def.collClause() != null) {
      throw PgException.notSupported("COLLATE in ALTER COLUMN TYPE").at(def.location());
    }
    TableDefinition.Column wanted = TableDefinition.typeOf(def, catalog);
    PgType type = wanted.type;
    Relation.Column after = ofType(column, type, wanted.typmod);
    boolean other = type.oid() != column.typeOid();
    refuseViews(relation, column);
    refuseGenerated(relation, column);
    Expression value = value(relation, column, after, def.rawDefault());
    String source = column.defaultSource();
    String newDefault =
        source == null || column.identity() != 0 || !other ? null : defaultOf(source, after);
    boolean rewrite = !isSame(value, after);
    if (other) {
      refuseDependents(relation, column);
    }
    RelationWriter relations = new RelationWriter(writer);
    if (newDefault != null) {
      relations.setDefault(relation.oid(), column.attnum(), newDefault);
      writer.endCommand();
    }
    relations.setType(relation, column.attnum(), type, wanted.typmod, rewrite);
    new IndexWriter(writer).setType(relation, column.attnum(), type, wanted.typmod);
    if (rewrite && catalog.table(relation).blocks() > 0) {
      rewrite(writer, relation, column.attnum(), value);
    } else {
      writer.endCommandWithNames(false);
    }
  }

  private void refuseGenerated(Relation relation, Relation.Column column) {
    if (column.isGenerated()) {
      throw PgException.notSupported("ALTER COLUMN TYPE of a generated column");
    }
    List<Relation.Column> users =
        new DefinitionExpressions(context).generatedFrom(relation, column);
    if (!users.isEmpty()) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot alter type of a column used by a generated column")
          .detail(
              "Column \"%s\" is used by generated column \"%s\".",
              column.name(), users.getFirst().name());
    }
  }

  /// The old files are read while the new ones are filled; they are dropped at commit.
  void rewrite(CatalogWriter writer, Relation before, int attnum, Expression value) {
    ConvertRows convert = new ConvertRows(context, before, attnum, RowChecks.compile(value));
    new RelationWriter(writer).replaceFiles(before);
    writer.endCommandWithNames(false);
    writer
        .steps()
        .add(() -> convert.into(Objects.requireNonNull(catalog.byOid(before.oid()))))
        .add(convert)
        .add(() -> {
          context.session().xact().nextCommand();
          validate(writer, Objects.requireNonNull(catalog.byOid(before.oid())), attnum);
        });
  }

  private void validate(CatalogWriter writer, Relation relation, int attnum) {
    DefinitionExpressions expressions = new DefinitionExpressions(context);
    for (Relation.Constraint constraint : relation.constraints()) {
      String check = constraint.checkSource();
      if (check != null && constraint.columns().contains(attnum)) {
        var checked =
            expressions.check(Parser.parseExpression(check), relation.name(), relation.columns());
        writer
            .steps()
            .add(
                new ValidateTable(
                    context, relation, List.of(), constraint.name(), checked.condition()));
      }
    }
  }

  private static Relation.Column ofType(Relation.Column column, PgType type, int typmod) {
    return new Relation.Column(
        column.name(),
        column.attnum(),
        type.oid(),
        typmod,
        column.notNull(),
        column.defaultSource(),
        column.missingText(),
        false,
        type.storage(),
        column.identity(),
        column.generated());
  }

  private Expression value(
      Relation relation, Relation.Column column, Relation.Column after, @Nullable Expr using) {
    Expr raw = using != null ? using : new ColumnRef(List.of(column.name()), false, -1);
    Expression value =
        Analyzer.transformExpression(
            raw, relation, after, RANGE, catalog, context.session().evalContext());
    if (value != null) {
      return value;
    }
    String type = FormatType.name(after.typeOid(), after.typmod());
    if (using != null) {
      throw PgException.error(
              SqlState.DATATYPE_MISMATCH,
              "result of USING clause for column \"%s\" cannot be cast automatically to type %s",
              column.name(),
              FormatType.name(after.typeOid()))
          .hint("You might need to add an explicit cast.");
    }
    throw PgException.error(
            SqlState.DATATYPE_MISMATCH,
            "column \"%s\" cannot be cast automatically to type %s",
            column.name(),
            FormatType.name(after.typeOid()))
        .hint("You might need to specify \"USING %s::%s\".", column.name(), type);
  }

  private @Nullable String defaultOf(String source, Relation.Column after) {
    try {
      return new DefinitionExpressions(context)
          .defaultSource(Parser.parseExpression(source), after);
    } catch (PgException e) {
      if (e.sqlState() != SqlState.DATATYPE_MISMATCH) {
        throw e;
      }
      throw PgException.error(
          SqlState.DATATYPE_MISMATCH,
          "default for column \"%s\" cannot be cast automatically to type %s",
          after.name(),
          FormatType.name(after.typeOid()));
    }
  }

  /// Whether the stored values are right as they are: the column itself, whose type is another name
  /// for the same bytes, or whose limit is not lowered.
  private static boolean isSame(Expression value, Relation.Column after) {
    Expression inner = value;
    if (inner instanceof FuncExpr call
        && call.form() == FuncExpr.Form.IMPLICIT_CAST
        && call.args().size() > 1
        && widens(call.args().getFirst(), after)) {
      inner = call.args().getFirst();
    }
    while (inner instanceof RelabelType relabel) {
      inner = relabel.arg();
    }
    return inner instanceof Var var && var.attno() == after.attnum();
  }

  /// A cast to a length or a precision that every value has already.
  private static boolean widens(Expression from, Relation.Column to) {
    if (from.type() != to.typeOid() || from.typmod() < 0) {
      return false;
    }
    return switch (to.typeOid()) {
      case Types.VARCHAR -> to.typmod() >= from.typmod();
      // The scale is in the lower half, the precision in the upper one.
      case Types.NUMERIC ->
          (to.typmod() & 0xffff) == (from.typmod() & 0xffff) && to.typmod() >= from.typmod();
      default -> false;
    };
  }

  private void refuseViews(Relation relation, Relation.Column column) {
    List<Relation> views = new Dependents(catalog).ofColumn(relation, column.attnum());
    if (!views.isEmpty()) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot alter type of a column used by a view or rule")
          .detail(
              "rule _RETURN on view %s depends on column \"%s\"",
              views.getFirst().name(), column.name());
    }
  }

  /// What is kept as a text that was analyzed over the old type.
  private void refuseDependents(Relation relation, Relation.Column column) {
    if (column.identity() != 0) {
      throw PgException.notSupported("ALTER COLUMN TYPE of an identity column");
    }
    for (ForeignKey key : relation.foreignKeys()) {
      if (key.columns().contains(column.attnum())) {
        throw PgException.notSupported("ALTER COLUMN TYPE of a column of a foreign key");
      }
    }
    for (ForeignKey key : relation.referencedBy()) {
      if (key.referencedColumns().contains(column.attnum())) {
        throw PgException.notSupported("ALTER COLUMN TYPE of a column that foreign keys refer to");
      }
    }
    for (Relation.Constraint constraint : relation.constraints()) {
      if (constraint.checkSource() != null && constraint.columns().contains(column.attnum())) {
        throw PgException.notSupported("ALTER COLUMN TYPE of a column of a check constraint");
      }
    }
    DefinitionExpressions expressions = new DefinitionExpressions(context);
    for (Relation.Index index : relation.indexes()) {
      boolean computed =
          index.predicate() != null
              || index.keys().stream().anyMatch(key -> key.expression() != null);
      if (computed && expressions.uses(relation, index, column)) {
        throw PgException.notSupported("ALTER COLUMN TYPE of a column of an index expression");
      }
    }
  }
}
