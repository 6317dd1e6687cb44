package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.ColumnDef;
import dev.lifeline.parser.tree.CompositeTypeStmt;
import dev.lifeline.parser.tree.CreateAmStmt;
import dev.lifeline.parser.tree.CreateCastStmt;
import dev.lifeline.parser.tree.CreateConversionStmt;
import dev.lifeline.parser.tree.CreateDomainStmt;
import dev.lifeline.parser.tree.CreateEnumStmt;
import dev.lifeline.parser.tree.CreateExtensionStmt;
import dev.lifeline.parser.tree.CreateOpClassItem;
import dev.lifeline.parser.tree.CreateOpClassStmt;
import dev.lifeline.parser.tree.CreateOpFamilyStmt;
import dev.lifeline.parser.tree.CreatePLangStmt;
import dev.lifeline.parser.tree.CreateRangeStmt;
import dev.lifeline.parser.tree.CreateStatsStmt;
import dev.lifeline.parser.tree.CreateTransformStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DefineStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.ObjectWithArgs;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.StatsElem;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.parser.tree.TypeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE of what extends the type system: types, domains, casts, operators and their classes,
/// aggregates, languages, text search objects.
final class CreateTypeParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  CreateTypeParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  Stmt create() {
    return switch (c.peek()) {
      case TYPE -> type();
      case DOMAIN -> domain();
      case AGGREGATE -> aggregate(false);
      case OPERATOR -> operator();
      case TEXT -> {
        ObjectType kind = u.objects.textSearchKind();
        List<String> name = c.anyName();
        yield define(kind, name, u.definitions.definition(), false);
      }
      case COLLATION -> collation();
      case CAST -> cast();
      case TRANSFORM -> transform(false);
      case DEFAULT, CONVERSION -> conversion();
      case TRUSTED, PROCEDURAL, LANGUAGE -> language(false);
      case ACCESS -> accessMethod();
      case STATISTICS -> statistics();
      case ASSERTION -> {
        c.expect(ASSERTION);
        c.anyName();
        c.expect(CHECK, '(');
        g.expr.aExpr();
        c.expect(')');
        ConstraintAttributes.read(c);
        throw Cursor.featureError(-1, "CREATE ASSERTION is not yet implemented");
      }
      default -> throw c.unexpected();
    };
  }

  Stmt createOrReplace() {
    return switch (c.peek()) {
      case AGGREGATE -> aggregate(true);
      case TRANSFORM -> transform(true);
      case TRUSTED, PROCEDURAL, LANGUAGE -> language(true);
      default -> throw c.unexpected();
    };
  }

  private static DefineStmt define(
      ObjectType kind, List<String> name, List<DefElem> definition, boolean ifNotExists) {
    return new DefineStmt(kind, false, name, List.of(), -1, definition, ifNotExists, false);
  }

  // ---- types

  private Stmt type() {
    c.expect(TYPE);
    int location = c.location();
    List<String> name = c.anyName();
    if (c.at('(')) {
      return define(ObjectType.TYPE, name, u.definitions.definition(), false);
    }
    if (!c.accept(AS)) {
      return define(ObjectType.TYPE, name, List.of(), false);
    }
    return switch (c.peek()) {
      case '(' -> {
        c.advance();
        List<ColumnDef> columns = c.at(')') ? List.of() : c.commaList(g.from::tableFuncElement);
        c.expect(')');
        yield new CompositeTypeStmt(c.rangeVar(name, location), columns);
      }
      case ENUM -> {
        c.expect(ENUM, '(');
        List<String> values = c.at(')') ? List.of() : c.commaList(c::sconst);
        c.expect(')');
        yield new CreateEnumStmt(name, values);
      }
      case RANGE -> {
        c.advance();
        yield new CreateRangeStmt(name, u.definitions.definition());
      }
      default -> throw c.unexpected();
    };
  }

  private Stmt domain() {
    c.expect(DOMAIN);
    List<String> name = c.anyName();
    c.accept(AS);
    TypeName type = g.type.typeName();
    TableParser.Qualifiers qualifiers = u.tables.qualifiers();
    return new CreateDomainStmt(name, type, qualifiers.collate(), qualifiers.constraints());
  }

  // ---- operators and aggregates

  private Stmt aggregate(boolean replace) {
    c.expect(AGGREGATE);
    List<String> name = g.from.functionName();
    if (c.at('(') && c.peek(1) == IDENT && c.peek(2) == '=') {
      List<DefElem> definition = u.definitions.oldAggregateDefinition();
      return new DefineStmt(
          ObjectType.AGGREGATE, true, name, List.of(), -1, definition, false, replace);
    }
    RoutineParser.AggregateArgs args = u.routines.aggregateArgs();
    return new DefineStmt(
        ObjectType.AGGREGATE,
        false,
        name,
        args.parameters(),
        args.direct(),
        u.definitions.definition(),
        false,
        replace);
  }

  private Stmt operator() {
    c.expect(OPERATOR);
    if (c.at(CLASS) && c.peek(1) != '.') {
      return operatorClass();
    }
    if (c.at(FAMILY) && c.peek(1) != '.') {
      c.advance();
      List<String> name = c.anyName();
      c.expect(USING);
      return new CreateOpFamilyStmt(name, c.colId());
    }
    List<String> name = g.expr.operators().anyOperator();
    return define(ObjectType.OPERATOR, name, u.definitions.definition(), false);
  }

  private Stmt operatorClass() {
    c.expect(CLASS);
    List<String> name = c.anyName();
    boolean isDefault = c.accept(DEFAULT);
    c.expect(FOR, TYPE);
    TypeName type = g.type.typeName();
    c.expect(USING);
    String method = c.colId();
    List<String> family = c.accept(FAMILY) ? c.anyName() : List.of();
    c.expect(AS);
    return new CreateOpClassStmt(name, family, method, type, operatorClassItems(), isDefault);
  }

  /// `opclass_item_list`
  List<CreateOpClassItem> operatorClassItems() {
    return c.commaList(this::operatorClassItem);
  }

  private CreateOpClassItem operatorClassItem() {
    return switch (c.peek()) {
      case OPERATOR -> {
        c.advance();
        int number = c.iconst();
        List<String> name = g.expr.operators().anyOperator();
        ObjectWithArgs operator =
            c.at('(')
                ? u.routines.operatorWithArgTypes(name)
                : new ObjectWithArgs(name, List.of(), List.of(), false);
        List<String> orderFamily = List.of();
        if (c.accept(FOR) && !c.accept(SEARCH)) {
          c.expect(ORDER, BY);
          orderFamily = c.anyName();
        }
        yield new CreateOpClassItem(
            CreateOpClassItem.Type.OPERATOR, operator, number, orderFamily, List.of(), null);
      }
      case FUNCTION -> {
        c.advance();
        int number = c.iconst();
        List<TypeName> types = c.optParenthesized(g.type::typeName);
        yield new CreateOpClassItem(
            CreateOpClassItem.Type.FUNCTION,
            u.routines.functionWithArgTypes(),
            number,
            List.of(),
            types,
            null);
      }
      default -> {
        c.expect(STORAGE);
        yield new CreateOpClassItem(
            CreateOpClassItem.Type.STORAGETYPE, null, 0, List.of(), List.of(), g.type.typeName());
      }
    };
  }

  /// `opclass_drop_list`
  List<CreateOpClassItem> operatorClassDrops() {
    return c.commaList(() -> {
      boolean operator = c.accept(OPERATOR);
      if (!operator) {
        c.expect(FUNCTION);
      }
      int number = c.iconst();
      List<TypeName> types = c.parenthesized(g.type::typeName);
      return new CreateOpClassItem(
          operator ? CreateOpClassItem.Type.OPERATOR : CreateOpClassItem.Type.FUNCTION,
          null,
          number,
          List.of(),
          types,
          null);
    });
  }

  // ---- the rest

  private Stmt collation() {
    c.expect(COLLATION);
    boolean ifNotExists = c.ifNotExists();
    List<String> name = c.anyName();
    int location = c.location();
    if (!c.accept(FROM)) {
      return define(ObjectType.COLLATION, name, u.definitions.definition(), ifNotExists);
    }
    DefElem from = DefinitionParser.option("from", new QualifiedName(c.anyName()), location);
    return define(ObjectType.COLLATION, name, List.of(from), ifNotExists);
  }

  private Stmt cast() {
    c.expect(CAST, '(');
    TypeName source = g.type.typeName();
    c.expect(AS);
    TypeName target = g.type.typeName();
    c.expect(')');
    ObjectWithArgs function = null;
    boolean inout = false;
    if (c.accept(WITHOUT)) {
      c.expect(FUNCTION);
    } else {
      c.expect(WITH);
      inout = c.accept(INOUT);
      if (!inout) {
        c.expect(FUNCTION);
        function = u.routines.functionWithArgTypes();
      }
    }
    CreateCastStmt.Context context = CreateCastStmt.Context.EXPLICIT;
    if (c.accept(AS)) {
      if (c.accept(IMPLICIT)) {
        context = CreateCastStmt.Context.IMPLICIT;
      } else {
        c.expect(ASSIGNMENT);
        context = CreateCastStmt.Context.ASSIGNMENT;
      }
    }
    return new CreateCastStmt(source, target, function, context, inout);
  }

  private Stmt transform(boolean replace) {
    c.expect(TRANSFORM, FOR);
    TypeName type = g.type.typeName();
    c.expect(LANGUAGE);
    String language = c.colId();
    c.expect('(');
    ObjectWithArgs from = null;
    ObjectWithArgs to = null;
    if (c.at(FROM)) {
      from = transformFunction(FROM);
      if (c.accept(',')) {
        to = transformFunction(TO);
      }
    } else {
      to = transformFunction(TO);
      if (c.accept(',')) {
        from = transformFunction(FROM);
      }
    }
    c.expect(')');
    return new CreateTransformStmt(replace, type, language, from, to);
  }

  private ObjectWithArgs transformFunction(int direction) {
    c.expect(direction, SQL);
    c.expect(WITH, FUNCTION);
    return u.routines.functionWithArgTypes();
  }

  private Stmt conversion() {
    boolean isDefault = c.accept(DEFAULT);
    c.expect(CONVERSION);
    List<String> name = c.anyName();
    c.expect(FOR);
    String from = c.sconst();
    c.expect(TO);
    String to = c.sconst();
    c.expect(FROM);
    return new CreateConversionStmt(name, from, to, c.anyName(), isDefault);
  }

  private Stmt language(boolean replace) {
    boolean trusted = c.accept(TRUSTED);
    c.accept(PROCEDURAL);
    c.expect(LANGUAGE);
    String name = c.colId();
    if (!c.accept(HANDLER)) {
      // Without a handler the words mean the extension of that name.
      return new CreateExtensionStmt(name, replace, List.of());
    }
    List<String> handler = c.anyName();
    List<String> inline = c.accept(INLINE) ? c.anyName() : List.of();
    List<String> validator = List.of();
    if (c.accept(NO)) {
      c.expect(VALIDATOR);
    } else if (c.accept(VALIDATOR)) {
      validator = c.anyName();
    }
    return new CreatePLangStmt(replace, name, handler, inline, validator, trusted);
  }

  private Stmt accessMethod() {
    c.expect(ACCESS, METHOD);
    String name = c.colId();
    c.expect(TYPE);
    char type = 'i';
    if (!c.accept(INDEX)) {
      c.expect(TABLE);
      type = 't';
    }
    c.expect(HANDLER);
    return new CreateAmStmt(name, c.anyName(), type);
  }

  private Stmt statistics() {
    c.expect(STATISTICS);
    boolean ifNotExists = c.ifNotExists();
    List<String> name = ifNotExists || c.atColId() ? c.anyName() : List.of();
    List<String> kinds = c.optParenthesized(c::colId);
    c.expect(ON);
    List<StatsElem> expressions = c.commaList(this::statsElem);
    c.expect(FROM);
    List<TableRef> relations = g.from.fromList();
    return new CreateStatsStmt(name, kinds, expressions, relations, ifNotExists);
  }

  private StatsElem statsElem() {
    @Nullable Expr expr = null;
    if (c.accept('(')) {
      expr = g.expr.aExpr();
      c.expect(')');
    } else if (g.function.atWindowlessOnly()) {
      expr = g.function.windowless();
    }
    return expr == null ? new StatsElem(c.colId(), null) : new StatsElem(null, expr);
  }
}
