package dev.lifeline.utils.error;

import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// An error that a client sees. Built fluently where it is found:
///
/// ```java
/// throw PgException.error(SqlState.DIVISION_BY_ZERO, "division by zero");
/// throw PgException.error(SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", name)
///     .position(location).hint("Perhaps you meant ...");
/// ```
///
/// It has no Java stack: it is a statement's normal result, and a server that is sent bad
/// statements all day should not pay for stacks. A failure of Lifeline itself is any other
/// exception.
public final class PgException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Severity severity;
  private final SqlState sqlState;
  private @Nullable String detail;
  private @Nullable String logDetail;
  private @Nullable String hint;
  private @Nullable String context;
  private @Nullable String schema;
  private @Nullable String table;
  private @Nullable String column;
  private @Nullable String dataType;
  private @Nullable String constraint;

  /// Byte offset in the statement's text, from 0; -1 where there is none.
  private int location = -1;

  public PgException(Severity severity, SqlState sqlState, String message) {
    super(message, null, false, false);
    this.severity = severity;
    this.sqlState = sqlState;
  }

  public static PgException error(SqlState state, String format, @Nullable Object... args) {
    return new PgException(Severity.ERROR, state, format(format, args));
  }

  public static PgException fatal(SqlState state, String format, @Nullable Object... args) {
    return new PgException(Severity.FATAL, state, format(format, args));
  }

  public static PgException panic(SqlState state, String format, @Nullable Object... args) {
    return new PgException(Severity.PANIC, state, format(format, args));
  }

  /// A line of the server's log, no error.
  public static PgException log(String format, @Nullable Object... args) {
    return new PgException(Severity.LOG, SqlState.SUCCESSFUL_COMPLETION, format(format, args));
  }

  /// For everything that PostgreSQL can do and Lifeline does not: it is refused by name.
  public static PgException notSupported(String what) {
    return error(SqlState.FEATURE_NOT_SUPPORTED, "%s is not supported by Lifeline", what);
  }

  private static String format(String format, @Nullable Object[] args) {
    return args.length == 0 ? format : String.format(Locale.ROOT, format, args);
  }

  public PgException detail(String text, @Nullable Object... args) {
    this.detail = format(text, args);
    return this;
  }

  /// What the log is told in place of [#detail]: more than the client may know.
  public PgException logDetail(String text) {
    this.logDetail = text;
    return this;
  }

  public PgException hint(String text, @Nullable Object... args) {
    this.hint = format(text, args);
    return this;
  }

  /// This error with its texts rewritten, itself where none of them changes.
  public PgException rewritten(UnaryOperator<String> rewrite) {
    String newMessage = rewrite.apply(message());
    String newDetail = detail == null ? null : rewrite.apply(detail);
    String newHint = hint == null ? null : rewrite.apply(hint);
    if (newMessage.equals(message())
        && Objects.equals(newDetail, detail)
        && Objects.equals(newHint, hint)) {
      return this;
    }
    PgException copy = new PgException(severity, sqlState, newMessage);
    copy.detail = newDetail;
    copy.hint = newHint;
    copy.context = context;
    copy.schema = schema;
    copy.table = table;
    copy.column = column;
    copy.dataType = dataType;
    copy.constraint = constraint;
    copy.location = location;
    return copy;
  }

  public PgException context(String text) {
    this.context = text;
    return this;
  }

  /// The place in the statement's text, as a byte offset from 0; a negative one is ignored.
  public PgException at(int byteOffset) {
    if (byteOffset >= 0 && location < 0) {
      this.location = byteOffset;
    }
    return this;
  }

  public PgException table(String schemaName, String tableName) {
    this.schema = schemaName;
    this.table = tableName;
    return this;
  }

  public PgException column(String name) {
    this.column = name;
    return this;
  }

  public PgException dataType(String name) {
    this.dataType = name;
    return this;
  }

  public PgException constraint(String name) {
    this.constraint = name;
    return this;
  }

  public Severity severity() {
    return severity;
  }

  public SqlState sqlState() {
    return sqlState;
  }

  public String message() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  public @Nullable String detail() {
    return detail;
  }

  /// The detail as the log has it.
  public @Nullable String detailForLog() {
    return logDetail == null ? detail : logDetail;
  }

  public @Nullable String hint() {
    return hint;
  }

  public @Nullable String context() {
    return context;
  }

  public @Nullable String schema() {
    return schema;
  }

  public @Nullable String table() {
    return table;
  }

  public @Nullable String column() {
    return column;
  }

  public @Nullable String dataType() {
    return dataType;
  }

  public @Nullable String constraint() {
    return constraint;
  }

  /// Byte offset in the statement's text, from 0; -1 where there is none. The wire protocol counts
  /// characters from 1.
  public int location() {
    return location;
  }
}
