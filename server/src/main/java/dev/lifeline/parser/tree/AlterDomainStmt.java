package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER DOMAIN.
public record AlterDomainStmt(
    Kind subtype,
    List<String> typeName,
    @Nullable String name,
    @Nullable Node def,
    DropBehavior behavior,
    boolean missingOk)
    implements Stmt {
  public enum Kind {
    DEFAULT,
    DROP_NOT_NULL,
    SET_NOT_NULL,
    ADD_CONSTRAINT,
    DROP_CONSTRAINT,
    VALIDATE_CONSTRAINT
  }
}
