package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FkAction;
import dev.lifeline.parser.tree.FkMatch;
import dev.lifeline.parser.tree.IndexElem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Constraints of columns, tables and domains.
final class ConstraintParser {
  private final Grammar g;
  private final Cursor c;

  ConstraintParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  private DefinitionParser definitions() {
    return g.utility().definitions;
  }

  // ---- of columns

  /// `ColConstraint` without the COLLATE; null where none starts.
  @Nullable Constraint columnConstraint() {
    int location = c.location();
    if (c.accept(CONSTRAINT)) {
      String name = c.colId();
      ConstraintBuilder builder = columnElement(location);
      if (builder == null) {
        throw c.unexpected();
      }
      builder.name = name;
      return builder.build();
    }
    Constraint.Type attribute = attribute();
    if (attribute != null) {
      return new ConstraintBuilder(attribute, location).build();
    }
    ConstraintBuilder builder = columnElement(location);
    return builder == null ? null : builder.build();
  }

  /// `ConstraintAttr`
  private Constraint.@Nullable Type attribute() {
    if (c.accept(DEFERRABLE)) {
      return Constraint.Type.ATTR_DEFERRABLE;
    }
    if (c.accept(NOT, DEFERRABLE)) {
      return Constraint.Type.ATTR_NOT_DEFERRABLE;
    }
    if (c.accept(INITIALLY)) {
      if (c.accept(DEFERRED)) {
        return Constraint.Type.ATTR_DEFERRED;
      }
      c.expect(IMMEDIATE);
      return Constraint.Type.ATTR_IMMEDIATE;
    }
    return null;
  }

  /// `ColConstraintElem`
  private @Nullable ConstraintBuilder columnElement(int location) {
    return switch (c.peek()) {
      case NOT -> {
        c.expect(NOT, NULL);
        yield new ConstraintBuilder(Constraint.Type.NOTNULL, location);
      }
      case NULL -> {
        c.advance();
        yield new ConstraintBuilder(Constraint.Type.NULL, location);
      }
      case UNIQUE -> {
        c.advance();
        ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.UNIQUE, location);
        builder.nullsNotDistinct = g.expr.operators().optUniqueNullTreatment();
        indexParameters(builder);
        yield builder;
      }
      case PRIMARY -> {
        c.expect(PRIMARY, KEY);
        ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.PRIMARY, location);
        indexParameters(builder);
        yield builder;
      }
      case CHECK -> {
        ConstraintBuilder builder = check(location);
        if (c.accept(NO)) {
          c.expect(INHERIT);
          builder.noInherit = true;
        }
        yield builder;
      }
      case DEFAULT -> {
        c.advance();
        ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.DEFAULT, location);
        builder.rawExpr = g.expr.bExpr();
        yield builder;
      }
      case GENERATED -> generated(location);
      case REFERENCES -> {
        ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.FOREIGN, location);
        references(builder);
        yield builder;
      }
      default -> null;
    };
  }

  private ConstraintBuilder check(int location) {
    c.expect(CHECK, '(');
    ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.CHECK, location);
    builder.rawExpr = g.expr.aExpr();
    c.expect(')');
    return builder;
  }

  private void indexParameters(ConstraintBuilder builder) {
    builder.options = definitions().optDefinition();
    if (c.at(USING)) {
      c.expect(USING, INDEX, TABLESPACE);
      builder.indexSpace = c.colId();
    }
  }

  private ConstraintBuilder generated(int location) {
    c.expect(GENERATED);
    int whenLocation = c.location();
    boolean always = generatedWhen();
    c.expect(AS);
    if (c.accept(IDENTITY)) {
      ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.IDENTITY, location);
      builder.generatedAlways = always;
      builder.options = definitions().optParenthesizedSequenceOptions();
      return builder;
    }
    c.expect('(');
    Expr expr = g.expr.aExpr();
    c.expect(')', STORED);
    if (!always) {
      throw Cursor.syntaxError(
          whenLocation, "for a generated column, GENERATED ALWAYS must be specified");
    }
    ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.GENERATED, location);
    builder.generatedAlways = true;
    builder.rawExpr = expr;
    return builder;
  }

  /// `generated_when`: whether it is ALWAYS.
  boolean generatedWhen() {
    if (c.accept(ALWAYS)) {
      return true;
    }
    c.expect(BY, DEFAULT);
    return false;
  }

  // ---- foreign keys

  private void references(ConstraintBuilder builder) {
    c.expect(REFERENCES);
    builder.referenced = c.qualifiedName(g);
    builder.referencedColumns = c.optParenthesized(c::colId);
    int matchLocation = c.location();
    if (c.accept(MATCH)) {
      if (c.at(PARTIAL)) {
        throw Cursor.featureError(matchLocation, "MATCH PARTIAL not yet implemented");
      }
      if (c.accept(FULL)) {
        builder.match = FkMatch.FULL;
      } else {
        c.expect(SIMPLE);
      }
    }
    boolean update = false;
    boolean delete = false;
    while (c.at(ON) && ((!update && c.peek(1) == UPDATE) || (!delete && c.peek(1) == DELETE))) {
      int location = c.advance();
      if (c.accept(UPDATE)) {
        update = true;
        builder.onUpdate = action();
        List<String> columns = optActionColumns(builder.onUpdate);
        if (!columns.isEmpty()) {
          throw Cursor.featureError(
              location,
              "a column list with %s is only supported for ON DELETE actions",
              builder.onUpdate == FkAction.SET_NULL ? "SET NULL" : "SET DEFAULT");
        }
      } else {
        c.expect(DELETE);
        delete = true;
        builder.onDelete = action();
        builder.onDeleteColumns = optActionColumns(builder.onDelete);
      }
    }
    if (c.at(ON)) {
      // Neither of the two that are missing, or one that was there already.
      if (!update || !delete) {
        c.advance();
      }
      throw c.unexpected();
    }
  }

  private List<String> optActionColumns(FkAction action) {
    return action == FkAction.SET_NULL || action == FkAction.SET_DEFAULT
        ? c.optParenthesized(c::colId)
        : List.of();
  }

  private FkAction action() {
    return switch (c.peek()) {
      case NO -> {
        c.expect(NO, ACTION);
        yield FkAction.NO_ACTION;
      }
      case RESTRICT -> {
        c.advance();
        yield FkAction.RESTRICT;
      }
      case CASCADE -> {
        c.advance();
        yield FkAction.CASCADE;
      }
      default -> {
        c.expect(SET);
        if (c.accept(NULL)) {
          yield FkAction.SET_NULL;
        }
        c.expect(DEFAULT);
        yield FkAction.SET_DEFAULT;
      }
    };
  }

  // ---- of tables

  /// Whether a `TableConstraint` starts here.
  boolean atTableConstraint() {
    return switch (c.peek()) {
      case CONSTRAINT, CHECK, UNIQUE, PRIMARY, FOREIGN -> true;
      case EXCLUDE -> c.peek(1) == '(' || c.peek(1) == USING;
      default -> false;
    };
  }

  /// `TableConstraint`
  Constraint tableConstraint() {
    int location = c.location();
    String name = c.accept(CONSTRAINT) ? c.colId() : null;
    ConstraintBuilder builder = tableElement(location);
    builder.name = name;
    return builder.build();
  }

  private ConstraintBuilder tableElement(int location) {
    return switch (c.peek()) {
      case CHECK -> {
        ConstraintBuilder builder = check(location);
        ConstraintAttributes.read(c).apply(builder, "CHECK");
        yield builder;
      }
      case UNIQUE -> {
        c.advance();
        ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.UNIQUE, location);
        if (c.at(USING)) {
          existingIndex(builder);
        } else {
          builder.nullsNotDistinct = g.expr.operators().optUniqueNullTreatment();
          keys(builder);
        }
        ConstraintAttributes.read(c).apply(builder, "UNIQUE");
        yield builder;
      }
      case PRIMARY -> {
        c.expect(PRIMARY, KEY);
        ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.PRIMARY, location);
        if (c.at(USING)) {
          existingIndex(builder);
        } else {
          keys(builder);
        }
        ConstraintAttributes.read(c).apply(builder, "PRIMARY KEY");
        yield builder;
      }
      case EXCLUDE -> exclude(location);
      case FOREIGN -> {
        c.expect(FOREIGN, KEY);
        ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.FOREIGN, location);
        builder.foreignColumns = c.parenthesized(c::colId);
        references(builder);
        ConstraintAttributes.read(c).apply(builder, "FOREIGN KEY");
        yield builder;
      }
      default -> throw c.unexpected();
    };
  }

  private void existingIndex(ConstraintBuilder builder) {
    c.expect(USING, INDEX);
    builder.indexName = c.colId();
  }

  private void keys(ConstraintBuilder builder) {
    builder.keys = c.parenthesized(c::colId);
    include(builder);
    indexParameters(builder);
  }

  private void include(ConstraintBuilder builder) {
    if (c.accept(INCLUDE)) {
      builder.including = c.parenthesized(c::colId);
    }
  }

  private ConstraintBuilder exclude(int location) {
    c.expect(EXCLUDE);
    ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.EXCLUSION, location);
    builder.accessMethod = g.utility().indexes.accessMethod();
    builder.exclusions =
        c.parenthesized(() -> {
          IndexElem element = g.utility().indexes.indexElem();
          c.expect(WITH);
          return new Constraint.Exclusion(element, exclusionOperator());
        });
    include(builder);
    indexParameters(builder);
    if (c.accept(WHERE)) {
      c.expect('(');
      builder.where = g.expr.aExpr();
      c.expect(')');
    }
    ConstraintAttributes.read(c).apply(builder, "EXCLUDE");
    return builder;
  }

  private List<String> exclusionOperator() {
    if (c.at(OPERATOR, '(')) {
      return g.expr.operators().qualAllOp();
    }
    return g.expr.operators().anyOperator();
  }

  // ---- of domains

  /// `DomainConstraint`
  Constraint domainConstraint() {
    int location = c.location();
    String name = c.accept(CONSTRAINT) ? c.colId() : null;
    ConstraintBuilder builder;
    String what;
    if (c.at(CHECK)) {
      builder = check(location);
      what = "CHECK";
    } else {
      c.expect(NOT, NULL);
      builder = new ConstraintBuilder(Constraint.Type.NOTNULL, location);
      what = "NOT NULL";
    }
    ConstraintAttributes.read(c).apply(builder, what);
    builder.name = name;
    return builder.build();
  }
}
