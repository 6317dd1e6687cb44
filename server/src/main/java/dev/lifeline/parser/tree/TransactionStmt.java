package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The statements that begin, end and divide transactions.
public record TransactionStmt(
    Kind kind,
    List<DefElem> options,
    @Nullable String savepointName,
    @Nullable String gid,
    boolean chain,
    int location)
    implements Stmt {
  public enum Kind {
    BEGIN,
    START,
    COMMIT,
    ROLLBACK,
    SAVEPOINT,
    RELEASE,
    ROLLBACK_TO,
    PREPARE,
    COMMIT_PREPARED,
    ROLLBACK_PREPARED
  }
}
