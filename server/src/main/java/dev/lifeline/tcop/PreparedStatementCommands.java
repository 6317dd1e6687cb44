package dev.lifeline.tcop;

import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.Statement;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.DeallocateStmt;
import dev.lifeline.parser.tree.ExecuteStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.LimitOption;
import dev.lifeline.parser.tree.PrepareStmt;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// PREPARE, EXECUTE and DEALLOCATE.
final class PreparedStatementCommands {
  private static final int[] NO_TYPES = {};

  private final SqlEngine engine;
  private final Session session;

  PreparedStatementCommands(SqlEngine engine, Session session) {
    this.engine = engine;
    this.session = session;
  }

  Future<Statement> prepare(ParsedStatement parsed, PrepareStmt prepare) {
    ParsedStatement query = engine.statement(parsed, prepare.query());
    return declaredTypes(parsed, prepare.argtypes())
        .compose(types -> engine.prepare(session, query, types))
        .map(prepared ->
            SessionStatement.of(
                "PREPARE",
                null,
                () ->
                    new OneStep(() -> store(prepare.name(), parsed, query, prepared), "PREPARE")));
  }

  private void store(
      String name, ParsedStatement command, ParsedStatement query, Statement prepared) {
    session.objects().checkNewStatement(name);
    session
        .objects()
        .store(
            new PreparedStatement(
                name, command.text(), query, prepared, session.statementTimestamp(), true));
  }

  /// The oids of the types that PREPARE names: the engine resolves them as it does those of casts.
  private Future<int[]> declaredTypes(ParsedStatement parsed, List<TypeName> names) {
    if (names.isEmpty()) {
      return Future.succeededFuture(NO_TYPES);
    }
    List<Expr> nulls = new ArrayList<>();
    for (TypeName name : names) {
      nulls.add(new TypeCast(new AConst(new Value.Null(), name.location()), name, name.location()));
    }
    return engine
        .prepare(session, engine.statement(parsed, select(nulls)), NO_TYPES)
        .map(casts -> {
          List<ResultColumn> columns = casts.resultColumns();
          return columns == null
              ? NO_TYPES
              : columns.stream().mapToInt(ResultColumn::typeOid).toArray();
        });
  }

  Future<Statement> execute(ParsedStatement parsed, ExecuteStmt execute) {
    PreparedStatement prepared = session.objects().statement(execute.name());
    Statement inner = prepared.statement();
    if (inner == null) {
      throw PgException.notSupported("EXECUTE of a transaction statement");
    }
    List<Integer> types = inner.parameterTypes();
    if (types.size() != execute.params().size()) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR,
              "wrong number of parameters for prepared statement \"%s\"",
              execute.name())
          .detail("Expected %d parameters but got %d.", types.size(), execute.params().size());
    }
    if (types.isEmpty()) {
      return Future.succeededFuture(executeStatement(inner, null));
    }
    List<Expr> arguments = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      Expr argument = execute.params().get(i);
      arguments.add(new TypeCast(argument, typeName(types.get(i)), argument.location()));
    }
    return engine
        .prepare(session, engine.statement(parsed, select(arguments)), NO_TYPES)
        .map(values -> executeStatement(inner, values));
  }

  private Statement executeStatement(Statement inner, @Nullable Statement arguments) {
    return SessionStatement.of(
        inner.commandName(), inner.resultColumns(), () -> new Execute(inner, arguments));
  }

  private static TypeName typeName(int oid) {
    return new TypeName(
        List.of("pg_catalog", Types.get(oid).name()), false, false, List.of(), List.of(), -1);
  }

  /// `SELECT` of these expressions, without a FROM.
  private static SelectStmt select(List<Expr> expressions) {
    List<ResTarget> targets = new ArrayList<>();
    for (Expr expression : expressions) {
      targets.add(new ResTarget(null, List.of(), expression, expression.location()));
    }
    return new SelectStmt(
        false,
        List.of(),
        null,
        targets,
        List.of(),
        null,
        List.of(),
        false,
        null,
        List.of(),
        List.of(),
        List.of(),
        null,
        null,
        LimitOption.COUNT,
        List.of(),
        null,
        SetOperation.NONE,
        false,
        null,
        null);
  }

  Statement deallocate(DeallocateStmt deallocate) {
    String name = deallocate.name();
    return SessionStatement.of(
        "DEALLOCATE",
        null,
        () ->
            name == null
                ? new OneStep(session.objects()::deallocateAll, "DEALLOCATE ALL")
                : new OneStep(() -> session.objects().deallocate(name), "DEALLOCATE"));
  }

  /// EXECUTE: computes the arguments, and then is what it executes.
  private final class Execute implements Execution {
    private final Statement statement;
    private final @Nullable Statement arguments;
    private @Nullable Execution running;

    Execute(Statement statement, @Nullable Statement arguments) {
      this.statement = statement;
      this.arguments = arguments;
    }

    @Override
    public Future<Boolean> run(DestReceiver destination, long maxRows) {
      Execution existing = running;
      if (existing != null) {
        return existing.run(destination, maxRows);
      }
      return evaluate()
          .compose(parameters -> {
            Execution started = engine.execute(session, statement, parameters);
            running = started;
            return started.run(destination, maxRows);
          });
    }

    private Future<@Nullable Batch> evaluate() {
      if (arguments == null) {
        return Future.succeededFuture();
      }
      Execution evaluation = engine.execute(session, arguments, null);
      running = evaluation;
      FirstRow row = new FirstRow();
      return evaluation
          .run(row, 0)
          .map(done -> {
            evaluation.close();
            return row.batch();
          });
    }

    @Override
    public String completionTag() {
      Execution existing = running;
      if (existing == null) {
        throw new IllegalStateException("EXECUTE has not run");
      }
      return existing.completionTag();
    }

    @Override
    public void close() {
      Execution existing = running;
      if (existing != null) {
        existing.close();
      }
    }
  }

  /// Keeps a copy of the one row that it gets.
  private static final class FirstRow implements DestReceiver {
    private @Nullable Batch row;

    @Override
    public @Nullable Future<Void> receive(Batch batch, int from, int to) {
      Column[] columns = new Column[batch.width()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = new Column(batch.column(i).rep(), 1);
        columns[i].copy(0, batch.column(i), from);
      }
      Batch copy = new Batch(columns);
      copy.setSize(1);
      row = copy;
      return null;
    }

    @Nullable Batch batch() {
      return row;
    }
  }
}
