package dev.lifeline.tcop;

import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.Statement;
import dev.lifeline.utils.batch.Batch;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A statement about the session's own prepared statements and cursors.
///
/// @param formats in which the simple protocol sends its rows: a FETCH does as the cursor wants it
/// @param start begins its execution with the values of its parameters
record SessionStatement(
    String commandName,
    @Nullable List<ResultColumn> resultColumns,
    List<Integer> parameterTypes,
    RowFormats formats,
    Function<@Nullable Batch, Execution> start)
    implements Statement {
  SessionStatement {
    parameterTypes = List.copyOf(parameterTypes);
  }

  /// One without parameters, whose rows are sent as text.
  static SessionStatement of(
      String commandName, @Nullable List<ResultColumn> resultColumns, Supplier<Execution> start) {
    return new SessionStatement(
        commandName, resultColumns, List.of(), RowFormats.ALL_TEXT, parameters -> start.get());
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
