package dev.lifeline.catalog;

import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `has_table_privilege` and its kin: each takes a role (or the session's own), an object by name
/// or oid, and a list of privileges of which one is enough. An oid of nothing gives null, a name of
/// nothing is an error.
final class PrivilegeFunctions {
  private static final String GRANT_OPTION = " WITH GRANT OPTION";
  private static final String ADMIN_OPTION = " WITH ADMIN OPTION";

  private static final Set<Privilege> OF_COLUMNS =
      EnumSet.of(Privilege.SELECT, Privilege.INSERT, Privilege.UPDATE, Privilege.REFERENCES);

  /// The oids of `internal`, `c` and `sql`.
  private static final Set<Integer> LANGUAGES = Set.of(12, 13, 14);

  /// The functions that not everybody may call.
  private static final Set<String> RESTRICTED =
      Set.of(
          "pg_backup_start",
          "pg_backup_stop",
          "pg_create_restore_point",
          "pg_current_logfile",
          "pg_hba_file_rules",
          "pg_ident_file_mappings",
          "pg_promote",
          "pg_reload_conf",
          "pg_rotate_logfile",
          "pg_show_all_file_settings",
          "pg_show_replication_origin_status",
          "pg_switch_wal",
          "pg_wal_replay_pause",
          "pg_wal_replay_resume");

  private static final Set<String> RESTRICTED_PREFIXES =
      Set.of("pg_ls_", "pg_read_", "pg_replication_origin_", "pg_stat_file", "pg_stat_reset");

  private final BackendCatalog catalog;

  PrivilegeFunctions(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// A privilege, or the right to grant it.
  private record Wanted(Privilege privilege, boolean grantOption) {}

  @FunctionalInterface
  private interface Rights {
    boolean allow(int role, Wanted wanted);
  }

  static boolean has(String name) {
    return name.equals("pg_has_role") || (name.startsWith("has_") && name.endsWith("_privilege"));
  }

  @Nullable Object call(String name, List<@Nullable Object> arguments) {
    Object object = arguments.get(arguments.size() - 2);
    return switch (name) {
      case "pg_has_role" -> hasRole(arguments);
      case "has_table_privilege" -> ofRelation(relation(object), arguments, Privilege.ofTables());
      case "has_any_column_privilege" -> ofRelation(relation(object), arguments, OF_COLUMNS);
      case "has_column_privilege" -> ofColumn(arguments);
      case "has_sequence_privilege" -> ofSequence(relation(object), arguments);
      case "has_schema_privilege" -> ofSchema(object, arguments);
      case "has_database_privilege" -> ofDatabase(object, arguments);
      case "has_function_privilege" -> ofFunction(object, arguments);
      case "has_type_privilege" -> ofType(object, arguments);
      case "has_language_privilege" -> ofLanguage(object, arguments);
      case "has_tablespace_privilege" -> ofTablespace(object, arguments);
      case "has_parameter_privilege" -> ofParameter(arguments);
      case "has_foreign_data_wrapper_privilege" -> ofNothing("foreign-data wrapper", object);
      case "has_server_privilege" -> ofNothing("server", object);
      default -> throw PgException.notSupported("function " + name);
    };
  }

  /// Whether the role has one of the privileges.
  ///
  /// @param objects how many arguments name the object
  private long ask(
      List<@Nullable Object> arguments, int objects, Set<Privilege> known, Rights rights) {
    int role = role(arguments, objects);
    for (Wanted wanted : wanted(String.valueOf(arguments.getLast()), known)) {
      if (rights.allow(role, wanted)) {
        return 1L;
      }
    }
    return 0L;
  }

  private static List<Wanted> wanted(String list, Set<Privilege> known) {
    List<Wanted> wanted = new ArrayList<>();
    for (String one : list.split(",", -1)) {
      String name = one.strip().toUpperCase(Locale.ROOT);
      boolean grantOption = name.endsWith(GRANT_OPTION);
      String plain = grantOption ? name.substring(0, name.length() - GRANT_OPTION.length()) : name;
      Privilege privilege = null;
      for (Privilege each : known) {
        boolean same =
            each.name().equals(plain) || (each == Privilege.TEMPORARY && plain.equals("TEMP"));
        privilege = same ? each : privilege;
      }
      if (privilege == null) {
        throw unrecognized(one.strip());
      }
      wanted.add(new Wanted(privilege, grantOption));
    }
    return wanted;
  }

  private static PgException unrecognized(String privilege) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE, "unrecognized privilege type: \"%s\"", privilege);
  }

  private static PgException undefined(String what, Object name) {
    return PgException.error(SqlState.UNDEFINED_OBJECT, "%s \"%s\" does not exist", what, name);
  }

  /// The role that is asked about: the first argument, or else the session's own.
  private int role(List<@Nullable Object> arguments, int objects) {
    if (arguments.size() <= objects + 1) {
      return catalog.userOid();
    }
    Object first = arguments.getFirst();
    boolean everybody = "public".equals(String.valueOf(first));
    return everybody ? 0 : roleOid(first);
  }

  private int roleOid(@Nullable Object role) {
    if (role instanceof Number number) {
      return number.intValue();
    }
    Role found = catalog.role(String.valueOf(role));
    if (found == null) {
      throw undefined("role", String.valueOf(role));
    }
    return found.oid();
  }

  private boolean superuser(int role) {
    Role found = catalog.role(role);
    return found != null && found.superuser();
  }

  private boolean allowed(int role, int owner, @Nullable String acl, Wanted wanted) {
    AccessRights rights = catalog.rights();
    return wanted.grantOption()
        ? rights.mayGrant(role, owner, acl, wanted.privilege())
        : rights.mayUse(role, owner, acl, wanted.privilege());
  }

  private @Nullable Relation relation(@Nullable Object object) {
    if (object instanceof Number number) {
      return catalog.byOid(number.intValue());
    }
    List<String> names = SearchPath.nameParts(String.valueOf(object));
    String schema = names.size() > 1 ? names.get(names.size() - 2) : null;
    if (schema != null && catalog.namespaceOid(schema) == 0) {
      throw PgException.error(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
    }
    return catalog.require(schema, names.getLast(), -1);
  }

  private boolean allowed(int role, Relation relation, Wanted wanted) {
    return wanted.grantOption()
        ? catalog.rights().mayGrant(role, relation.owner(), relation.acl(), wanted.privilege())
        : catalog.rights().mayUse(role, relation, wanted.privilege());
  }

  private @Nullable Long ofRelation(
      @Nullable Relation relation, List<@Nullable Object> arguments, Set<Privilege> known) {
    return relation == null
        ? null
        : ask(arguments, 1, known, (role, wanted) -> allowed(role, relation, wanted));
  }

  private @Nullable Long ofSequence(@Nullable Relation relation, List<@Nullable Object> arguments) {
    if (relation != null && relation.kind() != RelKind.SEQUENCE) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a sequence", relation.name());
    }
    return ofRelation(relation, arguments, Privilege.ofSequences());
  }

  /// Privileges are those of the whole table.
  private @Nullable Long ofColumn(List<@Nullable Object> arguments) {
    Relation relation = relation(arguments.get(arguments.size() - 3));
    Object column = arguments.get(arguments.size() - 2);
    if (relation == null || !hasColumn(relation, column)) {
      return null;
    }
    return ask(arguments, 2, OF_COLUMNS, (role, wanted) -> allowed(role, relation, wanted));
  }

  private static boolean hasColumn(Relation relation, @Nullable Object column) {
    if (column instanceof Number number) {
      return relation.columns().stream()
          .anyMatch(each -> each.attnum() == number.intValue() && !each.dropped());
    }
    relation.requireColumn(String.valueOf(column));
    return true;
  }

  private @Nullable Long ofSchema(@Nullable Object object, List<@Nullable Object> arguments) {
    int oid =
        object instanceof Number number
            ? number.intValue()
            : catalog.namespaceOid(String.valueOf(object));
    BackendCatalog.Namespace namespace = catalog.namespace(oid);
    if (namespace == null) {
      if (object instanceof Number) {
        return null;
      }
      throw PgException.error(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", object);
    }
    return ask(
        arguments,
        1,
        Privilege.ofSchemas(),
        (role, wanted) ->
            wanted.grantOption()
                ? allowed(role, namespace.owner(), namespace.acl(), wanted)
                : catalog.rights().mayUse(role, namespace, wanted.privilege()));
  }

  private @Nullable Long ofDatabase(@Nullable Object object, List<@Nullable Object> arguments) {
    Database database =
        object instanceof Number number
            ? catalog.database(number.intValue())
            : catalog.database(String.valueOf(object));
    if (database == null) {
      if (object instanceof Number) {
        return null;
      }
      throw PgException.error(
          SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist", object);
    }
    return ask(
        arguments,
        1,
        Privilege.ofDatabases(),
        (role, wanted) ->
            (database.acl() == null
                    && wanted.privilege() != Privilege.CREATE
                    && !wanted.grantOption())
                || allowed(role, database.owner(), database.acl(), wanted));
  }

  /// The oid that a name has as a value of one of the types that show names.
  private long read(int type, @Nullable Object name) {
    EvalContext context = Objects.requireNonNull(catalog.client().evalContext());
    return (Long) Values.read(Types.get(type), String.valueOf(name), context);
  }

  private @Nullable Long ofFunction(@Nullable Object object, List<@Nullable Object> arguments) {
    long oid =
        object instanceof Number number ? number.longValue() : read(Types.REGPROCEDURE, object);
    PgProc proc = BootstrapCatalog.proc((int) oid);
    return proc == null
        ? null
        : ofEverybody(arguments, Privilege.EXECUTE, !isRestricted(proc.name()));
  }

  private static boolean isRestricted(String name) {
    return RESTRICTED.contains(name) || RESTRICTED_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /// What a superuser may, and everybody where it is given to all.
  private long ofEverybody(List<@Nullable Object> arguments, Privilege privilege, boolean given) {
    return ask(
        arguments,
        1,
        Set.of(privilege),
        (role, wanted) -> superuser(role) || (given && !wanted.grantOption()));
  }

  private @Nullable Long ofType(@Nullable Object object, List<@Nullable Object> arguments) {
    int oid =
        (int) (object instanceof Number number ? number.longValue() : read(Types.REGTYPE, object));
    if (!UserTypes.isUserType(oid)) {
      return Types.find(oid) == null ? null : ofEverybody(arguments, Privilege.USAGE, true);
    }
    UserType type = catalog.types().find(oid);
    if (type == null) {
      return null;
    }
    return ask(
        arguments,
        1,
        Set.of(Privilege.USAGE),
        (role, wanted) ->
            (type.acl() == null && !wanted.grantOption())
                || allowed(role, type.owner(), type.acl(), wanted));
  }

  private @Nullable Long ofLanguage(@Nullable Object object, List<@Nullable Object> arguments) {
    if (object instanceof Number number) {
      return LANGUAGES.contains(number.intValue())
          ? ofEverybody(arguments, Privilege.USAGE, true)
          : null;
    }
    return switch (String.valueOf(object)) {
      case "internal", "c", "sql" -> ofEverybody(arguments, Privilege.USAGE, true);
      default -> throw undefined("language", String.valueOf(object));
    };
  }

  private @Nullable Long ofTablespace(@Nullable Object object, List<@Nullable Object> arguments) {
    int oid =
        object instanceof Number number
            ? number.intValue()
            : TablespaceFunctions.oid(String.valueOf(object));
    return TablespaceFunctions.exists(oid) ? ofEverybody(arguments, Privilege.CREATE, false) : null;
  }

  /// No parameter is granted to anybody. What every user may set needs no privilege.
  private long ofParameter(List<@Nullable Object> arguments) {
    int role = role(arguments, 1);
    for (String one : String.valueOf(arguments.getLast()).split(",", -1)) {
      String name = one.strip().toUpperCase(Locale.ROOT).replace(GRANT_OPTION, "");
      if (!name.equals("SET") && !name.equals("ALTER SYSTEM")) {
        throw unrecognized(one.strip());
      }
    }
    return superuser(role) ? 1L : 0L;
  }

  private static @Nullable Long ofNothing(String what, @Nullable Object object) {
    if (object instanceof Number) {
      return null;
    }
    throw undefined(what, String.valueOf(object));
  }

  /// Whether a role has another's privileges (USAGE), or is its member and may become it (MEMBER).
  private long hasRole(List<@Nullable Object> arguments) {
    // The pseudo-role `public` is nobody's member, and there is no role of that name.
    int member = arguments.size() < 3 ? catalog.userOid() : roleOid(arguments.getFirst());
    int role = roleOid(arguments.get(arguments.size() - 2));
    for (String one : String.valueOf(arguments.getLast()).split(",", -1)) {
      String mode =
          one.strip()
              .toUpperCase(Locale.ROOT)
              .replace(GRANT_OPTION, ADMIN_OPTION)
              .replace("MEMBER" + ADMIN_OPTION, "USAGE" + ADMIN_OPTION);
      boolean has =
          switch (mode) {
            case "USAGE" -> catalog.rights().rolesOf(member).contains(role);
            case "MEMBER" -> catalog.rights().isMember(member, role);
            case "USAGE" + ADMIN_OPTION -> isAdministrator(member, role);
            default -> throw unrecognized(one.strip());
          };
      if (has || superuser(member)) {
        return 1L;
      }
    }
    return 0L;
  }

  private boolean isAdministrator(int member, int role) {
    return catalog
        .reader()
        .rows("pg_auth_members", "pg_auth_members_role_member_index", role)
        .stream()
        .anyMatch(row ->
            row.bool("admin_option") && catalog.rights().isMember(member, row.oid("member")));
  }
}
