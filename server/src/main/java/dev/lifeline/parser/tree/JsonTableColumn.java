package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A column of JSON_TABLE; a NESTED one has columns of its own.
public record JsonTableColumn(
    Type coltype,
    @Nullable String name,
    @Nullable TypeName typeName,
    @Nullable JsonTablePathSpec pathspec,
    @Nullable JsonFormat format,
    JsonWrapper wrapper,
    JsonQuotes quotes,
    List<JsonTableColumn> columns,
    @Nullable JsonBehavior onEmpty,
    @Nullable JsonBehavior onError,
    int location)
    implements Node {
  public enum Type {
    FOR_ORDINALITY,
    REGULAR,
    EXISTS,
    FORMATTED,
    NESTED
  }
}
