package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AlterDatabaseRefreshCollStmt;
import dev.lifeline.parser.tree.AlterDatabaseSetStmt;
import dev.lifeline.parser.tree.AlterDatabaseStmt;
import dev.lifeline.parser.tree.AlterEventTrigStmt;
import dev.lifeline.parser.tree.AlterExtensionContentsStmt;
import dev.lifeline.parser.tree.AlterExtensionStmt;
import dev.lifeline.parser.tree.AlterObjectDependsStmt;
import dev.lifeline.parser.tree.AlterObjectSchemaStmt;
import dev.lifeline.parser.tree.AlterOwnerStmt;
import dev.lifeline.parser.tree.AlterSystemStmt;
import dev.lifeline.parser.tree.AlterTableSpaceOptionsStmt;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER: which object, and the changes that most objects know: another name, schema, owner.
final class AlterParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;
  private final AlterRelationParser relations;
  private final AlterTypeParser types;

  AlterParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
    this.relations = new AlterRelationParser(g, u);
    this.types = new AlterTypeParser(g, u, this);
  }

  Stmt alterStmt() {
    c.expect(ALTER);
    return switch (c.peek()) {
      case TABLE, INDEX, SEQUENCE, VIEW, MATERIALIZED -> relations.alter();
      case FOREIGN -> c.peek(1) == TABLE ? relations.alter() : wrapper();
      case DATABASE -> database();
      case DEFAULT -> u.roles.alterDefaultPrivileges();
      case ROLE -> {
        c.advance();
        yield u.roles.alterRole();
      }
      case USER -> {
        if (u.create.foreign().atUserMapping()) {
          yield u.create.foreign().alterUserMapping();
        }
        c.advance();
        yield u.roles.alterRole();
      }
      case GROUP -> {
        c.advance();
        yield u.roles.alterGroup();
      }
      case SYSTEM -> system();
      case SCHEMA -> named(ObjectType.SCHEMA, RENAME, OWNER);
      case SERVER -> server();
      case TABLESPACE -> tablespace();
      case EXTENSION -> extension();
      case EVENT -> eventTrigger();
      case LANGUAGE, PROCEDURAL -> {
        if (c.accept(PROCEDURAL) && !c.at(LANGUAGE)) {
          throw c.unexpected();
        }
        yield named(ObjectType.LANGUAGE, RENAME, OWNER);
      }
      case LARGE -> {
        c.expect(LARGE, OBJECT);
        yield owner(ObjectType.LARGE_OBJECT, c.numericOnly());
      }
      case FUNCTION -> function(ObjectType.FUNCTION);
      case PROCEDURE -> function(ObjectType.PROCEDURE);
      case ROUTINE -> function(ObjectType.ROUTINE);
      case POLICY, RULE, TRIGGER -> onTable();
      case PUBLICATION -> publication();
      case SUBSCRIPTION -> subscription();
      default -> types.alter();
    };
  }

  // ---- common tails

  /// `RENAME TO name`
  Stmt rename(ObjectType type, Node object) {
    c.expect(RENAME, TO);
    return new RenameStmt(type, null, null, object, null, c.colId(), DropBehavior.RESTRICT, false);
  }

  /// `OWNER TO RoleSpec`
  Stmt owner(ObjectType type, Node object) {
    c.expect(OWNER, TO);
    return new AlterOwnerStmt(type, object, c.roleSpec());
  }

  /// `SET SCHEMA name`
  Stmt schema(ObjectType type, Node object) {
    c.expect(SET, SCHEMA);
    return new AlterObjectSchemaStmt(type, null, object, c.colId(), false);
  }

  /// Whichever of RENAME, OWNER and SET SCHEMA is allowed and comes.
  Stmt change(ObjectType type, Node object, int... allowed) {
    for (int verb : allowed) {
      if (c.at(verb)) {
        return switch (verb) {
          case RENAME -> rename(type, object);
          case OWNER -> owner(type, object);
          default -> schema(type, object);
        };
      }
    }
    throw c.unexpected();
  }

  private Stmt named(ObjectType type, int... allowed) {
    c.advance();
    QualifiedName name = u.objects.name();
    return change(type, name, allowed);
  }

  // ---- databases and settings

  private Stmt database() {
    c.expect(DATABASE);
    String name = c.colId();
    QualifiedName object = new QualifiedName(List.of(name));
    switch (c.peek()) {
      case RENAME -> {
        c.expect(RENAME, TO);
        return new RenameStmt(
            ObjectType.DATABASE, null, null, null, name, c.colId(), DropBehavior.RESTRICT, false);
      }
      case OWNER -> {
        if (c.peek(1) == TO) {
          return owner(ObjectType.DATABASE, object);
        }
      }
      case SET -> {
        if (c.at(SET, TABLESPACE) && Cursor.isColId(c.peek(2))) {
          c.advance();
          int location = c.advance();
          DefElem option =
              DefinitionParser.option("tablespace", new Value.Str(c.colId()), location);
          return new AlterDatabaseStmt(name, List.of(option));
        }
        return new AlterDatabaseSetStmt(name, u.settings.setResetClause());
      }
      case RESET -> {
        return new AlterDatabaseSetStmt(name, u.settings.setResetClause());
      }
      case REFRESH -> {
        c.expect(REFRESH, COLLATION, VERSION);
        return new AlterDatabaseRefreshCollStmt(name);
      }
      case WITH -> c.advance();
      default -> {}
    }
    return new AlterDatabaseStmt(name, u.create.databaseOptions());
  }

  private Stmt system() {
    c.expect(SYSTEM);
    if (c.accept(RESET)) {
      return new AlterSystemStmt(u.settings.genericReset());
    }
    c.expect(SET);
    return new AlterSystemStmt(u.settings.assignment(u.settings.variableName(), false));
  }

  private Stmt tablespace() {
    c.expect(TABLESPACE);
    String name = c.colId();
    if (c.at(SET) || c.at(RESET)) {
      boolean reset = c.at(RESET);
      c.advance();
      return new AlterTableSpaceOptionsStmt(name, u.definitions.relOptions(), reset);
    }
    if (c.at(RENAME)) {
      c.expect(RENAME, TO);
      return renameBySubname(ObjectType.TABLESPACE, name);
    }
    return owner(ObjectType.TABLESPACE, new QualifiedName(List.of(name)));
  }

  private Stmt renameBySubname(ObjectType type, String name) {
    return new RenameStmt(type, null, null, null, name, c.colId(), DropBehavior.RESTRICT, false);
  }

  // ---- extensions, wrappers, servers, replication

  private Stmt extension() {
    c.expect(EXTENSION);
    String name = c.colId();
    return switch (c.peek()) {
      case UPDATE -> new AlterExtensionStmt(name, extensionVersions());
      case SET -> schema(ObjectType.EXTENSION, new QualifiedName(List.of(name)));
      case ADD, DROP -> {
        boolean add = c.at(ADD);
        c.advance();
        ObjectParser.Reference member = u.objects.extensionMember();
        yield new AlterExtensionContentsStmt(name, add, member.type(), member.object());
      }
      default -> throw c.unexpected();
    };
  }

  /// UPDATE, and the version to update to.
  private List<DefElem> extensionVersions() {
    c.expect(UPDATE);
    List<DefElem> options = new ArrayList<>();
    while (c.at(TO)) {
      int location = c.advance();
      options.add(
          DefinitionParser.option(
              "new_version", new Value.Str(c.nonReservedWordOrSconst()), location));
    }
    return List.copyOf(options);
  }

  private Stmt wrapper() {
    c.expect(FOREIGN, DATA, WRAPPER);
    String name = c.colId();
    QualifiedName object = new QualifiedName(List.of(name));
    return switch (c.peek()) {
      case RENAME, OWNER -> change(ObjectType.FDW, object, RENAME, OWNER);
      default -> u.create.foreign().alterWrapper(name);
    };
  }

  private Stmt server() {
    c.expect(SERVER);
    String name = c.colId();
    QualifiedName object = new QualifiedName(List.of(name));
    return switch (c.peek()) {
      case RENAME, OWNER -> change(ObjectType.FOREIGN_SERVER, object, RENAME, OWNER);
      default -> u.create.foreign().alterServer(name);
    };
  }

  private Stmt publication() {
    c.expect(PUBLICATION);
    String name = c.colId();
    QualifiedName object = new QualifiedName(List.of(name));
    return switch (c.peek()) {
      case RENAME, OWNER -> change(ObjectType.PUBLICATION, object, RENAME, OWNER);
      default -> u.create.publications().alterPublication(name);
    };
  }

  private Stmt subscription() {
    c.expect(SUBSCRIPTION);
    String name = c.colId();
    QualifiedName object = new QualifiedName(List.of(name));
    return switch (c.peek()) {
      case RENAME, OWNER -> change(ObjectType.SUBSCRIPTION, object, RENAME, OWNER);
      default -> u.create.publications().alterSubscription(name);
    };
  }

  // ---- triggers, rules, policies, functions

  private Stmt eventTrigger() {
    c.expect(EVENT, TRIGGER);
    String name = c.colId();
    QualifiedName object = new QualifiedName(List.of(name));
    if (c.accept(DISABLE)) {
      return new AlterEventTrigStmt(name, 'D');
    }
    if (!c.accept(ENABLE)) {
      return change(ObjectType.EVENT_TRIGGER, object, RENAME, OWNER);
    }
    char enabled = 'O';
    if (c.accept(REPLICA)) {
      enabled = 'R';
    } else if (c.accept(ALWAYS)) {
      enabled = 'A';
    }
    return new AlterEventTrigStmt(name, enabled);
  }

  private Stmt onTable() {
    int kind = c.peek();
    ObjectType type = u.objects.kindOnTable();
    boolean missingOk = kind == POLICY && c.ifExists();
    String name = c.colId();
    c.expect(ON);
    RangeVar relation = c.qualifiedName(g);
    if (kind == POLICY && !missingOk && !c.at(RENAME)) {
      return u.create.triggers().alterPolicy(name, relation);
    }
    if (kind == TRIGGER && (c.at(NO) || c.at(DEPENDS))) {
      return depends(ObjectType.TRIGGER, relation, new QualifiedName(List.of(name)));
    }
    c.expect(RENAME, TO);
    return new RenameStmt(
        type == null ? ObjectType.TRIGGER : type,
        null,
        relation,
        null,
        name,
        c.colId(),
        DropBehavior.RESTRICT,
        missingOk);
  }

  /// `[NO] DEPENDS ON EXTENSION name`
  Stmt depends(ObjectType type, @Nullable RangeVar relation, @Nullable Node object) {
    boolean remove = c.accept(NO);
    c.expect(DEPENDS, ON, EXTENSION);
    return new AlterObjectDependsStmt(type, relation, object, c.colId(), remove);
  }

  private Stmt function(ObjectType type) {
    c.advance();
    ObjectWithArgs function = u.routines.functionWithArgTypes();
    switch (c.peek()) {
      case RENAME, OWNER -> {
        return change(type, function, RENAME, OWNER);
      }
      case NO, DEPENDS -> {
        return depends(type, null, function);
      }
      case SET -> {
        if (c.peek(1) == SCHEMA && !u.routines.atCommonOption()) {
          return schema(type, function);
        }
      }
      default -> {}
    }
    return u.routines.alterFunction(type, function);
  }
}
