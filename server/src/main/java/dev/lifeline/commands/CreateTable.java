package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.TempTables;
import dev.lifeline.parser.tree.CreateStmt;
import dev.lifeline.parser.tree.OnCommitAction;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.TableElement;
import dev.lifeline.parser.tree.TableLikeClause;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// CREATE TABLE.
final class CreateTable {
  private static final String TAG = "CREATE TABLE";

  private final CommandContext context;
  private final BackendCatalog catalog;

  CreateTable(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(CreateStmt statement, Steps steps) {
    refuseUnknownForms(statement);
    RangeVar name = statement.relation();
    Placement placement = placement(name);
    if (exists(name, placement.namespace(), statement.ifNotExists(), steps)) {
      return TAG;
    }
    TableDefinition definition = new TableDefinition(name.relname(), catalog);
    List<LikeClause> models = new ArrayList<>();
    for (TableElement element : statement.tableElts()) {
      if (element instanceof TableLikeClause like) {
        LikeClause model = new LikeClause(context, like);
        model.addColumns(definition);
        models.add(model);
      } else {
        definition.add(element);
      }
    }
    int oid =
        create(
            name.relname(),
            placement,
            definition,
            StorageOptions.ofTable(statement.options()),
            steps);
    onCommit(statement.oncommit(), placement, oid, steps);
    models.forEach(model -> model.addRest(context.writer(steps), oid));
    return TAG;
  }

  /// Tells, unlike other statements that create relations, where in the text the schema is that
  /// cannot be used; but not where it is one of the system's, which has a detail instead.
  private Placement placement(RangeVar name) {
    try {
      return context.placement(name);
    } catch (PgException e) {
      throw e.detail() == null ? e.at(name.location()) : e;
    }
  }

  private static void refuseUnknownForms(CreateStmt statement) {
    if (!statement.inhRelations().isEmpty()) {
      throw PgException.notSupported("table inheritance");
    }
    if (statement.partbound() != null || statement.partspec() != null) {
      throw PgException.notSupported("partitioning");
    }
    if (statement.ofTypename() != null) {
      throw PgException.notSupported("CREATE TABLE OF");
    }
    refuseTablespace(statement.tablespacename());
    refuseMethod(statement.accessMethod());
  }

  static void refuseMethod(@org.jspecify.annotations.Nullable String method) {
    if (method != null && !method.equals("heap")) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT, "access method \"%s\" does not exist", method);
    }
  }

  /// Adds the step that notes what is to happen to a temporary table at the end of transactions.
  void onCommit(OnCommitAction action, Placement placement, int oid, Steps steps) {
    if (action == OnCommitAction.NOOP) {
      return;
    }
    if (placement.persistence() != 't') {
      throw PgException.error(
          SqlState.INVALID_TABLE_DEFINITION, "ON COMMIT can only be used on temporary tables");
    }
    TempTables temporary = catalog.tempTables();
    switch (action) {
      case DROP -> steps.add(() -> temporary.droppedAtCommit().add(oid));
      case DELETE_ROWS -> steps.add(() -> temporary.emptiedAtCommit().add(oid));
      case NOOP, PRESERVE_ROWS -> {
        // Nothing happens.
      }
    }
  }

  static void refuseTablespace(@org.jspecify.annotations.Nullable String tablespace) {
    if (tablespace != null && !tablespace.equals("pg_default")) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT, "tablespace \"%s\" does not exist", tablespace);
    }
  }

  /// Whether there is a relation of that name already, which IF NOT EXISTS takes for success.
  boolean exists(RangeVar name, int namespace, boolean ifNotExists, Steps steps) {
    if (catalog.find(namespace, name.relname()) == null) {
      TypeCommands.refuseTypeName(catalog, namespace, name.relname());
      return false;
    }
    if (!ifNotExists) {
      throw duplicate(name.relname());
    }
    context.notice(
        steps,
        SqlState.DUPLICATE_TABLE,
        "relation \"%s\" already exists, skipping",
        name.relname());
    return true;
  }

  static PgException duplicate(String name) {
    return PgException.error(SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", name);
  }

  /// Adds the steps that create the table.
  ///
  /// @return its oid
  int create(
      String name,
      Placement placement,
      TableDefinition definition,
      StorageOptions options,
      Steps steps) {
    int namespace = placement.namespace();
    for (TableDefinition.Key key : definition.keys()) {
      if (key.primary()) {
        definition.columns().stream()
            .filter(column -> key.columns().contains(column.name))
            .forEach(column -> column.notNull = true);
      }
    }
    CatalogWriter writer = context.writer(steps);
    OwnedSequences sequences = new OwnedSequences(context, writer, namespace);
    DefinitionExpressions expressions = new DefinitionExpressions(context);
    List<RelationWriter.ColumnSpec> specs = new ArrayList<>();
    List<Relation.Column> columns = relationColumns(definition);
    for (TableDefinition.Column column : definition.columns()) {
      if (column.generated != 0) {
        Relation.Column itself = columns.get(specs.size());
        String source =
            expressions.generationSource(
                Objects.requireNonNull(column.defaultExpr), itself, name, columns);
        specs.add(
            RelationWriter.ColumnSpec.generated(
                column.name, column.type, column.typmod, column.notNull, source));
        continue;
      }
      String fromSequence = sequences.defaultFor(name, column, specs.size() + 1);
      String source = fromSequence != null ? fromSequence : expressions.defaultSource(column);
      specs.add(
          new RelationWriter.ColumnSpec(
              column.name,
              column.type,
              column.typmod,
              column.notNull,
              source,
              null,
              column.identity,
              '\0'));
    }
    int oid =
        new RelationWriter(writer)
            .create(
                new RelationWriter.Spec(
                    name,
                    namespace,
                    RelKind.TABLE,
                    placement.persistence(),
                    catalog.userOid(),
                    specs,
                    options.own(),
                    options.toast()));
    sequences.own(oid);
    Set<String> taken = new HashSet<>(Set.of(name));
    for (TableDefinition.Key key : definition.keys()) {
      addKey(writer, oid, name, placement, columns, key, taken);
    }
    new CheckConstraints(context, writer)
        .create(oid, name, namespace, columns, definition.checks(), List.of());
    finish(writer, oid, definition);
    new ForeignKeys(context).create(writer, oid, definition.foreignKeys(), false);
    return oid;
  }

  /// The columns as far as an expression over them has to know them.
  private static List<Relation.Column> relationColumns(TableDefinition definition) {
    List<Relation.Column> columns = new ArrayList<>();
    for (TableDefinition.Column column : definition.columns()) {
      columns.add(
          new Relation.Column(
              column.name,
              columns.size() + 1,
              column.type.oid(),
              column.typmod,
              column.notNull,
              null,
              null,
              false,
              column.type.storage(),
              column.identity,
              column.generated));
    }
    return columns;
  }

  private static void finish(CatalogWriter writer, int oid, TableDefinition definition) {
    boolean indexed = !definition.keys().isEmpty();
    int checks = definition.checks().size();
    if (indexed || checks > 0) {
      writer.endCommand();
      new RelationWriter(writer)
          .updateClass(oid, row -> row.set("relhasindex", indexed).set("relchecks", (long) checks));
    }
    writer.endCommandWithNames(false);
  }

  private void addKey(
      CatalogWriter writer,
      int tableOid,
      String table,
      Placement placement,
      List<Relation.Column> columns,
      TableDefinition.Key key,
      Set<String> taken) {
    int namespace = placement.namespace();
    List<Relation.IndexKey> keys = IndexKeys.ofConstraint(columns, key);
    String name = keyName(key, table, namespace, columns, keys, taken);
    int index =
        new IndexWriter(writer)
            .create(
                tableOid,
                namespace,
                catalog.userOid(),
                placement.persistence(),
                columns,
                IndexKeys.constraintSpec(name, keys, key, columns));
    new IndexWriter(writer)
        .createConstraint(
            tableOid,
            namespace,
            name,
            key.primary() ? 'p' : 'u',
            keys.stream().map(Relation.IndexKey::attnum).toList(),
            null,
            index);
  }

  /// The name of a key's constraint and index: what was given, or made up.
  String keyName(
      TableDefinition.Key key,
      String table,
      int namespace,
      List<Relation.Column> columns,
      List<Relation.IndexKey> keys,
      Set<String> taken) {
    String given = key.name();
    if (given == null) {
      String made =
          ObjectNames.choose(
              table,
              key.primary()
                  ? ""
                  : IndexKeys.joinedNames(columns, keys, IndexKeys.included(columns, key)),
              key.primary() ? "pkey" : "key",
              n -> taken.contains(n) || catalog.find(namespace, n) != null);
      taken.add(made);
      return made;
    }
    if (catalog.find(namespace, given) != null || !taken.add(given)) {
      throw duplicate(given);
    }
    return given;
  }
}
