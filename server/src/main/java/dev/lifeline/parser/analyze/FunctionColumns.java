package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The columns of a function in FROM that has several: its output arguments.
public final class FunctionColumns {
  private FunctionColumns() {}

  /// One of them.
  public record Column(String name, int type) {}

  /// The columns, or none for a function that returns a plain value.
  public static List<Column> of(FuncExpr call) {
    PgProc proc = BootstrapCatalog.proc(call.function());
    List<Column> columns = new ArrayList<>();
    if (proc == null) {
      return columns;
    }
    for (int i = 0; i < proc.argModes().length(); i++) {
      char mode = proc.argModes().charAt(i);
      if (mode == 'o' || mode == 'b' || mode == 't') {
        String name = i < proc.argNames().size() ? proc.argNames().get(i) : "";
        columns.add(
            new Column(
                name.isEmpty() ? "column" + (columns.size() + 1) : name,
                resolve(proc, proc.allArgTypes().get(i), call)));
      }
    }
    return columns.size() < 2 ? List.of() : columns;
  }

  /// The type of an output argument, which may be that of the elements of what it is called with.
  private static int resolve(PgProc proc, int declared, FuncExpr call) {
    int array = proc.argTypes().indexOf(Types.ANYARRAY);
    return declared == Types.ANYELEMENT && array >= 0
        ? Types.elementOf(call.args().get(array).type())
        : declared;
  }

  /// What the function itself calls its only result, or null where it has no name for it.
  static @Nullable String resultName(FuncExpr call) {
    PgProc proc = BootstrapCatalog.proc(call.function());
    if (proc == null) {
      return null;
    }
    String name = null;
    for (int i = 0; i < proc.argModes().length() && i < proc.argNames().size(); i++) {
      char mode = proc.argModes().charAt(i);
      if (mode == 'o' || mode == 'b' || mode == 't') {
        if (name != null) {
          return null;
        }
        name = proc.argNames().get(i);
      }
    }
    return name == null || name.isEmpty() ? null : name;
  }
}
