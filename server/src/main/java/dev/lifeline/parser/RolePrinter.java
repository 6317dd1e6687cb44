package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.names;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.optNames;
import static dev.lifeline.parser.SqlText.when;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.*;
import java.util.List;
import java.util.Locale;

/// Prints roles and privileges.
final class RolePrinter {
  private RolePrinter() {}

  static String create(CreateRoleStmt create) {
    return join(
        "CREATE",
        create.stmtType().name(),
        name(create.role()),
        words(create.options(), RolePrinter::option));
  }

  static String alter(AlterRoleStmt alter) {
    String role = OptionPrinter.role(alter.role());
    if (alter.action() < 0) {
      return join("ALTER GROUP", role, "DROP", words(alter.options(), RolePrinter::option));
    }
    return join("ALTER ROLE", role, words(alter.options(), RolePrinter::option));
  }

  private static String option(DefElem option) {
    Node arg = option.arg();
    String value =
        arg instanceof NodeList roles
            ? list(roles.items(), role -> OptionPrinter.role((RoleSpec) role))
            : opt("", arg, OptionPrinter::arg);
    boolean off = value.equals("FALSE");
    return switch (option.defname()) {
      case "password" -> "PASSWORD " + (arg == null ? "NULL" : value);
      case "connectionlimit" -> "CONNECTION LIMIT " + value;
      case "validUntil" -> "VALID UNTIL " + value;
      case "rolemembers" -> "USER " + value;
      case "sysid" -> "SYSID " + value;
      case "adminmembers" -> "ADMIN " + value;
      case "addroleto" -> "IN ROLE " + value;
      case "inherit" -> off ? "NOINHERIT" : "INHERIT";
      case "isreplication" -> off ? "NOREPLICATION" : "REPLICATION";
      case "canlogin" -> off ? "NOLOGIN" : "LOGIN";
      default -> when(off, "NO") + option.defname().toUpperCase(Locale.ROOT);
    };
  }

  static String alterSet(AlterRoleSetStmt alter) {
    RoleSpec role = alter.role();
    return join(
        "ALTER ROLE",
        role == null ? "ALL" : OptionPrinter.role(role),
        optName("IN DATABASE", alter.database()),
        OptionPrinter.set(alter.setstmt()));
  }

  // ---- privileges

  static String grant(GrantStmt grant) {
    String option = when(grant.grantOption(), "WITH GRANT OPTION");
    return join(
        grant.isGrant() ? "GRANT" : "REVOKE",
        grant.isGrant() ? "" : when(grant.grantOption(), "GRANT OPTION FOR"),
        privileges(grant.privileges()),
        "ON",
        target(grant),
        grant.isGrant() ? "TO" : "FROM",
        OptionPrinter.roles(grant.grantees()),
        grant.isGrant() ? option : "",
        opt("GRANTED BY", grant.grantor(), OptionPrinter::role),
        ObjectPrinter.cascade(grant.behavior()));
  }

  private static String privileges(List<AccessPriv> privileges) {
    return privileges.isEmpty() ? "ALL" : list(privileges, RolePrinter::privilege);
  }

  private static String privilege(AccessPriv privilege) {
    String name = privilege.privName();
    String word =
        switch (name) {
          case null -> "ALL";
          case "select", "references", "create", "alter system" -> name.toUpperCase(Locale.ROOT);
          default -> name(name);
        };
    return join(word, optNames(privilege.cols()));
  }

  private static String target(GrantStmt grant) {
    ObjectType type = grant.objtype();
    if (grant.targtype() == GrantTargetType.DEFAULTS) {
      return type.name() + "S";
    }
    if (grant.targtype() == GrantTargetType.ALL_IN_SCHEMA) {
      return "ALL " + type.name() + "S IN SCHEMA " + objects(grant);
    }
    String kind = type == ObjectType.FOREIGN_SERVER ? "FOREIGN SERVER" : ObjectPrinter.kind(type);
    return join(kind, objects(grant));
  }

  private static String objects(GrantStmt grant) {
    return list(grant.objects(), object -> ObjectPrinter.object(grant.objtype(), object));
  }

  static String grantRole(GrantRoleStmt grant) {
    String roles = list(grant.grantedRoles(), RolePrinter::privilege);
    String grantees = OptionPrinter.roles(grant.granteeRoles());
    String by = opt("GRANTED BY", grant.grantor(), OptionPrinter::role);
    if (grant.isGrant()) {
      return join(
          "GRANT",
          roles,
          "TO",
          grantees,
          when(!grant.options().isEmpty(), "WITH"),
          list(
              grant.options(),
              option -> join(name(option.defname()), opt("", option.arg(), OptionPrinter::arg))),
          by);
    }
    return join(
        "REVOKE",
        words(grant.options(), option -> name(option.defname()) + " OPTION FOR"),
        roles,
        "FROM",
        grantees,
        by,
        ObjectPrinter.cascade(grant.behavior()));
  }

  static String alterDefault(AlterDefaultPrivilegesStmt alter) {
    return join(
        "ALTER DEFAULT PRIVILEGES",
        words(
            alter.options(),
            option ->
                option.defname().equals("schemas")
                    ? "IN SCHEMA " + names(OptionPrinter.strings(option.arg()))
                    : "FOR ROLE "
                        + (option.arg() instanceof NodeList roles
                            ? list(roles.items(), role -> OptionPrinter.role((RoleSpec) role))
                            : "")),
        grant(alter.action()));
  }
}
