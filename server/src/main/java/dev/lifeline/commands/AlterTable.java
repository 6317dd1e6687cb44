package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.AlterTableCmd;
import dev.lifeline.parser.tree.AlterTableStmt;
import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.ReplicaIdentityStmt;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// ALTER TABLE. Its subcommands are done one after the other, each on the table as the one before
/// has left it.
final class AlterTable {
  private final CommandContext context;
  private final BackendCatalog catalog;

  AlterTable(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  static String tag(AlterTableStmt statement) {
    return "ALTER " + statement.objtype().name().replace('_', ' ');
  }

  String prepare(AlterTableStmt statement, Steps steps) {
    RangeVar name = statement.relation();
    context.checkDatabase(name);
    if (statement.missingOk() && catalog.find(name.schemaname(), name.relname()) == null) {
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "relation \"%s\" does not exist, skipping",
          name.relname());
      return tag(statement);
    }
    Relation relation =
        catalog.open(
            name.schemaname(), name.relname(), name.location(), lockMode(statement.cmds()));
    checkKind(relation, statement.objtype());
    context.refusePending(relation, tag(statement));
    SystemObjects.refuse(relation);
    catalog.rights().checkOwner(relation);
    CatalogWriter writer = context.writer(steps);
    for (AlterTableCmd command : statement.cmds()) {
      steps.add(() -> apply(writer, relation.oid(), command));
    }
    return tag(statement);
  }

  /// Foreign keys are added while others read the table, and validated while they write it.
  private static LockMode lockMode(List<AlterTableCmd> commands) {
    LockMode mode = LockMode.SHARE_UPDATE_EXCLUSIVE;
    for (AlterTableCmd command : commands) {
      boolean foreign =
          command.subtype() == AlterTableCmd.Type.ALTER_CONSTRAINT
              || (command.subtype() == AlterTableCmd.Type.ADD_CONSTRAINT
                  && command.def() instanceof Constraint added
                  && added.contype() == Constraint.Type.FOREIGN);
      if (foreign) {
        mode = LockMode.SHARE_ROW_EXCLUSIVE;
      } else if (command.subtype() != AlterTableCmd.Type.VALIDATE_CONSTRAINT) {
        return LockMode.ACCESS_EXCLUSIVE;
      }
    }
    return mode;
  }

  private static void checkKind(Relation relation, ObjectType type) {
    RelKind wanted =
        switch (type) {
          case INDEX -> RelKind.INDEX;
          case SEQUENCE -> RelKind.SEQUENCE;
          case VIEW -> RelKind.VIEW;
          case TABLE -> relation.kind();
          default -> throw PgException.notSupported("ALTER " + type.name().replace('_', ' '));
        };
    if (relation.kind() != wanted) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a %s", relation.name(), wanted.noun());
    }
  }

  private void apply(CatalogWriter writer, int oid, AlterTableCmd command) {
    Relation relation = Objects.requireNonNull(catalog.byOid(oid));
    if (relation.kind() != RelKind.TABLE
        && command.subtype() != AlterTableCmd.Type.CHANGE_OWNER
        && command.subtype() != AlterTableCmd.Type.SET_REL_OPTIONS) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "ALTER action %s cannot be performed on relation \"%s\"",
              words(command),
              relation.name())
          .detail("This operation is not supported for %ss.", relation.kind().noun());
    }
    switch (command.subtype()) {
      case ADD_COLUMN -> new AlterColumns(context).add(writer, relation, command);
      case DROP_COLUMN -> new AlterColumns(context).drop(writer, relation, command);
      case ALTER_COLUMN_TYPE -> new AlterColumnType(context).apply(writer, relation, command);
      case COLUMN_DEFAULT -> setDefault(writer, relation, command);
      case DROP_EXPRESSION -> new AlterColumns(context).dropExpression(writer, relation, command);
      case SET_NOT_NULL -> setNotNull(writer, relation, command);
      case DROP_NOT_NULL -> dropNotNull(writer, relation, command);
      case SET_STATISTICS -> setStatistics(writer, relation, command);
      case SET_STORAGE -> setStorage(writer, relation, command);
      case ADD_CONSTRAINT -> addConstraint(writer, relation, command);
      case DROP_CONSTRAINT -> new AlterConstraints(context).drop(writer, relation, command);
      case VALIDATE_CONSTRAINT -> new AlterConstraints(context).validate(writer, relation, command);
      case ALTER_CONSTRAINT -> new AlterConstraints(context).alter(writer, relation, command);
      case CHANGE_OWNER -> changeOwner(writer, relation, command);
      case CLUSTER_ON -> cluster(writer, relation, String.valueOf(command.name()));
      case DROP_CLUSTER -> cluster(writer, relation, null);
      case SET_REL_OPTIONS, RESET_REL_OPTIONS -> setOptions(writer, relation, command);
      case ADD_IDENTITY, SET_IDENTITY, DROP_IDENTITY ->
          new AlterIdentity(context).apply(writer, relation, command);
      case REPLICA_IDENTITY ->
          ReplicaIdentity.set(
              writer, relation, (ReplicaIdentityStmt) Objects.requireNonNull(command.def()));
      default -> throw PgException.notSupported("ALTER TABLE ... " + words(command));
    }
  }

  /// Says by which index CLUSTER is to order the rows, or that it is not to; it does not do so now.
  private void cluster(CatalogWriter writer, Relation relation, @Nullable String indexName) {
    int oid = 0;
    if (indexName != null) {
      Relation.Index index = ClusterCommands.indexOf(catalog, relation, indexName);
      ClusterCommands.checkIndex(index);
      oid = index.oid();
    }
    new IndexWriter(writer).markClustered(relation, oid);
    writer.endCommand(relation.oid());
  }

  private static String words(AlterTableCmd command) {
    return command.subtype().name().replace('_', ' ');
  }

  /// The column that a subcommand names.
  static Relation.Column column(Relation relation, AlterTableCmd command) {
    String name = String.valueOf(command.name());
    Relation.Column column = relation.requireColumn(name);
    return column;
  }

  private static PgException isIdentity(Relation relation, Relation.Column column) {
    return PgException.error(
        SqlState.SYNTAX_ERROR,
        "column \"%s\" of relation \"%s\" is an identity column",
        column.name(),
        relation.name());
  }

  private void setDefault(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Column column = column(relation, command);
    if (column.identity() != 0) {
      PgException error = isIdentity(relation, column);
      throw command.def() == null
          ? error.hint("Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead.")
          : error;
    }
    if (column.isGenerated()) {
      PgException error =
          PgException.error(
              SqlState.SYNTAX_ERROR,
              "column \"%s\" of relation \"%s\" is a generated column",
              column.name(),
              relation.name());
      throw command.def() == null
          ? error.hint("Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead.")
          : error;
    }
    String source =
        command.def() instanceof Expr expr
            ? new DefinitionExpressions(context).defaultSource(expr, column)
            : null;
    new RelationWriter(writer).setDefault(relation.oid(), column.attnum(), source);
    writer.endCommand(relation.oid());
  }

  private void setNotNull(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Column column = column(relation, command);
    if (!column.notNull()) {
      requireNotNull(writer, relation, List.of(column.attnum()));
    }
  }

  /// Adds the steps that check columns for nulls and then forbid them.
  void requireNotNull(CatalogWriter writer, Relation relation, List<Integer> attnums) {
    writer.steps().add(new ValidateTable(context, relation, attnums, "", null));
    for (int attnum : attnums) {
      new RelationWriter(writer)
          .updateAttribute(relation.oid(), attnum, row -> row.set("attnotnull", true));
    }
    writer.endCommand(relation.oid());
  }

  private void dropNotNull(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Column column = column(relation, command);
    Relation.Index primaryKey = relation.primaryKey();
    if (primaryKey != null
        && primaryKey.keys().stream().anyMatch(key -> key.attnum() == column.attnum())) {
      throw PgException.error(
          SqlState.INVALID_TABLE_DEFINITION, "column \"%s\" is in a primary key", column.name());
    }
    if (column.identity() != 0) {
      throw isIdentity(relation, column);
    }
    new RelationWriter(writer)
        .updateAttribute(relation.oid(), column.attnum(), row -> row.set("attnotnull", false));
    writer.endCommand(relation.oid());
  }

  private void setStatistics(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Column column = column(relation, command);
    int target = command.def() instanceof Value.Int i ? i.value() : -1;
    new RelationWriter(writer)
        .updateAttribute(
            relation.oid(),
            column.attnum(),
            row -> row.set("attstattarget", (long) Math.max(-1, Math.min(target, 10_000))));
    writer.endCommand(relation.oid());
  }

  private void setStorage(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Relation.Column column = column(relation, command);
    PgType type = Types.get(column.typeOid());
    String name = command.def() instanceof Value.Str s ? s.value() : "";
    char storage =
        switch (name.toLowerCase(Locale.ROOT)) {
          case "plain" -> 'p';
          case "external" -> 'e';
          case "extended" -> 'x';
          case "main" -> 'm';
          case "default" -> type.storage();
          default ->
              throw PgException.error(
                  SqlState.INVALID_PARAMETER_VALUE, "invalid storage type \"%s\"", name);
        };
    if (type.storage() == 'p' && storage != 'p') {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "column data type %s can only have storage PLAIN",
          FormatType.name(type.oid(), column.typmod()));
    }
    new RelationWriter(writer).setStorage(relation, column.attnum(), storage);
    writer.endCommand(relation.oid());
  }

  private void addConstraint(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Constraint constraint = (Constraint) Objects.requireNonNull(command.def());
    if (constraint.indexname() != null) {
      throw PgException.notSupported("ADD CONSTRAINT ... USING INDEX");
    }
    TableDefinition definition = new TableDefinition(relation.name(), catalog);
    definition.addTableConstraint(constraint);
    addConstraints(writer, relation, definition, constraint.skipValidation());
  }

  /// Adds the steps for keys and checks that a table gets.
  void addConstraints(
      CatalogWriter writer, Relation relation, TableDefinition definition, boolean skipValidation) {
    for (TableDefinition.Key key : definition.keys()) {
      addKey(writer, relation, key);
    }
    new ForeignKeys(context).create(writer, relation.oid(), definition.foreignKeys(), true);
    if (definition.checks().isEmpty()) {
      return;
    }
    if (skipValidation) {
      throw PgException.notSupported("NOT VALID");
    }
    DefinitionExpressions expressions = new DefinitionExpressions(context);
    for (TableDefinition.Check check : definition.checks()) {
      writer
          .steps()
          .add(
              new ValidateTable(
                  context,
                  relation,
                  List.of(),
                  check.name() == null ? relation.name() + "_check" : check.name(),
                  expressions
                      .check(check.expr(), relation.name(), relation.columns())
                      .condition()));
    }
    new CheckConstraints(context, writer)
        .create(
            relation.oid(),
            relation.name(),
            relation.namespaceOid(),
            relation.columns(),
            definition.checks(),
            relation.constraints());
    int checks = definition.checks().size();
    new RelationWriter(writer)
        .updateClass(
            relation.oid(), row -> row.set("relchecks", (long) row.integer("relchecks") + checks));
    writer.endCommand(relation.oid());
  }

  private void addKey(CatalogWriter writer, Relation relation, TableDefinition.Key key) {
    context.checkCreatePrivilege(relation.namespaceOid());
    if (key.primary() && relation.primaryKey() != null) {
      throw TableDefinition.multiplePrimaryKeys(relation.name()).at(key.location());
    }
    if (key.primary()) {
      // They are made NOT NULL first, and so are looked for here.
      key.columns().forEach(name -> relation.requireColumn(name));
    }
    List<Relation.IndexKey> keys = IndexKeys.ofConstraint(relation.columns(), key);
    Set<String> taken = new HashSet<>();
    relation.constraints().forEach(constraint -> taken.add(constraint.name()));
    String name =
        new CreateTable(context)
            .keyName(
                key, relation.name(), relation.namespaceOid(), relation.columns(), keys, taken);
    if (key.primary()) {
      List<Integer> nullable = new ArrayList<>();
      for (Relation.IndexKey one : keys) {
        if (!relation.column(one.attnum()).notNull()) {
          nullable.add(one.attnum());
        }
      }
      if (!nullable.isEmpty()) {
        requireNotNull(writer, relation, nullable);
      }
    }
    int index =
        new DefineIndex(context)
            .create(
                writer, relation, IndexKeys.constraintSpec(name, keys, key, relation.columns()));
    new IndexWriter(writer)
        .createConstraint(
            relation.oid(),
            relation.namespaceOid(),
            name,
            key.primary() ? 'p' : 'u',
            keys.stream().map(Relation.IndexKey::attnum).toList(),
            null,
            index);
    writer.endCommandWithNames(false);
  }

  private void changeOwner(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    Role owner = new Roles(context).required(Objects.requireNonNull(command.newowner()));
    changeOwner(writer, relation, owner);
  }

  void changeOwner(CatalogWriter writer, Relation relation, Role owner) {
    if (!catalog.superuser() && !catalog.rights().isMember(catalog.userOid(), owner.oid())) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be member of role \"%s\"", owner.name());
    }
    RelationWriter relations = new RelationWriter(writer);
    relations.updateClass(relation.oid(), row -> row.oid("relowner", owner.oid()));
    for (Relation.Index index : relation.indexes()) {
      relations.updateClass(index.oid(), row -> row.oid("relowner", owner.oid()));
    }
    Relation.Toast toast = relation.toast();
    if (toast != null) {
      relations.updateClass(toast.oid(), row -> row.oid("relowner", owner.oid()));
      relations.updateClass(toast.index().oid(), row -> row.oid("relowner", owner.oid()));
    }
    for (Relation sequence : new Dependents(catalog).ownedSequences(relation.oid())) {
      relations.updateClass(sequence.oid(), row -> row.oid("relowner", owner.oid()));
    }
    writer.endCommandWithNames(false);
  }

  private void setOptions(CatalogWriter writer, Relation relation, AlterTableCmd command) {
    boolean set = command.subtype() == AlterTableCmd.Type.SET_REL_OPTIONS;
    List<DefElem> options = new ArrayList<>();
    if (command.def() instanceof NodeList list) {
      for (Node item : list.items()) {
        options.add((DefElem) item);
      }
    }
    StorageOptions given =
        !set
            ? new StorageOptions(List.of(), List.of())
            : relation.kind() == RelKind.INDEX
                ? new StorageOptions(StorageOptions.ofIndex(options), List.of())
                : StorageOptions.ofTable(options);
    setOptions(writer, relation.oid(), options, false, given.own());
    Relation.Toast toast = relation.toast();
    if (toast != null) {
      setOptions(writer, toast.oid(), options, true, given.toast());
    }
    writer.endCommand(relation.oid());
  }

  private static void setOptions(
      CatalogWriter writer, int oid, List<DefElem> named, boolean ofToast, List<String> given) {
    new RelationWriter(writer)
        .updateClass(
            oid,
            row -> {
              List<String> merged =
                  StorageOptions.merged(row.texts("reloptions"), named, ofToast, given);
              if (merged.isEmpty()) {
                row.setNull("reloptions");
              } else {
                row.setTexts("reloptions", merged);
              }
            });
  }

  static boolean cascades(AlterTableCmd command) {
    return command.behavior() == DropBehavior.CASCADE;
  }
}
