package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.SetIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows that a function of the server has made: values in the form of their
/// [dev.lifeline.utils.batch.Rep], boxed.
public final class ServerRows {
  private final List<List<@Nullable Object>> rows = new ArrayList<>();

  public ServerRows add(@Nullable Object... values) {
    rows.add(Collections.unmodifiableList(Arrays.asList(values)));
    return this;
  }

  public int size() {
    return rows.size();
  }

  SetIterator iterator() {
    int[] next = {0};
    return (out, row) -> {
      if (next[0] >= rows.size()) {
        return false;
      }
      List<@Nullable Object> values = rows.get(next[0]++);
      for (int c = 0; c < values.size(); c++) {
        Values.set(out.get(c), row, values.get(c));
      }
      return true;
    };
  }
}
