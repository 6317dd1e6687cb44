package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.GrantTargetType;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.QualifiedName;
import java.util.List;

/// `privilege_target`: what a GRANT or REVOKE is about.
final class GrantTargetParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  GrantTargetParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  record Target(GrantTargetType type, ObjectType objectType, List<Node> objects) {}

  private static Target objects(ObjectType type, List<? extends Node> objects) {
    return new Target(GrantTargetType.OBJECT, type, List.copyOf(objects));
  }

  /// Some of the words may be the name of a table as well, and are where no name follows them.
  Target target() {
    boolean nameFollows = Cursor.isColId(c.peek(1));
    switch (c.peek()) {
      case ALL -> {
        return allInSchema();
      }
      case TABLE -> {
        c.advance();
        return relations(ObjectType.TABLE);
      }
      case FOREIGN -> {
        c.advance();
        if (c.accept(SERVER)) {
          return objects(ObjectType.FOREIGN_SERVER, names());
        }
        c.expect(DATA, WRAPPER);
        return objects(ObjectType.FDW, names());
      }
      case LARGE -> {
        if (c.accept(LARGE, OBJECT)) {
          return objects(ObjectType.LARGE_OBJECT, c.commaList(c::numericOnly));
        }
      }
      case FUNCTION, PROCEDURE, ROUTINE -> {
        if (nameFollows || Cursor.isTypeFunctionName(c.peek(1))) {
          ObjectType type =
              switch (c.peek()) {
                case FUNCTION -> ObjectType.FUNCTION;
                case PROCEDURE -> ObjectType.PROCEDURE;
                default -> ObjectType.ROUTINE;
              };
          c.advance();
          return objects(type, c.commaList(u.routines::functionWithArgTypes));
        }
      }
      default -> {
        if (nameFollows) {
          return named();
        }
      }
    }
    return relations(ObjectType.TABLE);
  }

  private Target named() {
    return switch (c.peek()) {
      case SEQUENCE -> {
        c.advance();
        yield relations(ObjectType.SEQUENCE);
      }
      case DATABASE -> {
        c.advance();
        yield objects(ObjectType.DATABASE, names());
      }
      case LANGUAGE -> {
        c.advance();
        yield objects(ObjectType.LANGUAGE, names());
      }
      case SCHEMA -> {
        c.advance();
        yield objects(ObjectType.SCHEMA, names());
      }
      case TABLESPACE -> {
        c.advance();
        yield objects(ObjectType.TABLESPACE, names());
      }
      case DOMAIN -> {
        c.advance();
        yield objects(ObjectType.DOMAIN, qualifiedNames());
      }
      case TYPE -> {
        c.advance();
        yield objects(ObjectType.TYPE, qualifiedNames());
      }
      case PARAMETER -> {
        c.advance();
        yield objects(
            ObjectType.PARAMETER_ACL,
            c.commaList(() -> new QualifiedName(List.of(u.settings.variableName()))));
      }
      default -> relations(ObjectType.TABLE);
    };
  }

  private Target relations(ObjectType type) {
    return objects(type, c.commaList(() -> c.qualifiedName(g)));
  }

  private List<QualifiedName> names() {
    return c.commaList(u.objects::name);
  }

  private List<QualifiedName> qualifiedNames() {
    return c.commaList(() -> new QualifiedName(c.anyName()));
  }

  private Target allInSchema() {
    c.expect(ALL);
    ObjectType type =
        switch (c.peek()) {
          case TABLES -> ObjectType.TABLE;
          case SEQUENCES -> ObjectType.SEQUENCE;
          case FUNCTIONS -> ObjectType.FUNCTION;
          case PROCEDURES -> ObjectType.PROCEDURE;
          case ROUTINES -> ObjectType.ROUTINE;
          default -> throw c.unexpected();
        };
    c.advance();
    c.expect(IN, SCHEMA);
    return new Target(GrantTargetType.ALL_IN_SCHEMA, type, List.copyOf(names()));
  }
}
