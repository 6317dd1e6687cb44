package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.CommonTableExpr;
import dev.lifeline.parser.tree.CreateExtensionStmt;
import dev.lifeline.parser.tree.CreateSchemaStmt;
import dev.lifeline.parser.tree.CreateSeqStmt;
import dev.lifeline.parser.tree.CreateTableAsStmt;
import dev.lifeline.parser.tree.CreateTableSpaceStmt;
import dev.lifeline.parser.tree.CreatedbStmt;
import dev.lifeline.parser.tree.CteMaterialize;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.Persistence;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.ViewCheckOption;
import dev.lifeline.parser.tree.ViewStmt;
import dev.lifeline.parser.tree.WithClause;
import java.util.ArrayList;
import java.util.List;

/// CREATE: which object, and those that are simple.
final class CreateParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;
  private final CreateTypeParser types;
  private final TriggerParser triggers;
  private final ForeignParser foreign;
  private final PublicationParser publications;

  CreateParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
    this.types = new CreateTypeParser(g, u);
    this.triggers = new TriggerParser(g, u);
    this.foreign = new ForeignParser(g, u);
    this.publications = new PublicationParser(g, u);
  }

  TriggerParser triggers() {
    return triggers;
  }

  PublicationParser publications() {
    return publications;
  }

  ForeignParser foreign() {
    return foreign;
  }

  Stmt createStmt() {
    return createStmt(false);
  }

  private Stmt createStmt(boolean inSchema) {
    c.expect(CREATE);
    if (c.at(OR)) {
      c.expect(OR, REPLACE);
      return createOrReplace();
    }
    return switch (c.peek()) {
      case TABLE, TEMPORARY, TEMP, LOCAL, GLOBAL, UNLOGGED, SEQUENCE, VIEW, RECURSIVE ->
          relation(inSchema);
      case MATERIALIZED -> u.tables.createMaterializedView(Persistence.PERMANENT);
      case INDEX, UNIQUE -> u.indexes.createIndex();
      case SCHEMA -> schema();
      case DATABASE -> database();
      case ROLE, GROUP -> u.roles.createRole();
      case USER -> foreign.atUserMapping() ? foreign.createUserMapping() : u.roles.createRole();
      case EXTENSION -> extension();
      case FUNCTION, PROCEDURE -> u.routines.createFunction(false);
      case TRIGGER -> triggers.createTrigger(false);
      case CONSTRAINT -> triggers.createConstraintTrigger(false);
      case EVENT -> triggers.createEventTrigger();
      case RULE -> triggers.createRule(false);
      case POLICY -> triggers.createPolicy();
      case FOREIGN -> foreign.createForeign();
      case SERVER -> foreign.createServer();
      case TABLESPACE -> tablespace();
      case PUBLICATION -> publications.createPublication();
      case SUBSCRIPTION -> publications.createSubscription();
      default -> types.create();
    };
  }

  private Stmt createOrReplace() {
    return switch (c.peek()) {
      case FUNCTION, PROCEDURE -> u.routines.createFunction(true);
      case TRIGGER -> triggers.createTrigger(true);
      case CONSTRAINT -> triggers.createConstraintTrigger(true);
      case RULE -> triggers.createRule(true);
      case TEMPORARY, TEMP, LOCAL, GLOBAL, UNLOGGED, VIEW, RECURSIVE -> {
        Persistence persistence = persistence();
        if (!c.at(VIEW) && !c.at(RECURSIVE)) {
          throw c.unexpected();
        }
        yield view(persistence, true);
      }
      default -> types.createOrReplace();
    };
  }

  // ---- relations

  /// `OptTemp`
  private Persistence persistence() {
    return switch (c.peek()) {
      case TEMPORARY, TEMP -> {
        c.advance();
        yield Persistence.TEMP;
      }
      case LOCAL, GLOBAL -> {
        boolean global = c.at(GLOBAL);
        int location = c.advance();
        if (!c.accept(TEMPORARY)) {
          c.expect(TEMP);
        }
        if (global) {
          SelectParser.warnGlobal(c, location);
        }
        yield Persistence.TEMP;
      }
      case UNLOGGED -> {
        c.advance();
        yield Persistence.UNLOGGED;
      }
      default -> Persistence.PERMANENT;
    };
  }

  private Stmt relation(boolean inSchema) {
    boolean unlogged = c.at(UNLOGGED);
    Persistence persistence = persistence();
    return switch (c.peek()) {
      case TABLE -> u.tables.createTable(persistence, inSchema);
      case SEQUENCE -> sequence(persistence);
      case VIEW, RECURSIVE -> view(persistence, false);
      case MATERIALIZED -> {
        if (!unlogged || inSchema) {
          throw c.unexpected();
        }
        yield u.tables.createMaterializedView(persistence);
      }
      default -> throw c.unexpected();
    };
  }

  private Stmt sequence(Persistence persistence) {
    c.expect(SEQUENCE);
    boolean ifNotExists = c.ifNotExists();
    RangeVar name = SelectParser.withPersistence(c.qualifiedName(g), persistence);
    return new CreateSeqStmt(name, u.definitions.optSequenceOptions(), ifNotExists);
  }

  private Stmt view(Persistence persistence, boolean replace) {
    boolean recursive = c.accept(RECURSIVE);
    c.expect(VIEW);
    RangeVar name = SelectParser.withPersistence(c.qualifiedName(g), persistence);
    List<String> columns = recursive ? c.parenthesized(c::colId) : c.optParenthesized(c::colId);
    List<DefElem> options = c.accept(WITH) ? u.definitions.relOptions() : List.of();
    c.expect(AS);
    SelectStmt query = g.select.selectStmt();
    int checkLocation = c.location();
    ViewCheckOption check = checkOption();
    if (recursive) {
      if (check != ViewCheckOption.NONE) {
        throw Cursor.featureError(
            checkLocation, "WITH CHECK OPTION not supported on recursive views");
      }
      query = recursiveQuery(name.relname(), columns, query);
    }
    return new ViewStmt(name, columns, query, replace, options, check);
  }

  private ViewCheckOption checkOption() {
    if (!c.accept(WITH)) {
      return ViewCheckOption.NONE;
    }
    ViewCheckOption check = ViewCheckOption.CASCADED;
    if (c.accept(LOCAL)) {
      check = ViewCheckOption.LOCAL;
    } else {
      c.accept(CASCADED);
    }
    c.expect(CHECK, OPTION);
    return check;
  }

  /// A recursive view is a view on a recursive WITH query of the same name.
  private static SelectStmt recursiveQuery(String name, List<String> columns, SelectStmt query) {
    CommonTableExpr cte =
        new CommonTableExpr(name, columns, CteMaterialize.DEFAULT, query, null, null, -1);
    List<ResTarget> targets = new ArrayList<>(columns.size());
    for (String column : columns) {
      targets.add(new ResTarget(null, List.of(), new ColumnRef(List.of(column), false, -1), -1));
    }
    SelectBuilder builder = new SelectBuilder();
    builder.targets(List.copyOf(targets));
    builder.from(List.of(Cursor.rangeVar(null, null, name, -1)));
    builder.with(new WithClause(List.of(cte), true, -1));
    return builder.build();
  }

  /// CREATE TABLE AS and CREATE MATERIALIZED VIEW, as EXPLAIN takes them.
  CreateTableAsStmt createTableAsOnly() {
    c.expect(CREATE);
    Persistence persistence = persistence();
    if (c.at(MATERIALIZED) && persistence != Persistence.TEMP) {
      return u.tables.createMaterializedView(persistence);
    }
    return u.tables.createTableAs(persistence);
  }

  // ---- schemas

  private Stmt schema() {
    c.expect(SCHEMA);
    boolean ifNotExists = c.ifNotExists();
    String name = null;
    RoleSpec owner = null;
    if (!c.at(AUTHORIZATION)) {
      name = c.colId();
    }
    if (c.accept(AUTHORIZATION)) {
      owner = c.roleSpec();
    }
    int elementLocation = c.location();
    List<Stmt> elements = new ArrayList<>();
    while (c.at(CREATE) || c.at(GRANT)) {
      elements.add(schemaElement());
    }
    if (ifNotExists && !elements.isEmpty()) {
      throw Cursor.featureError(
          elementLocation, "CREATE SCHEMA IF NOT EXISTS cannot include schema elements");
    }
    return new CreateSchemaStmt(name, owner, List.copyOf(elements), ifNotExists);
  }

  private Stmt schemaElement() {
    if (c.at(GRANT)) {
      return u.roles.grantPrivileges();
    }
    return switch (c.peek(1)) {
      case TABLE,
          TEMPORARY,
          TEMP,
          LOCAL,
          GLOBAL,
          UNLOGGED,
          SEQUENCE,
          VIEW,
          RECURSIVE,
          INDEX,
          UNIQUE,
          TRIGGER,
          CONSTRAINT,
          OR ->
          createStmt(true);
      default -> {
        c.advance();
        throw c.unexpected();
      }
    };
  }

  // ---- databases and what surrounds them

  private Stmt database() {
    c.expect(DATABASE);
    String name = c.colId();
    u.definitions.optWithWord();
    return new CreatedbStmt(name, databaseOptions());
  }

  /// `createdb_opt_list`
  List<DefElem> databaseOptions() {
    List<DefElem> options = new ArrayList<>();
    while (true) {
      int location = c.location();
      String name;
      switch (c.peek()) {
        case IDENT, ENCODING, LOCATION, OWNER, TABLESPACE, TEMPLATE -> name = c.text();
        case CONNECTION -> {
          c.expect(CONNECTION, LIMIT);
          name = "connection_limit";
        }
        default -> {
          return List.copyOf(options);
        }
      }
      c.accept('=');
      Node arg = null;
      if (c.atNumericOnly()) {
        arg = c.numericOnly();
      } else if (!c.accept(DEFAULT)) {
        arg = new Value.Str(c.booleanOrString());
      }
      options.add(DefinitionParser.option(name, arg, location));
    }
  }

  private Stmt tablespace() {
    c.expect(TABLESPACE);
    String name = c.colId();
    RoleSpec owner = c.accept(OWNER) ? c.roleSpec() : null;
    c.expect(LOCATION);
    String location = c.sconst();
    List<DefElem> options = c.accept(WITH) ? u.definitions.relOptions() : List.of();
    return new CreateTableSpaceStmt(name, owner, location, options);
  }

  private Stmt extension() {
    c.expect(EXTENSION);
    boolean ifNotExists = c.ifNotExists();
    String name = c.colId();
    u.definitions.optWithWord();
    List<DefElem> options = new ArrayList<>();
    while (true) {
      int location = c.location();
      if (c.accept(SCHEMA)) {
        options.add(DefinitionParser.option("schema", new Value.Str(c.colId()), location));
      } else if (c.accept(VERSION)) {
        options.add(
            DefinitionParser.option(
                "new_version", new Value.Str(c.nonReservedWordOrSconst()), location));
      } else if (c.accept(FROM)) {
        c.nonReservedWordOrSconst();
        throw Cursor.featureError(location, "CREATE EXTENSION ... FROM is no longer supported");
      } else if (c.accept(CASCADE)) {
        options.add(DefinitionParser.flag("cascade", true, location));
      } else {
        return new CreateExtensionStmt(name, ifNotExists, List.copyOf(options));
      }
    }
  }

  Stmt importForeignSchema() {
    return foreign.importForeignSchema();
  }
}
