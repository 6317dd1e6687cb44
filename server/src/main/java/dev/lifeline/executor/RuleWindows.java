package dev.lifeline.executor;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.Window;
import dev.lifeline.parser.tree.WindowFrame;
import org.jspecify.annotations.Nullable;

/// Writes the windows of a definition.
final class RuleWindows {
  private final RuleQueries queries;

  RuleWindows(RuleQueries queries) {
    this.queries = queries;
  }

  void write(Window window) {
    RuleText text = queries.text;
    text.add("(");
    String space = "";
    if (!window.partitionBy().isEmpty()) {
      String separator = "PARTITION BY ";
      for (Expression expr : window.partitionBy()) {
        text.add(separator);
        queries.sorted(expr);
        separator = ", ";
      }
      space = " ";
    }
    if (!window.orderBy().isEmpty()) {
      text.add(space).add("ORDER BY ");
      queries.sortKeys(window.orderBy());
      space = " ";
    }
    if (window.framed()) {
      text.add(space);
      frame(window.frame());
    }
    text.add(")");
  }

  private void frame(Window.Frame frame) {
    RuleText text = queries.text;
    text.add(frame.mode().name()).add(" BETWEEN ");
    bound(frame.start(), frame.startOffset());
    text.add(" AND ");
    bound(frame.end(), frame.endOffset());
    text.add(
        switch (frame.exclusion()) {
          case NONE -> "";
          case CURRENT_ROW -> " EXCLUDE CURRENT ROW";
          case GROUP -> " EXCLUDE GROUP";
          case TIES -> " EXCLUDE TIES";
        });
  }

  private void bound(WindowFrame.Bound bound, @Nullable Expression offset) {
    if (offset != null) {
      queries.write(offset, false);
      queries.text.add(bound == WindowFrame.Bound.OFFSET_PRECEDING ? " PRECEDING" : " FOLLOWING");
    } else {
      queries.text.add(bound.name().replace('_', ' '));
    }
  }
}
