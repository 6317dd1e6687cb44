package dev.lifeline.tcop;

import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.Statement;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A statement about the session's own prepared statements and cursors.
///
/// @param start begins its execution
record SessionStatement(
    String commandName, @Nullable List<ResultColumn> resultColumns, Supplier<Execution> start)
    implements Statement {
  @Override
  public List<Integer> parameterTypes() {
    return List.of();
  }

  @Override
  public long queryId() {
    return commandName.hashCode();
  }

  @Override
  public String queryText() {
    return commandName;
  }

  @Override
  public String summary() {
    return commandName;
  }
}
