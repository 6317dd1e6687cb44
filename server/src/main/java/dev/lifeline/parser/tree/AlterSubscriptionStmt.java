package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER SUBSCRIPTION.
public record AlterSubscriptionStmt(
    Kind kind,
    String subname,
    @Nullable String conninfo,
    List<String> publication,
    List<DefElem> options)
    implements Stmt {
  public enum Kind {
    OPTIONS,
    CONNECTION,
    SET_PUBLICATION,
    ADD_PUBLICATION,
    DROP_PUBLICATION,
    REFRESH,
    ENABLED,
    SKIP
  }
}
