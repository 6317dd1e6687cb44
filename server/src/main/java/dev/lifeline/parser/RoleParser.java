package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AccessPriv;
import dev.lifeline.parser.tree.AlterDefaultPrivilegesStmt;
import dev.lifeline.parser.tree.AlterRoleSetStmt;
import dev.lifeline.parser.tree.AlterRoleStmt;
import dev.lifeline.parser.tree.CreateRoleStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.GrantRoleStmt;
import dev.lifeline.parser.tree.GrantStmt;
import dev.lifeline.parser.tree.GrantTargetType;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.ReassignOwnedStmt;
import dev.lifeline.parser.tree.RenameStmt;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.RoleStmtType;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Roles and privileges.
final class RoleParser {
  private final Cursor c;
  private final UtilityGrammar u;
  private final GrantTargetParser grantTargets;

  RoleParser(Grammar g, UtilityGrammar u) {
    this.c = g.cursor;
    this.u = u;
    this.grantTargets = new GrantTargetParser(g, u);
  }

  // ---- CREATE and ALTER

  /// From ROLE, USER or GROUP on.
  Stmt createRole() {
    RoleStmtType type =
        switch (c.peek()) {
          case USER -> RoleStmtType.USER;
          case GROUP -> RoleStmtType.GROUP;
          default -> RoleStmtType.ROLE;
        };
    c.advance();
    String name = c.roleId();
    u.definitions.optWithWord();
    return new CreateRoleStmt(type, name, options(true));
  }

  private List<DefElem> options(boolean create) {
    List<DefElem> options = new ArrayList<>();
    while (true) {
      DefElem option = option(create);
      if (option == null) {
        return List.copyOf(options);
      }
      options.add(option);
    }
  }

  private static DefElem option(String name, @Nullable Node arg, int location) {
    return DefinitionParser.option(name, arg, location);
  }

  /// `AlterOptRoleElem`, and what only CREATE may have; null where none starts.
  private @Nullable DefElem option(boolean create) {
    int location = c.location();
    return switch (c.peek()) {
      case PASSWORD -> {
        c.advance();
        yield option("password", c.accept(NULL) ? null : new Value.Str(c.sconst()), location);
      }
      case ENCRYPTED -> {
        c.expect(ENCRYPTED, PASSWORD);
        yield option("password", new Value.Str(c.sconst()), location);
      }
      case UNENCRYPTED -> {
        c.expect(UNENCRYPTED, PASSWORD);
        c.sconst();
        throw Cursor.featureError(location, "UNENCRYPTED PASSWORD is no longer supported")
            .hint("Remove UNENCRYPTED to store the password in encrypted form instead.");
      }
      case INHERIT -> {
        c.advance();
        yield DefinitionParser.flag("inherit", true, location);
      }
      case CONNECTION -> {
        c.expect(CONNECTION, LIMIT);
        yield option("connectionlimit", new Value.Int(c.signedIconst()), location);
      }
      case VALID -> {
        c.expect(VALID, UNTIL);
        yield option("validUntil", new Value.Str(c.sconst()), location);
      }
      case USER -> {
        c.advance();
        yield option("rolemembers", roles(), location);
      }
      case IDENT -> attribute(c.ident(), location);
      default -> create ? createOption(location) : null;
    };
  }

  private @Nullable DefElem createOption(int location) {
    return switch (c.peek()) {
      case SYSID -> {
        c.advance();
        yield option("sysid", new Value.Int(c.iconst()), location);
      }
      case ADMIN -> {
        c.advance();
        yield option("adminmembers", roles(), location);
      }
      case ROLE -> {
        c.advance();
        yield option("rolemembers", roles(), location);
      }
      case IN -> {
        c.advance();
        if (!c.accept(ROLE)) {
          c.expect(GROUP);
        }
        yield option("addroleto", roles(), location);
      }
      default -> null;
    };
  }

  private NodeList roles() {
    return new NodeList(c.roleList());
  }

  /// Attributes whose words are no keywords.
  private static DefElem attribute(String word, int location) {
    return switch (word) {
      case "superuser" -> DefinitionParser.flag("superuser", true, location);
      case "nosuperuser" -> DefinitionParser.flag("superuser", false, location);
      case "createrole" -> DefinitionParser.flag("createrole", true, location);
      case "nocreaterole" -> DefinitionParser.flag("createrole", false, location);
      case "replication" -> DefinitionParser.flag("isreplication", true, location);
      case "noreplication" -> DefinitionParser.flag("isreplication", false, location);
      case "createdb" -> DefinitionParser.flag("createdb", true, location);
      case "nocreatedb" -> DefinitionParser.flag("createdb", false, location);
      case "login" -> DefinitionParser.flag("canlogin", true, location);
      case "nologin" -> DefinitionParser.flag("canlogin", false, location);
      case "bypassrls" -> DefinitionParser.flag("bypassrls", true, location);
      case "nobypassrls" -> DefinitionParser.flag("bypassrls", false, location);
      case "noinherit" -> DefinitionParser.flag("inherit", false, location);
      default -> throw Cursor.syntaxError(location, "unrecognized role option \"%s\"", word);
    };
  }

  /// ALTER ROLE and ALTER USER, that word read.
  Stmt alterRole() {
    RoleSpec spec = null;
    if (!c.accept(ALL)) {
      spec = c.roleSpec();
      if (c.at(RENAME)) {
        return rename(spec);
      }
    }
    String database = null;
    if (c.at(IN)) {
      c.expect(IN, DATABASE);
      database = c.colId();
    }
    if (spec == null || database != null || c.at(SET) || c.at(RESET)) {
      return new AlterRoleSetStmt(spec, database, u.settings.setResetClause());
    }
    u.definitions.optWithWord();
    return new AlterRoleStmt(spec, options(false), 1);
  }

  private Stmt rename(RoleSpec role) {
    String old = role.rolename();
    if (old == null) {
      throw Cursor.reservedRole(role);
    }
    c.expect(RENAME, TO);
    return new RenameStmt(
        ObjectType.ROLE, null, null, null, old, c.roleId(), DropBehavior.RESTRICT, false);
  }

  /// ALTER GROUP, that word read.
  Stmt alterGroup() {
    RoleSpec spec = c.roleSpec();
    if (c.at(RENAME)) {
      return rename(spec);
    }
    if (spec.rolename() == null && !c.at(ADD) && !c.at(DROP)) {
      throw Cursor.reservedRole(spec);
    }
    int action = c.at(DROP) ? -1 : 1;
    if (!c.accept(DROP)) {
      c.expect(ADD);
    }
    c.expect(USER);
    int location = c.location();
    return new AlterRoleStmt(spec, List.of(option("rolemembers", roles(), location)), action);
  }

  // ---- GRANT and REVOKE

  Stmt grantOrRevoke() {
    return c.accept(GRANT) ? grant(true) : revoke();
  }

  /// GRANT of privileges, as an element of a schema.
  Stmt grantPrivileges() {
    c.expect(GRANT);
    return grant(false);
  }

  private Stmt grant(boolean rolesToo) {
    List<AccessPriv> privileges = privileges();
    if (rolesToo && c.at(TO) && !allPrivileges) {
      return grantRole(privileges);
    }
    c.expect(ON);
    GrantTargetParser.Target target = grantTargets.target();
    c.expect(TO);
    List<RoleSpec> grantees = grantees();
    boolean option = withGrantOption();
    return privileges(
        true, target, privileges, grantees, option, grantedBy(), DropBehavior.RESTRICT);
  }

  private GrantStmt privileges(
      boolean grant,
      GrantTargetParser.Target target,
      List<AccessPriv> privileges,
      List<RoleSpec> grantees,
      boolean option,
      @Nullable RoleSpec grantor,
      DropBehavior behavior) {
    return new GrantStmt(
        grant,
        target.type(),
        target.objectType(),
        target.objects(),
        privileges,
        grantees,
        option,
        grantor,
        behavior);
  }

  private boolean withGrantOption() {
    if (!c.accept(WITH)) {
      return false;
    }
    c.expect(GRANT, OPTION);
    return true;
  }

  private @Nullable RoleSpec grantedBy() {
    if (!c.accept(GRANTED)) {
      return null;
    }
    c.expect(BY);
    return c.roleSpec();
  }

  private List<RoleSpec> grantees() {
    return c.commaList(() -> {
      c.accept(GROUP);
      return c.roleSpec();
    });
  }

  private boolean allPrivileges;

  /// `privileges`; an empty list is ALL.
  private List<AccessPriv> privileges() {
    allPrivileges = c.accept(ALL);
    if (!allPrivileges) {
      return c.commaList(this::privilege);
    }
    c.accept(PRIVILEGES);
    List<String> columns = c.optParenthesized(c::colId);
    return columns.isEmpty() ? List.of() : List.of(new AccessPriv(null, columns));
  }

  private AccessPriv privilege() {
    switch (c.peek()) {
      case SELECT, REFERENCES, CREATE -> {
        String name = c.text();
        return new AccessPriv(name, c.optParenthesized(c::colId));
      }
      case ALTER -> {
        if (c.accept(ALTER, SYSTEM)) {
          return new AccessPriv("alter system", List.of());
        }
      }
      default -> {}
    }
    String name = c.colId();
    return new AccessPriv(name, c.optParenthesized(c::colId));
  }

  private Stmt grantRole(List<AccessPriv> roles) {
    c.expect(TO);
    List<RoleSpec> grantees = c.roleList();
    List<DefElem> options = List.of();
    if (c.accept(WITH)) {
      options = c.commaList(this::grantRoleOption);
    }
    return new GrantRoleStmt(roles, grantees, true, options, grantedBy(), DropBehavior.RESTRICT);
  }

  private DefElem grantRoleOption() {
    int location = c.location();
    String name = c.colLabel();
    boolean value = true;
    if (c.accept(FALSE)) {
      value = false;
    } else if (!c.accept(TRUE)) {
      c.expect(OPTION);
    }
    return DefinitionParser.flag(name, value, location);
  }

  private Stmt revoke() {
    c.expect(REVOKE);
    if (c.at(GRANT)) {
      c.expect(GRANT, OPTION, FOR);
      return revokePrivileges(privileges(), true);
    }
    if (c.atColId() && c.peek(1) == OPTION) {
      int location = c.location();
      DefElem option = DefinitionParser.flag(c.colId(), false, location);
      c.expect(OPTION, FOR);
      return revokeRole(c.commaList(this::privilege), List.of(option));
    }
    List<AccessPriv> privileges = privileges();
    if (c.at(FROM) && !allPrivileges) {
      return revokeRole(privileges, List.of());
    }
    return revokePrivileges(privileges, false);
  }

  private Stmt revokeRole(List<AccessPriv> roles, List<DefElem> options) {
    c.expect(FROM);
    List<RoleSpec> grantees = c.roleList();
    RoleSpec grantor = grantedBy();
    return new GrantRoleStmt(
        roles, grantees, false, options, grantor, u.maintenance.dropBehavior());
  }

  private Stmt revokePrivileges(List<AccessPriv> privileges, boolean option) {
    c.expect(ON);
    GrantTargetParser.Target target = grantTargets.target();
    c.expect(FROM);
    List<RoleSpec> grantees = grantees();
    RoleSpec grantor = grantedBy();
    return privileges(
        false, target, privileges, grantees, option, grantor, u.maintenance.dropBehavior());
  }

  // ---- ALTER DEFAULT PRIVILEGES

  /// ALTER DEFAULT PRIVILEGES, from DEFAULT on.
  Stmt alterDefaultPrivileges() {
    c.expect(DEFAULT, PRIVILEGES);
    List<DefElem> options = new ArrayList<>();
    while (c.at(IN) || c.at(FOR)) {
      int location = c.location();
      if (c.accept(IN)) {
        c.expect(SCHEMA);
        options.add(option("schemas", DefinitionParser.names(c.nameList()), location));
      } else {
        c.expect(FOR);
        if (!c.accept(ROLE)) {
          c.expect(USER);
        }
        options.add(option("roles", roles(), location));
      }
    }
    return new AlterDefaultPrivilegesStmt(List.copyOf(options), defaultAction());
  }

  private GrantStmt defaultAction() {
    boolean grant = c.accept(GRANT);
    boolean option = false;
    if (!grant) {
      c.expect(REVOKE);
      if (c.at(GRANT)) {
        c.expect(GRANT, OPTION, FOR);
        option = true;
      }
    }
    List<AccessPriv> privileges = privileges();
    c.expect(ON);
    ObjectType type =
        switch (c.peek()) {
          case TABLES -> ObjectType.TABLE;
          case FUNCTIONS, ROUTINES -> ObjectType.FUNCTION;
          case SEQUENCES -> ObjectType.SEQUENCE;
          case TYPES -> ObjectType.TYPE;
          case SCHEMAS -> ObjectType.SCHEMA;
          default -> throw c.unexpected();
        };
    c.advance();
    c.expect(grant ? TO : FROM);
    List<RoleSpec> grantees = grantees();
    DropBehavior behavior = DropBehavior.RESTRICT;
    if (grant) {
      option = withGrantOption();
    } else {
      behavior = u.maintenance.dropBehavior();
    }
    GrantTargetParser.Target target =
        new GrantTargetParser.Target(GrantTargetType.DEFAULTS, type, List.of());
    return privileges(grant, target, privileges, grantees, option, null, behavior);
  }

  Stmt reassignOwned() {
    c.expect(REASSIGN, OWNED, BY);
    List<RoleSpec> roles = c.roleList();
    c.expect(TO);
    return new ReassignOwnedStmt(roles, c.roleSpec());
  }
}
