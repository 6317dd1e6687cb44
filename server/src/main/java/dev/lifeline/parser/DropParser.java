package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.DropOwnedStmt;
import dev.lifeline.parser.tree.DropRoleStmt;
import dev.lifeline.parser.tree.DropStmt;
import dev.lifeline.parser.tree.DropTableSpaceStmt;
import dev.lifeline.parser.tree.DropdbStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.Stmt;
import java.util.List;
import java.util.function.Supplier;

/// DROP.
final class DropParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  DropParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  Stmt dropStmt() {
    c.expect(DROP);
    return switch (c.peek()) {
      case DATABASE -> database();
      case ROLE, GROUP -> roles();
      case USER ->
          u.create.foreign().atUserMapping() ? u.create.foreign().dropUserMapping() : roles();
      case OWNED -> {
        c.expect(OWNED, BY);
        List<RoleSpec> roles = c.roleList();
        yield new DropOwnedStmt(roles, behavior());
      }
      case TABLESPACE -> {
        c.advance();
        boolean missingOk = c.ifExists();
        yield new DropTableSpaceStmt(c.colId(), missingOk);
      }
      case SUBSCRIPTION -> u.create.publications().dropSubscription();
      case TYPE -> {
        c.advance();
        yield list(ObjectType.TYPE, g.type::typeName);
      }
      case DOMAIN -> {
        c.advance();
        yield list(ObjectType.DOMAIN, g.type::typeName);
      }
      case FUNCTION -> {
        c.advance();
        yield list(ObjectType.FUNCTION, u.routines::functionWithArgTypes);
      }
      case PROCEDURE -> {
        c.advance();
        yield list(ObjectType.PROCEDURE, u.routines::functionWithArgTypes);
      }
      case ROUTINE -> {
        c.advance();
        yield list(ObjectType.ROUTINE, u.routines::functionWithArgTypes);
      }
      case AGGREGATE -> {
        c.advance();
        yield list(ObjectType.AGGREGATE, u.routines::aggregateWithArgTypes);
      }
      case OPERATOR -> operator();
      case CAST -> {
        c.advance();
        boolean missingOk = c.ifExistsOnly();
        yield one(ObjectType.CAST, u.objects.castTypes(), missingOk);
      }
      case TRANSFORM -> {
        c.advance();
        boolean missingOk = c.ifExistsOnly();
        yield one(ObjectType.TRANSFORM, u.objects.transform(), missingOk);
      }
      default -> other();
    };
  }

  private DropBehavior behavior() {
    return u.maintenance.dropBehavior();
  }

  private DropStmt one(ObjectType type, Node object, boolean missingOk) {
    return new DropStmt(List.of(object), type, behavior(), missingOk, false);
  }

  private DropStmt list(ObjectType type, Supplier<? extends Node> object) {
    boolean missingOk = c.ifExists();
    List<Node> objects = c.commaList(object::get);
    return new DropStmt(objects, type, behavior(), missingOk, false);
  }

  private QualifiedName qualifiedName() {
    return new QualifiedName(c.anyName());
  }

  private Stmt other() {
    ObjectType onTable = u.objects.kindOnTable();
    if (onTable != null) {
      boolean missingOk = c.ifExists();
      String name = c.colId();
      c.expect(ON);
      return one(onTable, ObjectParser.before(c.anyName(), name), missingOk);
    }
    ObjectType qualified = u.objects.qualifiedKind();
    if (qualified != null) {
      boolean concurrent = qualified == ObjectType.INDEX && c.accept(CONCURRENTLY);
      boolean missingOk = c.ifExists();
      List<Node> objects = c.commaList(this::qualifiedName);
      return new DropStmt(objects, qualified, behavior(), missingOk, concurrent);
    }
    ObjectType simple = u.objects.simpleKind();
    if (simple == null) {
      throw c.unexpected();
    }
    return list(simple, u.objects::name);
  }

  private Stmt operator() {
    c.expect(OPERATOR);
    if ((c.at(CLASS) || c.at(FAMILY)) && c.peek(1) != '.') {
      ObjectType type = c.at(CLASS) ? ObjectType.OPERATOR_CLASS : ObjectType.OPERATOR_FAMILY;
      c.advance();
      boolean missingOk = c.ifExists();
      List<String> name = c.anyName();
      c.expect(USING);
      return one(type, ObjectParser.behind(c.colId(), name), missingOk);
    }
    return list(ObjectType.OPERATOR, u.routines::operatorWithArgTypes);
  }

  private Stmt roles() {
    c.advance();
    boolean missingOk = c.ifExists();
    return new DropRoleStmt(c.roleList(), missingOk);
  }

  private Stmt database() {
    c.expect(DATABASE);
    boolean missingOk = c.ifExists();
    String name = c.colId();
    List<DefElem> options = List.of();
    boolean with = u.definitions.optWithWord();
    if (with || c.at('(')) {
      options =
          c.parenthesized(() -> {
            int location = c.expect(FORCE);
            return DefinitionParser.option("force", null, location);
          });
    }
    return new DropdbStmt(name, missingOk, options);
  }
}
