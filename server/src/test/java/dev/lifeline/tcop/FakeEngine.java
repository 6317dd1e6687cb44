package dev.lifeline.tcop;

import dev.lifeline.executor.CopySink;
import dev.lifeline.executor.CopySource;
import dev.lifeline.executor.CursorExecution;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Statement;
import dev.lifeline.executor.async.Notified;
import dev.lifeline.executor.node.CursorRows;
import dev.lifeline.parser.tree.CheckPointStmt;
import dev.lifeline.parser.tree.ClosePortalStmt;
import dev.lifeline.parser.tree.DeallocateStmt;
import dev.lifeline.parser.tree.DeclareCursorStmt;
import dev.lifeline.parser.tree.DeleteStmt;
import dev.lifeline.parser.tree.ExecuteStmt;
import dev.lifeline.parser.tree.FetchStmt;
import dev.lifeline.parser.tree.Persistence;
import dev.lifeline.parser.tree.PreparableStmt;
import dev.lifeline.parser.tree.PrepareStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.tcop.TransactionCommand.Modes;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Understands a few words instead of SQL:
///
/// ```text
/// ROWS n        n rows of an int4      PARAM $1    a row with an int4 parameter
/// WRITE         INSERT 0 1             FAIL        22012 at its second character
/// SLEEP         waits for ever         SPIN        computes until it is interrupted
/// COPYIN, COPYOUT                      NOTICE      sends one
/// CRASH, DEEP   throws what is no PgException
/// SET name v    a parameter            LISTEN name
/// ```
final class FakeEngine implements SqlEngine {
  /// The client's data of all COPYIN statements.
  final StringBuilder copied = new StringBuilder();

  int openExecutions;

  /// Statements that the session carries out itself come with a tree; the others need none, so they
  /// all have the same.
  private record Parsed(String queryText, String text) implements ParsedStatement {
    @Override
    public Stmt tree() {
      List<String> words = List.of(text.split(" ", -1));
      return switch (words.getFirst()) {
        case "PREPARE" -> new PrepareStmt(words.get(1), List.of(), query());
        case "EXECUTE" -> new ExecuteStmt(words.get(1), List.of());
        case "DEALLOCATE" ->
            new DeallocateStmt(words.get(1).equals("ALL") ? null : words.get(1), -1);
        case "DECLARE" -> new DeclareCursorStmt(words.get(1), Set.of(), query());
        case "FETCH", "MOVE" ->
            new FetchStmt(
                FetchStmt.Direction.valueOf(words.get(1)),
                Long.parseLong(words.get(2)),
                words.get(3),
                words.getFirst().equals("MOVE"));
        case "CLOSE" -> new ClosePortalStmt(words.get(1).equals("ALL") ? null : words.get(1));
        default -> new CheckPointStmt();
      };
    }

    /// Stands for any query: [FakeEngine#statement] knows the text that is meant.
    private static PreparableStmt query() {
      return new DeleteStmt(
          new RangeVar(null, null, "t", true, Persistence.PERMANENT, null, -1),
          List.of(),
          null,
          List.of(),
          null);
    }

    @Override
    public @Nullable TransactionCommand transaction() {
      List<String> words = List.of(text.split(" ", -1));
      Modes none = new Modes(null, null, null);
      return switch (words.getFirst()) {
        case "BEGIN" ->
            new TransactionCommand.Begin(
                "BEGIN", words.size() > 1 ? new Modes("repeatable read", true, null) : none);
        case "COMMIT" -> new TransactionCommand.Commit(words.size() > 1);
        case "ROLLBACK" ->
            words.size() > 1 && words.get(1).equals("TO")
                ? new TransactionCommand.RollbackTo(words.get(2))
                : new TransactionCommand.Rollback(words.size() > 1);
        case "SAVEPOINT" -> new TransactionCommand.Savepoint(words.get(1));
        case "RELEASE" -> new TransactionCommand.Release(words.get(1));
        case "TRANSACTION" ->
            new TransactionCommand.SetTransaction(new Modes("repeatable read", null, null));
        default -> null;
      };
    }
  }

  private record Prepared(List<String> words) implements Statement {
    @Override
    public List<Integer> parameterTypes() {
      return words.getFirst().equals("PARAM") ? List.of(Types.INT4) : List.of();
    }

    @Override
    public @Nullable List<ResultColumn> resultColumns() {
      boolean rows = words.getFirst().equals("ROWS") || words.getFirst().equals("PARAM");
      return rows ? List.of(new ResultColumn("n", 0, 0, Types.INT4, 4, -1)) : null;
    }

    @Override
    public String commandName() {
      return words.getFirst().equals("ROWS") ? "SELECT" : words.getFirst();
    }

    @Override
    public long queryId() {
      return words.getFirst().hashCode();
    }

    @Override
    public String queryText() {
      return summary();
    }

    @Override
    public String summary() {
      return words.getFirst();
    }
  }

  @Override
  public List<ParsedStatement> parse(String sql) {
    List<ParsedStatement> statements = new ArrayList<>();
    for (String part : sql.split(";", -1)) {
      String text = part.strip();
      if (text.startsWith("BAD")) {
        throw PgException.error(SqlState.SYNTAX_ERROR, "syntax error at or near \"BAD\"")
            .at(sql.substring(0, sql.indexOf("BAD")).getBytes(StandardCharsets.UTF_8).length);
      }
      if (!text.isEmpty()) {
        statements.add(new Parsed(sql, text));
      }
    }
    return statements;
  }

  /// The query of `PREPARE name query` and `DECLARE name query`.
  @Override
  public ParsedStatement statement(ParsedStatement outer, Stmt tree) {
    String queryText = outer.queryText();
    return new Parsed(queryText, List.of(queryText.split(" ", 3)).get(2));
  }

  @Override
  public Future<Statement> prepare(
      SessionContext session, ParsedStatement statement, int[] declaredParameterTypes) {
    return Future.succeededFuture(new Prepared(List.of(((Parsed) statement).text.split(" ", -1))));
  }

  @Override
  public Batch bind(
      SessionContext session,
      Statement statement,
      List<byte @Nullable []> values,
      int[] formats,
      IntFunction<String> unreadable) {
    Batch batch = new Batch(List.of(Rep.LONG), 1);
    byte[] value = values.getFirst();
    if (value == null) {
      batch.column(0).setNull(0);
    } else {
      Types.get(Types.INT4)
          .ops()
          .input(value, 0, value.length, -1, session.evalContext(), batch.column(0), 0);
    }
    batch.setSize(1);
    return batch;
  }

  @Override
  public Execution execute(
      SessionContext session, Statement statement, @Nullable Batch parameters) {
    Execution execution = new Running(session, (Prepared) statement, parameters);
    openExecutions++;
    return execution;
  }

  private final class Running implements CursorExecution {
    private final SessionContext session;
    private final List<String> words;
    private final @Nullable Batch parameters;
    private int sent;
    private long total;
    private boolean closed;

    Running(SessionContext session, Prepared prepared, @Nullable Batch parameters) {
      this.session = session;
      this.words = prepared.words;
      this.parameters = parameters;
      this.total = words.getFirst().equals("ROWS") ? count(words.get(1)) : 1;
    }

    @Override
    public Future<Void> begin() {
      return Future.succeededFuture();
    }

    @Override
    public boolean scansBackward() {
      return false;
    }

    @Override
    public CursorExecution again() {
      throw new AssertionError("a cursor that only goes forward asks for its rows once");
    }

    @Override
    public CursorRows newRows() {
      throw new AssertionError("a cursor that only goes forward keeps no rows");
    }

    private static long count(String number) {
      try {
        return Long.parseLong(number);
      } catch (NumberFormatException e) {
        throw PgException.error(SqlState.SYNTAX_ERROR, "no number");
      }
    }

    @Override
    public Future<Boolean> run(DestReceiver destination, long maxRows) {
      return switch (words.getFirst()) {
        case "ROWS" -> rows(destination, maxRows == 0 ? Long.MAX_VALUE : maxRows);
        case "PARAM" -> {
          if (parameters != null) {
            destination.receive(parameters, 0, 1);
          }
          yield Future.succeededFuture(true);
        }
        case "FAIL" ->
            Future.failedFuture(
                PgException.error(SqlState.DIVISION_BY_ZERO, "division by zero")
                    .at(1)
                    .detail("a detail"));
        case "SLEEP" -> session.interruptible(Promise.<Boolean>promise().future());
        case "SPIN" -> spin();
        case "CRASH" -> throw new IllegalStateException("boom");
        case "DEEP" -> throw new StackOverflowError();
        case "COPYIN" -> copyIn(session.copyIn(1, false));
        case "COPYOUT" -> copyOut(session.copyOut(1, false));
        case "NOTICE" -> {
          session.notice(new PgException(Severity.NOTICE, SqlState.SUCCESSFUL_COMPLETION, "look"));
          yield Future.succeededFuture(true);
        }
        case "LISTEN" -> {
          Notified.listen(session.notifications(), words.get(1));
          yield Future.succeededFuture(true);
        }
        case "SET" -> {
          session.gucs().set(words.get(1), words.get(2));
          yield Future.succeededFuture(true);
        }
        default -> Future.succeededFuture(true);
      };
    }

    private Future<Boolean> spin() {
      session.checkForInterrupts();
      return session.timers().yieldTurn().compose(turn -> spin());
    }

    private Future<Boolean> rows(DestReceiver destination, long limit) {
      Batch batch = new Batch(List.of(Rep.LONG), 16);
      long left = limit;
      while (sent < total && left > 0) {
        int count = (int) Math.min(Math.min(16, left), total - sent);
        for (int i = 0; i < count; i++) {
          batch.column(0).setLong(i, ++sent);
        }
        left -= count;
        Future<Void> full = destination.receive(batch, 0, count);
        if (full != null) {
          long rest = left;
          return session
              .interruptible(full)
              .compose(room ->
                  rest > 0 ? rows(destination, rest) : Future.succeededFuture(sent == total));
        }
      }
      return Future.succeededFuture(sent == total);
    }

    private Future<Boolean> copyIn(CopySource source) {
      return source
          .next()
          .compose(data -> {
            if (data == null) {
              return Future.succeededFuture(true);
            }
            copied.append(data);
            if (data.toString().contains("bad")) {
              return Future.failedFuture(
                  PgException.error(SqlState.BAD_COPY_FILE_FORMAT, "bad data"));
            }
            total++;
            return copyIn(source);
          });
    }

    private Future<Boolean> copyOut(CopySink sink) {
      for (String row : List.of("one\n", "two\n")) {
        ByteWriter bytes = new ByteWriter();
        bytes.utf8(row);
        sink.send(bytes);
      }
      sink.end();
      return Future.succeededFuture(true);
    }

    @Override
    public String completionTag() {
      return switch (words.getFirst()) {
        case "ROWS", "PARAM" -> "SELECT " + total;
        case "WRITE" -> "INSERT 0 1";
        case "COPYIN" -> "COPY " + (total - 1);
        default -> words.getFirst().toUpperCase(Locale.ROOT);
      };
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openExecutions--;
      }
    }
  }
}
