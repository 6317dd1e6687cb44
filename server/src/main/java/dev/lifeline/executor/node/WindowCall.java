package dev.lifeline.executor.node;

import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.List;

/// A call of a window function, or of an aggregate over a window, compiled.
///
/// @param args the columns that its arguments are in
/// @param filter the column that the condition after FILTER is in, or -1
public record WindowCall(
    PgProc function, List<Integer> argTypes, int resultType, List<Integer> args, int filter) {
  public WindowCall {
    argTypes = List.copyOf(argTypes);
    args = List.copyOf(args);
  }

  Rep rep() {
    return Types.get(resultType).rep();
  }
}
