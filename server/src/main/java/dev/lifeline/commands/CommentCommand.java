package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.Database;
import dev.lifeline.catalog.Publications;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.parser.tree.CommentStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import java.util.Objects;

/// COMMENT ON.
final class CommentCommand {
  private final CommandContext context;
  private final BackendCatalog catalog;

  CommentCommand(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(CommentStmt statement, Steps steps) {
    List<String> names = names(statement.object());
    Comments comments = new Comments(context.writer(steps));
    switch (statement.objtype()) {
      case TABLE -> onRelation(comments, statement, names, RelKind.TABLE);
      case INDEX -> onRelation(comments, statement, names, RelKind.INDEX);
      case SEQUENCE -> onRelation(comments, statement, names, RelKind.SEQUENCE);
      case VIEW -> onRelation(comments, statement, names, RelKind.VIEW);
      case COLUMN -> onColumn(comments, statement, names);
      case TABLE_CONSTRAINT -> onConstraint(comments, statement, names);
      case TYPE ->
          comments.set(
              SystemOids.PG_TYPE,
              new TypeCommands(context).owned(statement.object()).oid(),
              0,
              statement.comment());
      case SCHEMA -> {
        int oid = context.namespace(names.getLast());
        BackendCatalog.Namespace namespace = Objects.requireNonNull(catalog.namespace(oid));
        catalog.rights().checkOwner(namespace.owner(), "schema", namespace.name());
        comments.set(SystemOids.PG_NAMESPACE, oid, 0, statement.comment());
      }
      case PUBLICATION -> {
        CatalogRow row = new PublicationCommands(context).owned(names.getLast());
        comments.set(Publications.CLASS_OID, row.oid("oid"), 0, statement.comment());
      }
      case SUBSCRIPTION -> {
        CatalogRow row = new SubscriptionCommands(context).owned(names.getLast());
        comments.set(Subscription.CLASS_OID, row.oid("oid"), 0, statement.comment());
      }
      case DATABASE -> {
        Database database = catalog.database(names.getLast());
        if (database == null) {
          throw DatabaseCommands.undefined(names.getLast());
        }
        catalog.rights().checkOwner(database.owner(), "database", database.name());
        comments.setShared(SystemOids.PG_DATABASE, database.oid(), statement.comment());
      }
      case ROLE -> {
        Role role = catalog.role(names.getLast());
        if (role == null) {
          throw Roles.undefined(names.getLast());
        }
        Role me = new Roles(context).current();
        if (!me.superuser() && !me.createRole()) {
          throw PgException.error(
              SqlState.INSUFFICIENT_PRIVILEGE, "must have CREATEROLE privilege");
        }
        comments.setShared(SystemOids.PG_AUTHID, role.oid(), statement.comment());
      }
      default ->
          throw PgException.notSupported(
              "COMMENT ON " + statement.objtype().name().replace('_', ' '));
    }
    return "COMMENT";
  }

  private static List<String> names(Node object) {
    return switch (object) {
      case QualifiedName name -> name.names();
      case Value.Str name -> List.of(name.value());
      default -> List.of(object.toString());
    };
  }

  private Relation open(List<String> names, LockMode mode) {
    String schema = names.size() > 1 ? names.get(names.size() - 2) : null;
    Relation relation = catalog.open(schema, names.getLast(), -1, mode);
    catalog.rights().checkOwner(relation);
    return relation;
  }

  private void onRelation(
      Comments comments, CommentStmt statement, List<String> names, RelKind kind) {
    Relation relation = open(names, LockMode.SHARE_UPDATE_EXCLUSIVE);
    if (relation.kind() != kind) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a %s", relation.name(), kind.noun());
    }
    comments.set(SystemOids.PG_CLASS, relation.oid(), 0, statement.comment());
  }

  private void onColumn(Comments comments, CommentStmt statement, List<String> names) {
    if (names.size() < 2) {
      throw PgException.error(SqlState.SYNTAX_ERROR, "column name must be qualified");
    }
    Relation relation = open(names.subList(0, names.size() - 1), LockMode.SHARE_UPDATE_EXCLUSIVE);
    Relation.Column column = relation.requireColumn(names.getLast());
    comments.set(SystemOids.PG_CLASS, relation.oid(), column.attnum(), statement.comment());
  }

  private void onConstraint(Comments comments, CommentStmt statement, List<String> names) {
    Relation relation = open(names.subList(0, names.size() - 1), LockMode.SHARE_UPDATE_EXCLUSIVE);
    for (Relation.Constraint constraint : relation.constraints()) {
      if (constraint.name().equals(names.getLast())) {
        comments.set(SystemOids.PG_CONSTRAINT, constraint.oid(), 0, statement.comment());
        return;
      }
    }
    throw PgException.error(
        SqlState.UNDEFINED_OBJECT,
        "constraint \"%s\" for table \"%s\" does not exist",
        names.getLast(),
        relation.name());
  }
}
