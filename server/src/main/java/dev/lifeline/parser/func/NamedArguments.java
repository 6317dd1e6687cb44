package dev.lifeline.parser.func;

import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Arguments that are given by name: `make_interval(days => 10)`.
final class NamedArguments {
  private NamedArguments() {}

  /// Which of the function's input arguments each argument of a call is.
  ///
  /// @param argNames one for each argument of the call: null for one that is given by position
  /// @return null where the function cannot be called so
  static @Nullable List<Integer> positions(PgProc proc, List<@Nullable String> argNames) {
    List<String> inputs = inputNames(proc);
    int count = proc.argTypes().size();
    List<Integer> positions = new ArrayList<>();
    for (String name : argNames) {
      int position = name == null ? positions.size() : inputs.indexOf(name);
      if (position < 0 || position >= count || positions.contains(position)) {
        return null;
      }
      positions.add(position);
    }
    for (int i = 0; i < count - proc.defaults(); i++) {
      if (!positions.contains(i)) {
        return null;
      }
    }
    return positions;
  }

  private static List<String> inputNames(PgProc proc) {
    if (proc.argModes().isEmpty()) {
      return proc.argNames();
    }
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < proc.argNames().size(); i++) {
      char mode = proc.argModes().charAt(i);
      if (mode == 'i' || mode == 'b' || mode == 'v') {
        inputs.add(proc.argNames().get(i));
      }
    }
    return inputs;
  }
}
