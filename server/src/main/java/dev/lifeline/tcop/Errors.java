package dev.lifeline.tcop;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import org.jspecify.annotations.Nullable;

/// What failures mean to a session.
final class Errors {
  private Errors() {}

  /// The error that the client is told, or null for a failure that is a crash of the backend.
  static @Nullable PgException statementError(Throwable failure) {
    return switch (failure) {
      case PgException error -> error;
      case StackOverflowError deep ->
          PgException.error(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
              .hint(
                  "Increase the configuration parameter \"max_stack_depth\", after ensuring the"
                      + " platform's stack depth limit is adequate.");
      case OutOfMemoryError full -> PgException.error(SqlState.OUT_OF_MEMORY, "out of memory");
      default -> null;
    };
  }

  /// The same error as one that ends the session: before a session is ready, every error does.
  static PgException asFatal(PgException error) {
    if (error.severity().compareTo(Severity.FATAL) >= 0) {
      return error;
    }
    PgException fatal = PgException.fatal(error.sqlState(), error.message());
    String detail = error.detail();
    if (detail != null) {
      fatal.detail(detail);
    }
    String hint = error.hint();
    if (hint != null) {
      fatal.hint(hint);
    }
    String context = error.context();
    if (context != null) {
      fatal.context(context);
    }
    return fatal;
  }
}
