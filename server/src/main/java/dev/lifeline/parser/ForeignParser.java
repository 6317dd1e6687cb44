package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AlterFdwStmt;
import dev.lifeline.parser.tree.AlterForeignServerStmt;
import dev.lifeline.parser.tree.AlterUserMappingStmt;
import dev.lifeline.parser.tree.CreateFdwStmt;
import dev.lifeline.parser.tree.CreateForeignServerStmt;
import dev.lifeline.parser.tree.CreateForeignTableStmt;
import dev.lifeline.parser.tree.CreateStmt;
import dev.lifeline.parser.tree.CreateUserMappingStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropUserMappingStmt;
import dev.lifeline.parser.tree.ImportForeignSchemaStmt;
import dev.lifeline.parser.tree.OnCommitAction;
import dev.lifeline.parser.tree.PartitionBoundSpec;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TableElement;
import java.util.ArrayList;
import java.util.List;

/// Foreign data: wrappers, servers, user mappings, foreign tables.
final class ForeignParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  ForeignParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  Stmt createForeign() {
    c.expect(FOREIGN);
    if (c.accept(TABLE)) {
      return createForeignTable();
    }
    c.expect(DATA, WRAPPER);
    String name = c.colId();
    List<DefElem> functions = functionOptions();
    return new CreateFdwStmt(name, functions, u.definitions.createGenericOptions());
  }

  /// `opt_fdw_options`
  private List<DefElem> functionOptions() {
    List<DefElem> options = new ArrayList<>();
    while (true) {
      int location = c.location();
      boolean no = c.accept(NO);
      if (c.accept(HANDLER)) {
        options.add(
            DefinitionParser.option(
                "handler", no ? null : new QualifiedName(c.anyName()), location));
      } else if (c.accept(VALIDATOR)) {
        options.add(
            DefinitionParser.option(
                "validator", no ? null : new QualifiedName(c.anyName()), location));
      } else if (no) {
        throw c.unexpected();
      } else {
        return List.copyOf(options);
      }
    }
  }

  /// ALTER FOREIGN DATA WRAPPER, its name read.
  Stmt alterWrapper(String name) {
    List<DefElem> functions = functionOptions();
    if (functions.isEmpty() || c.at(OPTIONS)) {
      return new AlterFdwStmt(name, functions, u.definitions.alterGenericOptions());
    }
    return new AlterFdwStmt(name, functions, List.of());
  }

  private Stmt createForeignTable() {
    boolean ifNotExists = c.ifNotExists();
    RangeVar relation = c.qualifiedName(g);
    List<TableElement> elements;
    List<RangeVar> inherits;
    PartitionBoundSpec bound = null;
    if (c.at(PARTITION)) {
      c.expect(PARTITION, OF);
      inherits = List.of(c.qualifiedName(g));
      elements = u.tables.optTypedElements();
      bound = u.tables.partitionBound();
    } else {
      elements = u.tables.elements();
      inherits = u.tables.optInherit();
    }
    c.expect(SERVER);
    String server = c.colId();
    List<DefElem> options = u.definitions.createGenericOptions();
    CreateStmt base =
        new CreateStmt(
            relation,
            elements,
            inherits,
            bound,
            null,
            null,
            List.of(),
            OnCommitAction.NOOP,
            null,
            null,
            ifNotExists);
    return new CreateForeignTableStmt(base, server, options);
  }

  // ---- servers

  Stmt createServer() {
    c.expect(SERVER);
    boolean ifNotExists = c.ifNotExists();
    String name = c.colId();
    String type = c.accept(TYPE) ? c.sconst() : null;
    String version = null;
    if (c.accept(VERSION)) {
      version = c.accept(NULL) ? null : c.sconst();
    }
    c.expect(FOREIGN, DATA, WRAPPER);
    String wrapper = c.colId();
    List<DefElem> options = u.definitions.createGenericOptions();
    return new CreateForeignServerStmt(name, type, version, wrapper, ifNotExists, options);
  }

  /// ALTER SERVER, its name read.
  Stmt alterServer(String name) {
    String version = null;
    boolean hasVersion = c.accept(VERSION);
    if (hasVersion) {
      version = c.accept(NULL) ? null : c.sconst();
    }
    List<DefElem> options =
        hasVersion && !c.at(OPTIONS) ? List.of() : u.definitions.alterGenericOptions();
    return new AlterForeignServerStmt(name, version, options, hasVersion);
  }

  // ---- user mappings

  /// Whether USER is followed by MAPPING, and that is not the name of a role.
  boolean atUserMapping() {
    return c.peek(1) == MAPPING && (c.peek(2) == FOR || c.peek(2) == IF);
  }

  /// `auth_ident`
  private RoleSpec mappedUser() {
    c.expect(FOR);
    if (c.at(USER)) {
      return new RoleSpec(RoleSpec.Type.CURRENT_USER, null, c.advance());
    }
    return c.roleSpec();
  }

  private String server() {
    c.expect(SERVER);
    return c.colId();
  }

  Stmt createUserMapping() {
    c.expect(USER, MAPPING);
    boolean ifNotExists = c.ifNotExistsOnly();
    RoleSpec user = mappedUser();
    String server = server();
    return new CreateUserMappingStmt(
        user, server, ifNotExists, u.definitions.createGenericOptions());
  }

  Stmt alterUserMapping() {
    c.expect(USER, MAPPING);
    RoleSpec user = mappedUser();
    String server = server();
    return new AlterUserMappingStmt(user, server, u.definitions.alterGenericOptions());
  }

  Stmt dropUserMapping() {
    c.expect(USER, MAPPING);
    boolean missingOk = c.ifExistsOnly();
    RoleSpec user = mappedUser();
    return new DropUserMappingStmt(user, server(), missingOk);
  }

  // ---- IMPORT FOREIGN SCHEMA

  Stmt importForeignSchema() {
    c.expect(IMPORT, FOREIGN, SCHEMA);
    String remote = c.colId();
    ImportForeignSchemaStmt.Type type = ImportForeignSchemaStmt.Type.ALL;
    List<RangeVar> tables = List.of();
    if (c.accept(LIMIT)) {
      c.expect(TO);
      type = ImportForeignSchemaStmt.Type.LIMIT_TO;
      tables = c.parenthesized(g.from::relationExpr);
    } else if (c.accept(EXCEPT)) {
      type = ImportForeignSchemaStmt.Type.EXCEPT;
      tables = c.parenthesized(g.from::relationExpr);
    }
    c.expect(FROM);
    String server = server();
    c.expect(INTO);
    String local = c.colId();
    return new ImportForeignSchemaStmt(
        server, remote, local, type, tables, u.definitions.createGenericOptions());
  }
}
