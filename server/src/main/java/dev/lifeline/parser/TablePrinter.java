package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.operator;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.optNames;
import static dev.lifeline.parser.SqlText.optQualified;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.when;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.*;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Prints CREATE TABLE, columns, constraints, indexes and partitions.
final class TablePrinter {
  private TablePrinter() {}

  static String persistence(Persistence persistence) {
    return switch (persistence) {
      case PERMANENT -> "";
      case TEMP -> "TEMPORARY";
      case UNLOGGED -> "UNLOGGED";
    };
  }

  static String createTable(CreateStmt create) {
    return join(
        "CREATE",
        persistence(create.relation().relpersistence()),
        "TABLE",
        when(create.ifNotExists(), "IF NOT EXISTS"),
        definition(create),
        opt("PARTITION BY", create.partspec(), TablePrinter::partition),
        optName("USING", create.accessMethod()),
        OptionPrinter.optDefinition("WITH", create.options()),
        onCommit(create.oncommit()),
        optName("TABLESPACE", create.tablespacename()));
  }

  /// The name of a table and what it consists of.
  static String definition(CreateStmt create) {
    String elements = list(create.tableElts(), TablePrinter::element);
    String optElements = elements.isEmpty() ? "" : parens(elements);
    String name = QueryPrinter.relationName(create.relation());
    PartitionBoundSpec bound = create.partbound();
    if (bound != null) {
      String parent = QueryPrinter.relationName(create.inhRelations().get(0));
      return join(name, "PARTITION OF", parent, optElements, bound(bound));
    }
    TypeName ofType = create.ofTypename();
    if (ofType != null) {
      return join(name, "OF", qualified(ofType.names()), optElements);
    }
    return join(
        name,
        parens(elements),
        create.inhRelations().isEmpty()
            ? ""
            : "INHERITS " + parens(list(create.inhRelations(), QueryPrinter::relationName)));
  }

  static String createForeignTable(CreateForeignTableStmt create) {
    return join(
        "CREATE FOREIGN TABLE",
        when(create.base().ifNotExists(), "IF NOT EXISTS"),
        definition(create.base()),
        "SERVER",
        name(create.servername()),
        OptionPrinter.generic(create.options()));
  }

  static String createTableAs(CreateTableAsStmt create) {
    IntoClause into = create.into();
    boolean table = create.objtype() == ObjectType.TABLE;
    return join(
        "CREATE",
        persistence(into.rel().relpersistence()),
        table ? "TABLE" : "MATERIALIZED VIEW",
        when(create.ifNotExists(), "IF NOT EXISTS"),
        QueryPrinter.relationName(into.rel()),
        optNames(into.colNames()),
        optName("USING", into.accessMethod()),
        OptionPrinter.optDefinition("WITH", into.options()),
        onCommit(into.onCommit()),
        optName("TABLESPACE", into.tableSpaceName()),
        "AS",
        TreePrinter.print(create.query()),
        when(into.skipData(), "WITH NO DATA"));
  }

  private static String onCommit(OnCommitAction action) {
    return switch (action) {
      case NOOP -> "";
      case PRESERVE_ROWS -> "ON COMMIT PRESERVE ROWS";
      case DELETE_ROWS -> "ON COMMIT DELETE ROWS";
      case DROP -> "ON COMMIT DROP";
    };
  }

  // ---- elements

  private static String element(TableElement element) {
    return switch (element) {
      case ColumnDef column -> column(column);
      case Constraint constraint -> tableConstraint(constraint);
      case TableLikeClause like -> like(like);
    };
  }

  static String column(ColumnDef column) {
    return join(
        name(column.colname()),
        opt("", column.typeName(), TypePrinter::type),
        setting("STORAGE", column.storageName()),
        setting("COMPRESSION", column.compression()),
        OptionPrinter.generic(column.fdwoptions()),
        opt("", column.collClause(), ExprPrinter::expr),
        words(column.constraints(), TablePrinter::columnConstraint));
  }

  /// A setting that may be the word DEFAULT.
  static String setting(String word, @Nullable String value) {
    return value == null ? "" : join(word, value.equals("default") ? "DEFAULT" : name(value));
  }

  private static String like(TableLikeClause like) {
    Set<TableLikeClause.Option> excluded = EnumSet.allOf(TableLikeClause.Option.class);
    excluded.removeAll(like.options());
    boolean most = excluded.size() < like.options().size();
    return join(
        "LIKE",
        QueryPrinter.relationName(like.relation()),
        when(most, "INCLUDING ALL"),
        words(
            most ? List.copyOf(excluded) : like.options().stream().sorted().toList(),
            option -> (most ? "EXCLUDING " : "INCLUDING ") + option.name()));
  }

  // ---- constraints

  static String columnConstraint(Constraint constraint) {
    String body =
        switch (constraint.contype()) {
          case NULL -> "NULL";
          case NOTNULL -> "NOT NULL";
          case DEFAULT -> opt("DEFAULT", constraint.rawExpr(), ExprPrinter::operand);
          case IDENTITY -> "GENERATED " + identity(constraint);
          case GENERATED ->
              opt("GENERATED ALWAYS AS", constraint.rawExpr(), ExprPrinter::inParens) + " STORED";
          case CHECK ->
              join(
                  opt("CHECK", constraint.rawExpr(), ExprPrinter::inParens),
                  when(constraint.isNoInherit(), "NO INHERIT"));
          case PRIMARY, UNIQUE -> index(constraint);
          case FOREIGN -> references(constraint);
          case ATTR_DEFERRABLE -> "DEFERRABLE";
          case ATTR_NOT_DEFERRABLE -> "NOT DEFERRABLE";
          case ATTR_DEFERRED -> "INITIALLY DEFERRED";
          case ATTR_IMMEDIATE -> "INITIALLY IMMEDIATE";
          case EXCLUSION ->
              throw new IllegalArgumentException("no constraint of a column: " + constraint);
        };
    return join(optName("CONSTRAINT", constraint.conname()), body);
  }

  static String identity(Constraint constraint) {
    return join(
        constraint.generatedAlways() ? "ALWAYS" : "BY DEFAULT",
        "AS IDENTITY",
        constraint.options().isEmpty() ? "" : parens(OptionPrinter.sequence(constraint.options())));
  }

  private static String index(Constraint constraint) {
    return join(
        constraint.contype() == Constraint.Type.PRIMARY ? "PRIMARY KEY" : "UNIQUE",
        when(constraint.nullsNotDistinct(), "NULLS NOT DISTINCT"),
        optName("USING INDEX", constraint.indexname()),
        optNames(constraint.keys()),
        indexParameters(constraint));
  }

  private static String indexParameters(Constraint constraint) {
    return join(
        when(!constraint.including().isEmpty(), "INCLUDE"),
        optNames(constraint.including()),
        OptionPrinter.optDefinition("WITH", constraint.options()),
        optName("USING INDEX TABLESPACE", constraint.indexspace()));
  }

  private static String references(Constraint constraint) {
    return join(
        opt("REFERENCES", constraint.pktable(), QueryPrinter::relationName),
        optNames(constraint.pkAttrs()),
        switch (constraint.fkMatchtype()) {
          case SIMPLE -> "";
          case FULL -> "MATCH FULL";
          case PARTIAL -> "MATCH PARTIAL";
        },
        action("ON UPDATE", constraint.fkUpdAction()),
        action("ON DELETE", constraint.fkDelAction()),
        optNames(constraint.fkDelSetCols()));
  }

  private static String action(String words, FkAction action) {
    return action == FkAction.NO_ACTION ? "" : join(words, SqlText.keyword(action));
  }

  static String tableConstraint(Constraint constraint) {
    String body =
        switch (constraint.contype()) {
          case CHECK -> opt("CHECK", constraint.rawExpr(), ExprPrinter::inParens);
          case PRIMARY, UNIQUE -> index(constraint);
          case EXCLUSION -> exclude(constraint);
          case FOREIGN ->
              join("FOREIGN KEY", optNames(constraint.fkAttrs()), references(constraint));
          default -> columnConstraint(constraint);
        };
    return join(optName("CONSTRAINT", constraint.conname()), body, attributes(constraint));
  }

  static String attributes(Constraint constraint) {
    return join(
        when(constraint.deferrable(), "DEFERRABLE"),
        when(constraint.initdeferred(), "INITIALLY DEFERRED"),
        when(constraint.skipValidation(), "NOT VALID"),
        when(constraint.isNoInherit(), "NO INHERIT"));
  }

  private static String exclude(Constraint constraint) {
    return join(
        "EXCLUDE",
        optName("USING", constraint.accessMethod()),
        parens(
            list(
                constraint.exclusions(),
                item -> join(indexElem(item.elem()), "WITH", operator(item.operator())))),
        indexParameters(constraint),
        opt("WHERE", constraint.whereClause(), ExprPrinter::inParens));
  }

  // ---- partitions

  private static String partition(PartitionSpec spec) {
    return join(
        spec.strategy().name(), parens(list(spec.partParams(), TablePrinter::partitionElem)));
  }

  private static String partitionElem(PartitionElem elem) {
    return join(
        optName("", elem.name()),
        opt("", elem.expr(), ExprPrinter::inParens),
        optQualified("COLLATE", elem.collation()),
        optQualified("", elem.opclass()));
  }

  static String bound(PartitionBoundSpec bound) {
    PartitionStrategy strategy = bound.strategy();
    if (strategy == null) {
      return "DEFAULT";
    }
    return "FOR VALUES "
        + switch (strategy) {
          case HASH ->
              "WITH (MODULUS %d, REMAINDER %d)".formatted(bound.modulus(), bound.remainder());
          case LIST -> "IN " + ExprPrinter.parenthesized(bound.listdatums());
          case RANGE ->
              "FROM "
                  + ExprPrinter.parenthesized(bound.lowerdatums())
                  + " TO "
                  + ExprPrinter.parenthesized(bound.upperdatums());
        };
  }

  // ---- indexes

  static String createIndex(IndexStmt index) {
    return join(
        "CREATE",
        when(index.unique(), "UNIQUE"),
        "INDEX",
        when(index.concurrent(), "CONCURRENTLY"),
        when(index.ifNotExists(), "IF NOT EXISTS"),
        optName("", index.idxname()),
        "ON",
        QueryPrinter.relation(index.relation()),
        "USING",
        name(index.accessMethod()),
        parens(list(index.indexParams(), TablePrinter::indexElem)),
        when(!index.indexIncludingParams().isEmpty(), "INCLUDE"),
        SqlText.optParens(index.indexIncludingParams(), TablePrinter::indexElem),
        when(index.nullsNotDistinct(), "NULLS NOT DISTINCT"),
        OptionPrinter.optDefinition("WITH", index.options()),
        optName("TABLESPACE", index.tableSpace()),
        opt("WHERE", index.whereClause(), ExprPrinter::expr));
  }

  static String indexElem(IndexElem elem) {
    List<String> order = new ArrayList<>();
    switch (elem.ordering()) {
      case ASC -> order.add("ASC");
      case DESC -> order.add("DESC");
      case DEFAULT, USING -> {}
    }
    return join(
        optName("", elem.name()),
        opt("", elem.expr(), ExprPrinter::inParens),
        optQualified("COLLATE", elem.collation()),
        optQualified("", elem.opclass()),
        OptionPrinter.optDefinition("", elem.opclassopts()),
        String.join(" ", order),
        ExprPrinter.nulls(elem.nullsOrdering()));
  }
}
