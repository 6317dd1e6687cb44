package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `JSON_EXISTS`, `JSON_VALUE` and `JSON_QUERY`.
public record JsonFuncExpr(
    Op op,
    JsonValueExpr contextItem,
    Expr pathspec,
    List<JsonArgument> passing,
    @Nullable JsonOutput output,
    @Nullable JsonBehavior onEmpty,
    @Nullable JsonBehavior onError,
    JsonWrapper wrapper,
    JsonQuotes quotes,
    int location)
    implements Expr {
  public enum Op {
    EXISTS,
    QUERY,
    VALUE
  }
}
