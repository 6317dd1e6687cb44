package dev.lifeline.commands;

import dev.lifeline.catalog.Acl;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Database;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.AccessPriv;
import dev.lifeline.parser.tree.GrantStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// GRANT and REVOKE on tables, sequences, schemas and databases. What is granted is granted by the
/// owner, whoever of those who may do so types it.
final class GrantCommands {
  private final CommandContext context;
  private final BackendCatalog catalog;

  GrantCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(GrantStmt statement, Steps steps) {
    CatalogWriter writer = context.writer(steps);
    switch (statement.targtype()) {
      case OBJECT -> statement.objects().forEach(object -> onObject(writer, statement, object));
      case ALL_IN_SCHEMA -> onSchemaContent(writer, statement);
      case DEFAULTS -> throw PgException.notSupported("ALTER DEFAULT PRIVILEGES");
    }
    writer.endCommandWithNames(false);
    return statement.isGrant() ? "GRANT" : "REVOKE";
  }

  private void onObject(CatalogWriter writer, GrantStmt statement, Node object) {
    switch (statement.objtype()) {
      case TABLE, SEQUENCE -> {
        RangeVar name = (RangeVar) object;
        context.checkDatabase(name);
        onRelation(
            writer, statement, catalog.require(name.schemaname(), name.relname(), name.location()));
      }
      case SCHEMA -> onSchema(writer, statement, name(object));
      case DATABASE -> onDatabase(writer, statement, name(object));
      default ->
          throw PgException.notSupported(
              "GRANT ON " + statement.objtype().name().replace('_', ' '));
    }
  }

  private static String name(Node object) {
    return switch (object) {
      case Value.Str s -> s.value();
      case QualifiedName q -> q.names().getLast();
      default -> object.toString();
    };
  }

  private void onSchemaContent(CatalogWriter writer, GrantStmt statement) {
    for (Node object : statement.objects()) {
      int namespace = context.namespace(name(object));
      boolean sequences = statement.objtype() == ObjectType.SEQUENCE;
      for (CatalogRow row :
          catalog.reader().scan("pg_class", r -> r.oid("relnamespace") == namespace)) {
        RelKind kind = RelKind.of(row.letter("relkind"));
        boolean wanted =
            sequences ? kind == RelKind.SEQUENCE : kind == RelKind.TABLE || kind == RelKind.VIEW;
        Relation relation = wanted ? catalog.byOid(row.oid("oid")) : null;
        if (relation != null) {
          onRelation(writer, statement, relation);
        }
      }
    }
  }

  private void onRelation(CatalogWriter writer, GrantStmt statement, Relation relation) {
    if (relation.kind() == RelKind.INDEX) {
      throw PgException.error(SqlState.WRONG_OBJECT_TYPE, "\"%s\" is an index", relation.name());
    }
    boolean sequence = relation.kind() == RelKind.SEQUENCE;
    Set<Privilege> all = sequence ? Privilege.ofSequences() : Privilege.ofTables();
    Acl before = acl(relation.acl(), relation.owner(), all);
    Acl after =
        change(before, statement, all, relation.kind().noun(), relation.name(), relation.owner());
    CatalogRow row =
        Objects.requireNonNull(
            catalog.reader().one("pg_class", "pg_class_oid_index", relation.oid()));
    writer.update(row.copy().setTexts("relacl", after.texts()));
  }

  private void onSchema(CatalogWriter writer, GrantStmt statement, String name) {
    int oid = context.namespace(name);
    BackendCatalog.Namespace namespace = Objects.requireNonNull(catalog.namespace(oid));
    Set<Privilege> all = Privilege.ofSchemas();
    Acl before = acl(namespace.acl(), namespace.owner(), all);
    Acl after = change(before, statement, all, "schema", name, namespace.owner());
    CatalogRow row = catalog.reader().one("pg_namespace", "pg_namespace_oid_index", oid);
    writer.update(Objects.requireNonNull(row).copy().setTexts("nspacl", after.texts()));
  }

  private void onDatabase(CatalogWriter writer, GrantStmt statement, String name) {
    Database database = catalog.database(name);
    if (database == null) {
      throw DatabaseCommands.undefined(name);
    }
    Set<Privilege> all = Privilege.ofDatabases();
    Acl before = acl(database.acl(), database.owner(), all);
    if (database.acl() == null) {
      before =
          before.grant(
              "",
              EnumSet.of(Privilege.CONNECT, Privilege.TEMPORARY),
              false,
              roleName(database.owner()));
    }
    Acl after = change(before, statement, all, "database", name, database.owner());
    CatalogRow row = catalog.reader().one("pg_database", "pg_database_oid_index", database.oid());
    writer.update(Objects.requireNonNull(row).copy().setTexts("datacl", after.texts()));
    writer.endCommandWithNames(true);
  }

  private String roleName(int oid) {
    return String.valueOf(catalog.roleName(oid));
  }

  private Acl acl(@Nullable String text, int owner, Set<Privilege> all) {
    return text == null ? Acl.ofOwner(roleName(owner), all) : Acl.parse(text);
  }

  private Acl change(
      Acl acl, GrantStmt statement, Set<Privilege> all, String noun, String name, int owner) {
    if (!catalog.rights().actsAs(owner)) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for %s %s", noun, name);
    }
    if (statement.grantor() != null) {
      Role grantor = new Roles(context).required(statement.grantor());
      if (grantor.oid() != catalog.userOid()) {
        throw PgException.error(SqlState.FEATURE_NOT_SUPPORTED, "grantor must be current user");
      }
    }
    Set<Privilege> privileges = privileges(statement, all, noun);
    Acl changed = acl;
    for (String grantee : grantees(statement)) {
      if (statement.isGrant()) {
        if (grantee.isEmpty() && statement.grantOption()) {
          throw PgException.error(
              SqlState.INVALID_GRANT_OPERATION, "grant options can only be granted to roles");
        }
        changed = changed.grant(grantee, privileges, statement.grantOption(), roleName(owner));
      } else {
        changed = changed.revoke(grantee, privileges, statement.grantOption());
      }
    }
    return changed;
  }

  private List<String> grantees(GrantStmt statement) {
    List<String> names = new ArrayList<>();
    for (RoleSpec spec : statement.grantees()) {
      names.add(
          spec.roletype() == RoleSpec.Type.PUBLIC ? "" : new Roles(context).required(spec).name());
    }
    return names;
  }

  private static Set<Privilege> privileges(GrantStmt statement, Set<Privilege> all, String noun) {
    if (statement.privileges().isEmpty()) {
      return all;
    }
    Set<Privilege> privileges = EnumSet.noneOf(Privilege.class);
    for (AccessPriv given : statement.privileges()) {
      if (!given.cols().isEmpty()) {
        throw PgException.notSupported("a privilege on columns");
      }
      if (given.privName() == null) {
        privileges.addAll(all);
        continue;
      }
      Privilege privilege = privilege(given.privName());
      if (!all.contains(privilege)) {
        throw PgException.error(
            SqlState.INVALID_GRANT_OPERATION,
            "invalid privilege type %s for %s",
            privilege.name(),
            noun.equals("table") || noun.equals("view") ? "relation" : noun);
      }
      privileges.add(privilege);
    }
    return privileges;
  }

  private static Privilege privilege(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    for (Privilege privilege : Privilege.values()) {
      if (privilege.name().equals(upper)) {
        return privilege;
      }
    }
    if (upper.equals("TEMP")) {
      return Privilege.TEMPORARY;
    }
    throw PgException.error(SqlState.SYNTAX_ERROR, "unrecognized privilege type \"%s\"", name);
  }
}
