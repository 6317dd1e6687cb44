package dev.lifeline.commands;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.catalog.Steps;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.TableWriter;
import dev.lifeline.parser.tree.CreateTableAsStmt;
import dev.lifeline.parser.tree.IntoClause;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// CREATE TABLE AS and SELECT INTO. The query is planned before the table is there: it may read
/// another one of that name.
final class CreateTableAs {
  private final CommandContext context;

  CreateTableAs(CommandContext context) {
    this.context = context;
  }

  /// What is left to do when all is looked up.
  ///
  /// @param query null where the table is there already or stays empty
  private record Prepared(Steps steps, @Nullable InnerQuery query, int table) {}

  Future<String> run(CreateTableAsStmt statement) {
    Stmt query = statement.query();
    if (statement.objtype() != ObjectType.TABLE) {
      throw PgException.notSupported("CREATE MATERIALIZED VIEW");
    }
    if (!(query instanceof SelectStmt)) {
      throw PgException.notSupported("CREATE TABLE AS EXECUTE");
    }
    return context
        .drive(() -> prepare(statement, query))
        .compose(prepared -> context.finish(prepared.steps()).compose(created -> fill(prepared)));
  }

  private Prepared prepare(CreateTableAsStmt statement, Stmt query) {
    IntoClause into = statement.into();
    CreateTable create = new CreateTable(context);
    CreateTable.refuseMethod(into.accessMethod());
    CreateTable.refuseTablespace(into.tableSpaceName());
    Steps steps = new Steps();
    Placement placement = context.placement(into.rel());
    if (create.exists(into.rel(), placement.namespace(), statement.ifNotExists(), steps)) {
      return new Prepared(steps, null, 0);
    }
    InnerQuery planned = InnerQuery.plan(context, query);
    List<ResultColumn> columns = Objects.requireNonNull(planned.columns());
    TableDefinition definition = definition(into, columns, context.catalog());
    int table =
        create.create(
            into.rel().relname(),
            placement,
            definition,
            StorageOptions.ofTable(into.options()),
            steps);
    create.onCommit(into.onCommit(), placement, table, steps);
    return new Prepared(steps, into.skipData() ? null : planned, table);
  }

  private static TableDefinition definition(
      IntoClause into, List<ResultColumn> columns, SessionCatalog catalog) {
    List<String> names = into.colNames();
    if (names.size() > columns.size()) {
      throw PgException.error(SqlState.SYNTAX_ERROR, "too many column names were specified");
    }
    TableDefinition definition = new TableDefinition(into.rel().relname(), catalog);
    for (int i = 0; i < columns.size(); i++) {
      ResultColumn column = columns.get(i);
      String name = i < names.size() ? names.get(i) : column.name();
      definition.addColumn(name, Types.get(column.typeOid()), column.typmod());
    }
    return definition;
  }

  private Future<String> fill(Prepared prepared) {
    InnerQuery query = prepared.query();
    if (query == null) {
      return Future.succeededFuture("CREATE TABLE AS");
    }
    return context
        .drive(() -> new Filler(Objects.requireNonNull(context.catalog().byOid(prepared.table()))))
        .compose(filler ->
            query
                .run(filler)
                .map(done -> {
                  context.session().xact().nextCommand();
                  return "SELECT " + filler.rows;
                }));
  }

  /// Writes the query's rows into the table.
  private final class Filler implements DestReceiver {
    private final TableWriter writer;
    private long rows;

    Filler(Relation table) {
      this.writer = BulkWriters.ofNew(context, table);
    }

    @Override
    public @Nullable Future<Void> receive(Batch batch, int from, int to) {
      if (from != 0 || to != batch.size()) {
        throw new IllegalArgumentException("a table takes whole batches");
      }
      rows += to;
      if (to == 0) {
        return null;
      }
      Future<Boolean> written =
          Retry.call(
              () -> {
                writer.insertAll(context.session().xact(), batch);
                return Boolean.TRUE;
              },
              context.session()::interruptible);
      return written.succeeded() ? null : written.mapEmpty();
    }
  }
}
