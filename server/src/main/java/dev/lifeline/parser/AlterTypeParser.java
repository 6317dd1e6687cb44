package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AlterCollationStmt;
import dev.lifeline.parser.tree.AlterDomainStmt;
import dev.lifeline.parser.tree.AlterEnumStmt;
import dev.lifeline.parser.tree.AlterOpFamilyStmt;
import dev.lifeline.parser.tree.AlterOperatorStmt;
import dev.lifeline.parser.tree.AlterStatsStmt;
import dev.lifeline.parser.tree.AlterTableStmt;
import dev.lifeline.parser.tree.AlterTsConfigurationStmt;
import dev.lifeline.parser.tree.AlterTsDictionaryStmt;
import dev.lifeline.parser.tree.AlterTypeStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.ObjectWithArgs;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.RenameStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER of what extends the type system.
final class AlterTypeParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;
  private final AlterParser common;
  private final AlterTableParser commands;
  private final CreateTypeParser items;

  AlterTypeParser(Grammar g, UtilityGrammar u, AlterParser common) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
    this.common = common;
    this.commands = new AlterTableParser(g, u);
    this.items = new CreateTypeParser(g, u);
  }

  Stmt alter() {
    return switch (c.peek()) {
      case TYPE -> type();
      case DOMAIN -> domain();
      case AGGREGATE -> {
        c.advance();
        yield common.change(
            ObjectType.AGGREGATE, u.routines.aggregateWithArgTypes(), RENAME, OWNER, SET);
      }
      case OPERATOR -> operator();
      case COLLATION -> collation();
      case CONVERSION -> {
        c.advance();
        yield common.change(ObjectType.CONVERSION, anyName(), RENAME, OWNER, SET);
      }
      case STATISTICS -> statistics();
      case TEXT -> textSearch();
      default -> throw c.unexpected();
    };
  }

  private QualifiedName anyName() {
    return new QualifiedName(c.anyName());
  }

  // ---- types

  private Stmt type() {
    c.expect(TYPE);
    int location = c.location();
    List<String> name = c.anyName();
    int next = c.peek(1);
    switch (c.peek()) {
      case ADD -> {
        return next == VALUE ? addValue(name) : attributes(name, location);
      }
      case DROP -> {
        if (next == VALUE) {
          int at = c.expect(DROP);
          c.expect(VALUE);
          c.sconst();
          throw Cursor.featureError(at, "dropping an enum value is not implemented");
        }
        return attributes(name, location);
      }
      case ALTER -> {
        return attributes(name, location);
      }
      case RENAME -> {
        return renameInType(name, location);
      }
      case SET -> {
        if (next == '(') {
          c.advance();
          return new AlterTypeStmt(name, c.parenthesized(this::operatorOption));
        }
      }
      default -> {}
    }
    return common.change(ObjectType.TYPE, new QualifiedName(name), OWNER, SET);
  }

  private Stmt attributes(List<String> name, int location) {
    RangeVar relation = c.rangeVar(name, location);
    return new AlterTableStmt(
        relation, c.commaList(commands::attributeCommand), ObjectType.TYPE, false);
  }

  private Stmt addValue(List<String> name) {
    c.expect(ADD, VALUE);
    boolean ifNotExists = c.ifNotExistsOnly();
    String value = c.sconst();
    String neighbor = null;
    boolean after = true;
    if (c.at(BEFORE) || c.at(AFTER)) {
      after = c.at(AFTER);
      c.advance();
      neighbor = c.sconst();
    }
    return new AlterEnumStmt(name, null, value, neighbor, after, ifNotExists);
  }

  private Stmt renameInType(List<String> name, int location) {
    return switch (c.peek(1)) {
      case VALUE -> {
        c.expect(RENAME, VALUE);
        String old = c.sconst();
        c.expect(TO);
        yield new AlterEnumStmt(name, old, c.sconst(), null, false, false);
      }
      case ATTRIBUTE -> {
        c.expect(RENAME, ATTRIBUTE);
        String attribute = c.colId();
        c.expect(TO);
        String newName = c.colId();
        yield new RenameStmt(
            ObjectType.ATTRIBUTE,
            ObjectType.TYPE,
            c.rangeVar(name, location),
            null,
            attribute,
            newName,
            u.maintenance.dropBehavior(),
            false);
      }
      default -> common.rename(ObjectType.TYPE, new QualifiedName(name));
    };
  }

  // ---- domains

  private Stmt domain() {
    c.expect(DOMAIN);
    List<String> name = c.anyName();
    switch (c.peek()) {
      case SET -> {
        if (c.peek(1) == SCHEMA) {
          break;
        }
        c.advance();
        if (c.accept(DEFAULT)) {
          return domain(AlterDomainStmt.Kind.DEFAULT, name, null, g.expr.aExpr());
        }
        c.expect(NOT, NULL);
        return domain(AlterDomainStmt.Kind.SET_NOT_NULL, name, null, null);
      }
      case DROP -> {
        return dropFromDomain(name);
      }
      case ADD -> {
        c.advance();
        return domain(
            AlterDomainStmt.Kind.ADD_CONSTRAINT,
            name,
            null,
            u.tables.constraints.domainConstraint());
      }
      case VALIDATE -> {
        c.expect(VALIDATE, CONSTRAINT);
        return domain(AlterDomainStmt.Kind.VALIDATE_CONSTRAINT, name, c.colId(), null);
      }
      case RENAME -> {
        if (c.peek(1) == CONSTRAINT) {
          c.expect(RENAME, CONSTRAINT);
          String constraint = c.colId();
          c.expect(TO);
          return new RenameStmt(
              ObjectType.DOMAIN_CONSTRAINT,
              null,
              null,
              new QualifiedName(name),
              constraint,
              c.colId(),
              DropBehavior.RESTRICT,
              false);
        }
      }
      default -> {}
    }
    return common.change(ObjectType.DOMAIN, new QualifiedName(name), RENAME, OWNER, SET);
  }

  private static Stmt domain(
      AlterDomainStmt.Kind kind,
      List<String> name,
      @Nullable String constraint,
      @Nullable Node def) {
    return new AlterDomainStmt(kind, name, constraint, def, DropBehavior.RESTRICT, false);
  }

  private Stmt dropFromDomain(List<String> name) {
    c.expect(DROP);
    if (c.accept(DEFAULT)) {
      return domain(AlterDomainStmt.Kind.DEFAULT, name, null, null);
    }
    if (c.accept(NOT)) {
      c.expect(NULL);
      return domain(AlterDomainStmt.Kind.DROP_NOT_NULL, name, null, null);
    }
    c.expect(CONSTRAINT);
    boolean missingOk = c.ifExists();
    String constraint = c.colId();
    return new AlterDomainStmt(
        AlterDomainStmt.Kind.DROP_CONSTRAINT,
        name,
        constraint,
        null,
        u.maintenance.dropBehavior(),
        missingOk);
  }

  // ---- operators

  private Stmt operator() {
    ObjectParser.Reference reference = u.objects.operatorReference();
    if (reference.type() == ObjectType.OPERATOR) {
      if (c.at(SET) && c.peek(1) == '(') {
        c.advance();
        return new AlterOperatorStmt(
            (ObjectWithArgs) reference.object(), c.parenthesized(this::operatorOption));
      }
      return common.change(ObjectType.OPERATOR, reference.object(), OWNER, SET);
    }
    if (reference.type() == ObjectType.OPERATOR_FAMILY && (c.at(ADD) || c.at(DROP))) {
      List<String> names = ((QualifiedName) reference.object()).names();
      boolean drop = c.at(DROP);
      c.advance();
      return new AlterOpFamilyStmt(
          names.subList(1, names.size()),
          names.get(0),
          drop,
          drop ? items.operatorClassDrops() : items.operatorClassItems());
    }
    return common.change(reference.type(), reference.object(), RENAME, OWNER, SET);
  }

  /// `operator_def_elem`
  private DefElem operatorOption() {
    int location = c.location();
    String name = c.colLabel();
    Node arg = null;
    if (c.accept('=') && !c.accept(NONE)) {
      arg = u.definitions.defArg();
    }
    return DefinitionParser.option(name, arg, location);
  }

  // ---- collations, statistics, text search

  private Stmt collation() {
    c.expect(COLLATION);
    List<String> name = c.anyName();
    if (c.at(REFRESH)) {
      c.expect(REFRESH, VERSION);
      return new AlterCollationStmt(name);
    }
    return common.change(ObjectType.COLLATION, new QualifiedName(name), RENAME, OWNER, SET);
  }

  private Stmt statistics() {
    c.expect(STATISTICS);
    boolean missingOk = c.ifExists();
    List<String> name = c.anyName();
    if (missingOk || c.at(SET, STATISTICS)) {
      c.expect(SET, STATISTICS);
      Value.Int target = commands.statisticsTarget();
      return new AlterStatsStmt(name, target == null ? null : target.value(), missingOk);
    }
    return common.change(ObjectType.STATISTICS, new QualifiedName(name), RENAME, OWNER, SET);
  }

  private Stmt textSearch() {
    ObjectType type = u.objects.textSearchKind();
    List<String> name = c.anyName();
    QualifiedName object = new QualifiedName(name);
    if (type == ObjectType.TS_DICTIONARY && c.at('(')) {
      return new AlterTsDictionaryStmt(name, u.definitions.definition());
    }
    boolean configuration = type == ObjectType.TS_CONFIGURATION;
    if (configuration && (c.at(ADD) || c.at(ALTER) || c.at(DROP))) {
      return mapping(name);
    }
    return configuration || type == ObjectType.TS_DICTIONARY
        ? common.change(type, object, RENAME, OWNER, SET)
        : common.change(type, object, RENAME, SET);
  }

  private Stmt mapping(List<String> name) {
    int verb = c.peek();
    c.advance();
    c.expect(MAPPING);
    if (verb == DROP) {
      boolean missingOk = c.ifExistsOnly();
      c.expect(FOR);
      return mapping(
          AlterTsConfigurationStmt.Kind.DROP_MAPPING,
          name,
          c.nameList(),
          List.of(),
          false,
          missingOk);
    }
    List<String> tokens = List.of();
    if (verb == ADD || !c.at(REPLACE)) {
      c.expect(FOR);
      tokens = c.nameList();
    }
    if (verb == ALTER && c.accept(REPLACE)) {
      QualifiedName from = anyName();
      withWord();
      return mapping(
          tokens.isEmpty()
              ? AlterTsConfigurationStmt.Kind.REPLACE_DICT
              : AlterTsConfigurationStmt.Kind.REPLACE_DICT_FOR_TOKEN,
          name,
          tokens,
          List.of(from, anyName()),
          false,
          false);
    }
    withWord();
    List<QualifiedName> dictionaries = c.commaList(this::anyName);
    return mapping(
        verb == ADD
            ? AlterTsConfigurationStmt.Kind.ADD_MAPPING
            : AlterTsConfigurationStmt.Kind.ALTER_MAPPING_FOR_TOKEN,
        name,
        tokens,
        dictionaries,
        verb == ALTER,
        false);
  }

  private void withWord() {
    if (!u.definitions.optWithWord()) {
      throw c.unexpected();
    }
  }

  private static Stmt mapping(
      AlterTsConfigurationStmt.Kind kind,
      List<String> name,
      List<String> tokens,
      List<QualifiedName> dictionaries,
      boolean override,
      boolean missingOk) {
    boolean replace =
        kind == AlterTsConfigurationStmt.Kind.REPLACE_DICT
            || kind == AlterTsConfigurationStmt.Kind.REPLACE_DICT_FOR_TOKEN;
    return new AlterTsConfigurationStmt(
        kind, name, tokens, dictionaries, override, replace, missingOk);
  }
}
