package dev.lifeline.tcop;

import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.commands.Utility;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ExplainExecution;
import dev.lifeline.executor.ExplainOptions;
import dev.lifeline.executor.QueryExecution;
import dev.lifeline.executor.QueryPlan;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Statement;
import dev.lifeline.executor.Storage;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.SelectInto;
import dev.lifeline.parser.tree.ExplainStmt;
import dev.lifeline.parser.tree.PreparableStmt;
import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The engine: parser, analysis, planner with its plan cache, and executor put together. One for
/// each generation of shared memory, used by all sessions.
public final class QueryEngine implements SqlEngine {
  private final Storage storage;
  private final Utility utility;
  private final PlanCache cache = new PlanCache();

  public QueryEngine(HeapAccess heap, BTreeAccess btree, Utility utility) {
    this.storage = new HeapStorage(heap, btree);
    this.utility = utility;
  }

  @Override
  public List<ParsedStatement> parse(String sql) {
    List<ParsedStatement> statements = new ArrayList<>();
    for (RawStmt raw : Parser.parse(sql)) {
      statements.add(ParsedSql.of(SelectInto.asCreateTable(raw), sql));
    }
    return statements;
  }

  @Override
  public ParsedStatement statement(ParsedStatement outer, Stmt tree) {
    RawStmt place = outer instanceof ParsedSql parsed ? parsed.raw() : new RawStmt(tree, 0, 0);
    return ParsedSql.of(
        new RawStmt(tree, place.stmtLocation(), place.stmtLen()), outer.queryText());
  }

  @Override
  public Future<Statement> prepare(
      SessionContext session, ParsedStatement statement, int[] declaredParameterTypes) {
    if (statement.transaction() != null) {
      throw new IllegalArgumentException("a transaction's statements are the session's");
    }
    return Retry.call(
        () -> prepareNow(session, statement, declaredParameterTypes), session::interruptible);
  }

  private Statement prepareNow(
      SessionContext session, ParsedStatement statement, int[] declaredTypes) {
    Stmt tree = statement.tree();
    if (tree instanceof ExplainStmt explain) {
      return explain(session, statement, explain, declaredTypes);
    }
    if (tree instanceof PreparableStmt) {
      return query(session, statement, declaredTypes);
    }
    if (!utility.handles(tree)) {
      throw PgException.notSupported(tree.getClass().getSimpleName());
    }
    String command = utility.commandName(tree);
    RawStmt raw = statement instanceof ParsedSql parsed ? parsed.raw() : new RawStmt(tree, 0, 0);
    return new EngineStatement(
        command,
        List.of(),
        utility.resultColumns(tree, session),
        new LazyShape(statement.text()),
        (s, parameters) -> new UtilityExecution(utility, s, raw, statement.queryText()));
  }

  private Statement query(SessionContext session, ParsedStatement statement, int[] declaredTypes) {
    Statement shared = withoutLiterals(session, statement, declaredTypes);
    if (shared != null) {
      return shared;
    }
    PlanSource source =
        new PlanSource(statement.tree(), statement.text(), declaredTypes, cache, storage);
    QueryPlan plan = source.describe(session);
    return new EngineStatement(
        plan.commandName(),
        plan.planned().parameterTypes(),
        plan.resultColumns(),
        new LazyShape(statement.text()),
        (s, parameters) -> new QueryExecution(s, () -> source.lockedPlan(s), parameters));
  }

  /// The statement over a plan that it shares with all that differ from it in their literals only,
  /// or null where it has none, or where they cannot be parameters: then what is wrong with it is
  /// found with its literals in place.
  private @Nullable Statement withoutLiterals(
      SessionContext session, ParsedStatement statement, int[] declaredTypes) {
    if (declaredTypes.length > 0 || !(statement instanceof ParsedSql parsed)) {
      return null;
    }
    RawStmt raw = parsed.raw();
    LiteralExtractor.Extracted extracted =
        LiteralExtractor.extract(raw.stmt(), parsed.queryText(), raw.stmtLocation(), raw.stmtLen());
    if (extracted == null) {
      return null;
    }
    List<LiteralExtractor.Literal> literals = extracted.literals();
    int[] types = literals.stream().mapToInt(LiteralExtractor.Literal::typeOid).toArray();
    PlanSource source = new PlanSource(extracted.tree(), extracted.shape(), types, cache, storage);
    QueryPlan plan;
    Batch values;
    try {
      plan = source.describe(session);
      if (plan.planned().literalsMatter()) {
        return null;
      }
      values = LiteralValues.read(literals, plan.planned().parameterTypes(), session.evalContext());
    } catch (PgException e) {
      return null;
    }
    return new EngineStatement(
        plan.commandName(),
        List.of(),
        plan.resultColumns(),
        new LazyShape(statement.text()),
        (s, parameters) -> new QueryExecution(s, () -> source.lockedPlan(s), values));
  }

  private Statement explain(
      SessionContext session, ParsedStatement statement, ExplainStmt explain, int[] declaredTypes) {
    ExplainOptions options = ExplainOptions.of(explain.options());
    if (!(explain.query() instanceof PreparableStmt)) {
      throw PgException.notSupported("EXPLAIN of this statement");
    }
    ParsedStatement inner = statement(statement, explain.query());
    PlanSource source = new PlanSource(inner.tree(), inner.text(), declaredTypes, cache, storage);
    QueryPlan plan = source.describe(session);
    return new EngineStatement(
        "EXPLAIN",
        plan.planned().parameterTypes(),
        options.resultColumns(),
        new LazyShape(statement.text()),
        (s, parameters) ->
            new ExplainExecution(s, () -> source.lockedPlan(s), options, storage, parameters));
  }

  @Override
  public Batch bind(
      SessionContext session,
      Statement statement,
      List<byte @Nullable []> values,
      int[] formats,
      IntFunction<String> unreadable) {
    List<Integer> types = statement.parameterTypes();
    Column[] columns = new Column[types.size()];
    for (int i = 0; i < columns.length; i++) {
      PgType type = Types.get(types.get(i));
      columns[i] = new Column(type.rep(), 1);
      byte[] value = values.get(i);
      int format = format(formats, i);
      try {
        if (value == null) {
          columns[i].setNull(0);
        } else if (format == 0) {
          type.ops().input(value, 0, value.length, -1, session.evalContext(), columns[i], 0);
        } else {
          type.ops().receive(value, 0, value.length, -1, session.evalContext(), columns[i], 0);
        }
      } catch (PgException e) {
        throw e.context(unreadable.apply(i));
      }
    }
    Batch batch = new Batch(columns);
    batch.setSize(1);
    return batch;
  }

  private static int format(int[] formats, int parameter) {
    int format = formats.length == 0 ? 0 : formats.length == 1 ? formats[0] : formats[parameter];
    if (format != 0 && format != 1) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE, "unsupported format code: %d", format);
    }
    return format;
  }

  @Override
  public Execution execute(
      SessionContext session, Statement statement, @Nullable Batch parameters) {
    if (statement instanceof EngineStatement own) {
      return own.start().start(session, parameters);
    }
    throw new IllegalArgumentException("not a statement of this engine");
  }
}
