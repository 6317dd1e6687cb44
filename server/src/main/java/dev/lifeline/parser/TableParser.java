package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.CollateClause;
import dev.lifeline.parser.tree.ColumnDef;
import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.parser.tree.CreateStmt;
import dev.lifeline.parser.tree.CreateTableAsStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.IntoClause;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.OnCommitAction;
import dev.lifeline.parser.tree.PartitionBoundSpec;
import dev.lifeline.parser.tree.PartitionElem;
import dev.lifeline.parser.tree.PartitionSpec;
import dev.lifeline.parser.tree.PartitionStrategy;
import dev.lifeline.parser.tree.Persistence;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TableElement;
import dev.lifeline.parser.tree.TableLikeClause;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CREATE TABLE in all its forms, columns, partitions.
final class TableParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;
  final ConstraintParser constraints;

  TableParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
    this.constraints = new ConstraintParser(g);
  }

  // ---- CREATE TABLE

  /// CREATE TABLE and, unless it is an element of a schema, CREATE TABLE AS; everything before
  /// TABLE has been read.
  Stmt createTable(Persistence persistence, boolean inSchema) {
    c.expect(TABLE);
    boolean ifNotExists = c.ifNotExists();
    RangeVar relation = SelectParser.withPersistence(c.qualifiedName(g), persistence);
    switch (c.peek()) {
      case OF -> {
        c.advance();
        int location = c.location();
        List<String> names = c.anyName();
        TypeName type = new TypeName(names, false, false, List.of(), List.of(), location);
        List<TableElement> elements = optTypedElements();
        return finish(relation, elements, List.of(), null, type, ifNotExists);
      }
      case PARTITION -> {
        c.expect(PARTITION, OF);
        RangeVar parent = c.qualifiedName(g);
        List<TableElement> elements = optTypedElements();
        PartitionBoundSpec bound = partitionBound();
        return finish(relation, elements, List.of(parent), bound, null, ifNotExists);
      }
      case '(' -> {
        if (inSchema || !atColumnNames()) {
          List<TableElement> elements = elements();
          return finish(relation, elements, optInherit(), null, null, ifNotExists);
        }
      }
      default -> {}
    }
    if (inSchema) {
      throw c.unexpected();
    }
    return createTableAs(relation, ifNotExists);
  }

  /// Whether the parentheses hold the names of CREATE TABLE AS.
  private boolean atColumnNames() {
    int next = c.peek(2);
    return Cursor.isColId(c.peek(1)) && (next == ',' || next == ')');
  }

  /// `OptTableElementList` in its parentheses.
  List<TableElement> elements() {
    c.expect('(');
    if (c.accept(')')) {
      return List.of();
    }
    List<TableElement> elements = c.commaList(this::element);
    c.expect(')');
    return elements;
  }

  /// `OptInherit`
  List<RangeVar> optInherit() {
    return c.accept(INHERITS) ? c.parenthesized(() -> c.qualifiedName(g)) : List.of();
  }

  private CreateStmt finish(
      RangeVar relation,
      List<TableElement> elements,
      List<RangeVar> inherits,
      @Nullable PartitionBoundSpec bound,
      @Nullable TypeName ofType,
      boolean ifNotExists) {
    PartitionSpec partition = c.at(PARTITION) ? partitionSpec() : null;
    String method = c.accept(USING) ? c.colId() : null;
    List<DefElem> options = u.definitions.optWith();
    OnCommitAction onCommit = onCommit();
    String tablespace = c.accept(TABLESPACE) ? c.colId() : null;
    return new CreateStmt(
        relation,
        elements,
        inherits,
        bound,
        partition,
        ofType,
        options,
        onCommit,
        tablespace,
        method,
        ifNotExists);
  }

  private OnCommitAction onCommit() {
    if (!c.accept(ON)) {
      return OnCommitAction.NOOP;
    }
    c.expect(COMMIT);
    if (c.accept(DROP)) {
      return OnCommitAction.DROP;
    }
    boolean delete = c.accept(DELETE);
    if (!delete) {
      c.expect(PRESERVE);
    }
    c.expect(ROWS);
    return delete ? OnCommitAction.DELETE_ROWS : OnCommitAction.PRESERVE_ROWS;
  }

  // ---- CREATE TABLE AS

  /// CREATE TABLE AS, where nothing else may come; everything before TABLE has been read.
  CreateTableAsStmt createTableAs(Persistence persistence) {
    c.expect(TABLE);
    boolean ifNotExists = c.ifNotExists();
    return createTableAs(
        SelectParser.withPersistence(c.qualifiedName(g), persistence), ifNotExists);
  }

  private CreateTableAsStmt createTableAs(RangeVar relation, boolean ifNotExists) {
    List<String> columns = c.optParenthesized(c::colId);
    String method = c.accept(USING) ? c.colId() : null;
    List<DefElem> options = u.definitions.optWith();
    OnCommitAction onCommit = onCommit();
    String tablespace = c.accept(TABLESPACE) ? c.colId() : null;
    c.expect(AS);
    Stmt query = c.at(EXECUTE) ? u.session.execute() : g.select.selectStmt();
    boolean withData = optWithData();
    IntoClause into =
        new IntoClause(relation, columns, method, options, onCommit, tablespace, !withData);
    return new CreateTableAsStmt(query, into, ObjectType.TABLE, false, ifNotExists);
  }

  /// `opt_with_data`
  boolean optWithData() {
    if (!c.accept(WITH)) {
      return true;
    }
    boolean no = c.accept(NO);
    c.expect(DATA);
    return !no;
  }

  CreateTableAsStmt createMaterializedView(Persistence persistence) {
    c.expect(MATERIALIZED, VIEW);
    boolean ifNotExists = c.ifNotExists();
    RangeVar relation = SelectParser.withPersistence(c.qualifiedName(g), persistence);
    List<String> columns = c.optParenthesized(c::colId);
    String method = c.accept(USING) ? c.colId() : null;
    List<DefElem> options = c.accept(WITH) ? u.definitions.relOptions() : List.of();
    String tablespace = c.accept(TABLESPACE) ? c.colId() : null;
    c.expect(AS);
    Stmt query = g.select.selectStmt();
    boolean withData = optWithData();
    IntoClause into =
        new IntoClause(
            relation, columns, method, options, OnCommitAction.NOOP, tablespace, !withData);
    return new CreateTableAsStmt(query, into, ObjectType.MATVIEW, false, ifNotExists);
  }

  // ---- elements

  private TableElement element() {
    if (c.at(LIKE)) {
      return like();
    }
    return constraints.atTableConstraint() ? constraints.tableConstraint() : columnDef();
  }

  /// `OptTypedTableElementList`
  List<TableElement> optTypedElements() {
    return c.optParenthesized(this::typedElement);
  }

  private TableElement typedElement() {
    if (constraints.atTableConstraint()) {
      return constraints.tableConstraint();
    }
    int location = c.location();
    String name = c.colId();
    if (c.accept(WITH)) {
      c.expect(OPTIONS);
    }
    Qualifiers qualifiers = qualifiers();
    return new ColumnDef(
        name,
        null,
        null,
        null,
        null,
        qualifiers.collate(),
        qualifiers.constraints(),
        List.of(),
        location);
  }

  /// `columnDef`
  ColumnDef columnDef() {
    int location = c.location();
    String name = c.colId();
    TypeName type = g.type.typeName();
    String storage = c.accept(STORAGE) ? columnSetting() : null;
    String compression = c.accept(COMPRESSION) ? columnSetting() : null;
    List<DefElem> options = u.definitions.createGenericOptions();
    Qualifiers qualifiers = qualifiers();
    return new ColumnDef(
        name,
        type,
        compression,
        storage,
        null,
        qualifiers.collate(),
        qualifiers.constraints(),
        options,
        location);
  }

  /// What follows STORAGE and COMPRESSION.
  String columnSetting() {
    return c.accept(DEFAULT) ? "default" : c.colId();
  }

  /// A `ColQualList`, sorted.
  record Qualifiers(@Nullable CollateClause collate, List<Constraint> constraints) {}

  Qualifiers qualifiers() {
    CollateClause collate = null;
    CollateClause second = null;
    List<Constraint> list = new ArrayList<>(2);
    while (true) {
      if (c.at(COLLATE)) {
        CollateClause clause = g.from.optCollateClause();
        if (collate == null) {
          collate = clause;
        } else if (second == null) {
          second = clause;
        }
        continue;
      }
      Constraint constraint = constraints.columnConstraint();
      if (constraint == null) {
        break;
      }
      list.add(constraint);
    }
    if (second != null) {
      throw Cursor.syntaxError(second.location(), "multiple COLLATE clauses not allowed");
    }
    return new Qualifiers(collate, List.copyOf(list));
  }

  private TableLikeClause like() {
    c.expect(LIKE);
    RangeVar relation = c.qualifiedName(g);
    Set<TableLikeClause.Option> options = EnumSet.noneOf(TableLikeClause.Option.class);
    while (c.at(INCLUDING) || c.at(EXCLUDING)) {
      boolean including = c.at(INCLUDING);
      c.advance();
      Set<TableLikeClause.Option> named = likeOption();
      if (including) {
        options.addAll(named);
      } else {
        options.removeAll(named);
      }
    }
    return new TableLikeClause(relation, Set.copyOf(options));
  }

  private Set<TableLikeClause.Option> likeOption() {
    Set<TableLikeClause.Option> options =
        switch (c.peek()) {
          case COMMENTS -> Set.of(TableLikeClause.Option.COMMENTS);
          case COMPRESSION -> Set.of(TableLikeClause.Option.COMPRESSION);
          case CONSTRAINTS -> Set.of(TableLikeClause.Option.CONSTRAINTS);
          case DEFAULTS -> Set.of(TableLikeClause.Option.DEFAULTS);
          case IDENTITY -> Set.of(TableLikeClause.Option.IDENTITY);
          case GENERATED -> Set.of(TableLikeClause.Option.GENERATED);
          case INDEXES -> Set.of(TableLikeClause.Option.INDEXES);
          case STATISTICS -> Set.of(TableLikeClause.Option.STATISTICS);
          case STORAGE -> Set.of(TableLikeClause.Option.STORAGE);
          case ALL -> EnumSet.allOf(TableLikeClause.Option.class);
          default -> throw c.unexpected();
        };
    c.advance();
    return options;
  }

  // ---- partitions

  private PartitionSpec partitionSpec() {
    int location = c.expect(PARTITION, BY);
    String name = c.colId();
    List<PartitionElem> elements = c.parenthesized(this::partitionElem);
    PartitionStrategy strategy =
        switch (name.toLowerCase(Locale.ROOT)) {
          case "list" -> PartitionStrategy.LIST;
          case "range" -> PartitionStrategy.RANGE;
          case "hash" -> PartitionStrategy.HASH;
          default ->
              throw PgException.error(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "unrecognized partitioning strategy \"%s\"",
                  name);
        };
    return new PartitionSpec(strategy, elements, location);
  }

  private PartitionElem partitionElem() {
    int location = c.location();
    String name = null;
    Expr expr = null;
    if (c.accept('(')) {
      expr = g.expr.aExpr();
      c.expect(')');
    } else if (g.function.atWindowlessOnly()) {
      expr = g.function.windowless();
    } else {
      name = c.colId();
    }
    List<String> collation = c.accept(COLLATE) ? c.anyName() : List.of();
    List<String> opclass = c.atColId() ? c.anyName() : List.of();
    return new PartitionElem(name, expr, collation, opclass, location);
  }

  /// `PartitionBoundSpec`
  PartitionBoundSpec partitionBound() {
    int location = c.location();
    if (c.accept(DEFAULT)) {
      return bound(null, true, -1, -1, List.of(), List.of(), List.of(), location);
    }
    c.expect(FOR, VALUES);
    int kindLocation = c.location();
    if (c.accept(WITH)) {
      return hashBound(kindLocation);
    }
    if (c.accept(IN)) {
      List<Expr> values = g.expr.parenthesizedList();
      return bound(
          PartitionStrategy.LIST, false, -1, -1, values, List.of(), List.of(), kindLocation);
    }
    c.expect(FROM);
    List<Expr> lower = g.expr.parenthesizedList();
    c.expect(TO);
    List<Expr> upper = g.expr.parenthesizedList();
    return bound(PartitionStrategy.RANGE, false, -1, -1, List.of(), lower, upper, kindLocation);
  }

  private static PartitionBoundSpec bound(
      @Nullable PartitionStrategy strategy,
      boolean isDefault,
      int modulus,
      int remainder,
      List<Expr> list,
      List<Expr> lower,
      List<Expr> upper,
      int location) {
    return new PartitionBoundSpec(
        strategy, isDefault, modulus, remainder, list, lower, upper, location);
  }

  private record HashBound(String name, int value, int location) {}

  private PartitionBoundSpec hashBound(int location) {
    List<HashBound> parts =
        c.parenthesized(() -> {
          int at = c.location();
          return new HashBound(c.nonReservedWord(), c.iconst(), at);
        });
    int modulus = -1;
    int remainder = -1;
    for (HashBound part : parts) {
      switch (part.name()) {
        case "modulus" -> {
          checkOnce(modulus, part);
          modulus = part.value();
        }
        case "remainder" -> {
          checkOnce(remainder, part);
          remainder = part.value();
        }
        default ->
            throw Cursor.syntaxError(
                part.location(),
                "unrecognized hash partition bound specification \"%s\"",
                part.name());
      }
    }
    if (modulus == -1) {
      throw Cursor.syntaxError(-1, "modulus for hash partition must be specified");
    }
    if (remainder == -1) {
      throw Cursor.syntaxError(-1, "remainder for hash partition must be specified");
    }
    return bound(
        PartitionStrategy.HASH,
        false,
        modulus,
        remainder,
        List.of(),
        List.of(),
        List.of(),
        location);
  }

  private static void checkOnce(int value, HashBound part) {
    if (value != -1) {
      throw PgException.error(
              SqlState.DUPLICATE_OBJECT,
              "%s for hash partition provided more than once",
              part.name())
          .at(part.location());
    }
  }
}
