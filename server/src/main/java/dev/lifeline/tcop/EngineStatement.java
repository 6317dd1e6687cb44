package dev.lifeline.tcop;

import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Statement;
import dev.lifeline.utils.batch.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement that the engine has prepared.
///
/// @param shape tells what it is without its literals
/// @param start begins an execution with the given parameters
record EngineStatement(
    String commandName,
    List<Integer> parameterTypes,
    @Nullable List<ResultColumn> resultColumns,
    LazyShape shape,
    Starter start)
    implements Statement {
  EngineStatement {
    parameterTypes = List.copyOf(parameterTypes);
  }

  @Override
  public long queryId() {
    return shape.get().queryId();
  }

  @Override
  public String queryText() {
    return shape.get().queryText();
  }

  @Override
  public String parameterizedText() {
    return shape.get().parameterizedText();
  }

  @Override
  public String summary() {
    return shape.get().summary();
  }

  /// Begins an execution.
  @FunctionalInterface
  interface Starter {
    Execution start(SessionContext session, @Nullable Batch parameters);
  }
}
