package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.CommentStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.SecLabelStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Naming an object of any kind, as COMMENT, DROP, ALTER and others do.
final class ObjectParser {
  private final Grammar g;
  private final Cursor c;

  ObjectParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  /// An object and what it is.
  record Reference(ObjectType type, Node object) {}

  // ---- kinds

  /// `object_type_any_name`: kinds whose names may be qualified; null at any other word.
  @Nullable ObjectType qualifiedKind() {
    ObjectType type;
    switch (c.peek()) {
      case TABLE -> type = ObjectType.TABLE;
      case SEQUENCE -> type = ObjectType.SEQUENCE;
      case VIEW -> type = ObjectType.VIEW;
      case INDEX -> type = ObjectType.INDEX;
      case COLLATION -> type = ObjectType.COLLATION;
      case CONVERSION -> type = ObjectType.CONVERSION;
      case STATISTICS -> type = ObjectType.STATISTICS;
      case MATERIALIZED -> {
        c.expect(MATERIALIZED, VIEW);
        return ObjectType.MATVIEW;
      }
      case FOREIGN -> {
        if (c.peek(1) == DATA) {
          return null;
        }
        c.expect(FOREIGN, TABLE);
        return ObjectType.FOREIGN_TABLE;
      }
      case TEXT -> {
        return textSearchKind();
      }
      default -> {
        return null;
      }
    }
    c.advance();
    return type;
  }

  /// `TEXT SEARCH` and what of it.
  ObjectType textSearchKind() {
    c.expect(TEXT, SEARCH);
    ObjectType type =
        switch (c.peek()) {
          case PARSER -> ObjectType.TS_PARSER;
          case DICTIONARY -> ObjectType.TS_DICTIONARY;
          case TEMPLATE -> ObjectType.TS_TEMPLATE;
          case CONFIGURATION -> ObjectType.TS_CONFIGURATION;
          default -> throw c.unexpected();
        };
    c.advance();
    return type;
  }

  /// `drop_type_name`: kinds of one name; null at any other word.
  @Nullable ObjectType simpleKind() {
    return switch (c.peek()) {
      case ACCESS -> {
        c.expect(ACCESS, METHOD);
        yield ObjectType.ACCESS_METHOD;
      }
      case EVENT -> {
        c.expect(EVENT, TRIGGER);
        yield ObjectType.EVENT_TRIGGER;
      }
      case EXTENSION -> single(ObjectType.EXTENSION);
      case FOREIGN -> {
        c.expect(FOREIGN, DATA, WRAPPER);
        yield ObjectType.FDW;
      }
      case PROCEDURAL -> {
        c.expect(PROCEDURAL, LANGUAGE);
        yield ObjectType.LANGUAGE;
      }
      case LANGUAGE -> single(ObjectType.LANGUAGE);
      case PUBLICATION -> single(ObjectType.PUBLICATION);
      case SCHEMA -> single(ObjectType.SCHEMA);
      case SERVER -> single(ObjectType.FOREIGN_SERVER);
      default -> null;
    };
  }

  /// `object_type_name`
  @Nullable ObjectType simpleOrSharedKind() {
    return switch (c.peek()) {
      case DATABASE -> single(ObjectType.DATABASE);
      case ROLE -> single(ObjectType.ROLE);
      case SUBSCRIPTION -> single(ObjectType.SUBSCRIPTION);
      case TABLESPACE -> single(ObjectType.TABLESPACE);
      default -> simpleKind();
    };
  }

  /// `object_type_name_on_any_name`: kinds that belong to a table.
  @Nullable ObjectType kindOnTable() {
    return switch (c.peek()) {
      case POLICY -> single(ObjectType.POLICY);
      case RULE -> single(ObjectType.RULE);
      case TRIGGER -> single(ObjectType.TRIGGER);
      default -> null;
    };
  }

  private ObjectType single(ObjectType type) {
    c.advance();
    return type;
  }

  // ---- references

  /// The objects that COMMENT, SECURITY LABEL and ALTER EXTENSION have in common.
  private @Nullable Reference common() {
    switch (c.peek()) {
      case TYPE -> {
        c.advance();
        return new Reference(ObjectType.TYPE, g.type.typeName());
      }
      case DOMAIN -> {
        c.advance();
        return new Reference(ObjectType.DOMAIN, g.type.typeName());
      }
      case AGGREGATE -> {
        c.advance();
        return new Reference(ObjectType.AGGREGATE, routines().aggregateWithArgTypes());
      }
      case FUNCTION -> {
        c.advance();
        return new Reference(ObjectType.FUNCTION, routines().functionWithArgTypes());
      }
      case PROCEDURE -> {
        c.advance();
        return new Reference(ObjectType.PROCEDURE, routines().functionWithArgTypes());
      }
      case ROUTINE -> {
        c.advance();
        return new Reference(ObjectType.ROUTINE, routines().functionWithArgTypes());
      }
      default -> {}
    }
    ObjectType qualified = qualifiedKind();
    if (qualified != null) {
      return new Reference(qualified, new QualifiedName(c.anyName()));
    }
    ObjectType simple = simpleOrSharedKind();
    return simple == null ? null : new Reference(simple, name());
  }

  private RoutineParser routines() {
    return g.utility().routines;
  }

  QualifiedName name() {
    return new QualifiedName(List.of(c.colId()));
  }

  /// An operator, or an operator class or family by its access method and name.
  Reference operatorReference() {
    c.expect(OPERATOR);
    if ((c.at(CLASS) || c.at(FAMILY)) && c.peek(1) != '.') {
      ObjectType type = c.at(CLASS) ? ObjectType.OPERATOR_CLASS : ObjectType.OPERATOR_FAMILY;
      c.advance();
      List<String> name = c.anyName();
      c.expect(USING);
      return new Reference(type, behind(c.colId(), name));
    }
    return new Reference(ObjectType.OPERATOR, routines().operatorWithArgTypes());
  }

  /// A name with another one before it.
  static QualifiedName behind(String first, List<String> name) {
    List<String> names = new ArrayList<>(name.size() + 1);
    names.add(first);
    names.addAll(name);
    return new QualifiedName(List.copyOf(names));
  }

  /// A name with another one after it.
  static QualifiedName before(List<String> name, String last) {
    List<String> names = new ArrayList<>(name);
    names.add(last);
    return new QualifiedName(List.copyOf(names));
  }

  /// `CAST '(' Typename AS Typename ')'`, CAST read.
  Node castTypes() {
    c.expect('(');
    TypeName source = g.type.typeName();
    c.expect(AS);
    TypeName target = g.type.typeName();
    c.expect(')');
    return new NodeList(List.of(source, target));
  }

  /// `TRANSFORM FOR Typename LANGUAGE name`, TRANSFORM read.
  Node transform() {
    c.expect(FOR);
    TypeName type = g.type.typeName();
    c.expect(LANGUAGE);
    return new NodeList(List.of(type, new Value.Str(c.colId())));
  }

  // ---- COMMENT

  Stmt comment() {
    c.expect(COMMENT, ON);
    Reference reference = commented();
    c.expect(IS);
    return new CommentStmt(
        reference.type(), reference.object(), c.accept(NULL) ? null : c.sconst());
  }

  private Reference commented() {
    switch (c.peek()) {
      case COLUMN -> {
        c.advance();
        return new Reference(ObjectType.COLUMN, new QualifiedName(c.anyName()));
      }
      case OPERATOR -> {
        return operatorReference();
      }
      case CONSTRAINT -> {
        return constraint();
      }
      case TRANSFORM -> {
        c.advance();
        return new Reference(ObjectType.TRANSFORM, transform());
      }
      case CAST -> {
        c.advance();
        return new Reference(ObjectType.CAST, castTypes());
      }
      case LARGE -> {
        c.expect(LARGE, OBJECT);
        return new Reference(ObjectType.LARGE_OBJECT, c.numericOnly());
      }
      default -> {}
    }
    ObjectType onTable = kindOnTable();
    if (onTable != null) {
      String name = c.colId();
      c.expect(ON);
      return new Reference(onTable, before(c.anyName(), name));
    }
    Reference reference = common();
    if (reference == null) {
      throw c.unexpected();
    }
    return reference;
  }

  private Reference constraint() {
    c.expect(CONSTRAINT);
    String name = c.colId();
    c.expect(ON);
    if (c.at(DOMAIN) && Cursor.isColId(c.peek(1))) {
      c.advance();
      TypeName domain = new TypeName(c.anyName(), false, false, List.of(), List.of(), -1);
      return new Reference(
          ObjectType.DOMAIN_CONSTRAINT, new NodeList(List.of(domain, new Value.Str(name))));
    }
    return new Reference(ObjectType.TABLE_CONSTRAINT, before(c.anyName(), name));
  }

  // ---- SECURITY LABEL

  Stmt securityLabel() {
    c.expect(SECURITY, LABEL);
    String provider = c.accept(FOR) ? c.nonReservedWordOrSconst() : null;
    c.expect(ON);
    Reference reference;
    if (c.accept(COLUMN)) {
      reference = new Reference(ObjectType.COLUMN, new QualifiedName(c.anyName()));
    } else if (c.at(LARGE)) {
      c.expect(LARGE, OBJECT);
      reference = new Reference(ObjectType.LARGE_OBJECT, c.numericOnly());
    } else {
      reference = common();
    }
    if (reference == null) {
      throw c.unexpected();
    }
    c.expect(IS);
    return new SecLabelStmt(
        reference.type(), reference.object(), provider, c.accept(NULL) ? null : c.sconst());
  }

  // ---- ALTER EXTENSION ... ADD and DROP

  Reference extensionMember() {
    if (c.at(OPERATOR)) {
      return operatorReference();
    }
    if (c.accept(CAST)) {
      return new Reference(ObjectType.CAST, castTypes());
    }
    if (c.accept(TRANSFORM)) {
      return new Reference(ObjectType.TRANSFORM, transform());
    }
    Reference reference = common();
    if (reference == null) {
      throw c.unexpected();
    }
    return reference;
  }
}
