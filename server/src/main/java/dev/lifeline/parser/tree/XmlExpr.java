package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The XML constructors.
public record XmlExpr(
    Op op,
    @Nullable String name,
    List<ResTarget> namedArgs,
    List<Expr> args,
    boolean document,
    boolean preserveWhitespace,
    int location)
    implements Expr {
  public enum Op {
    CONCAT,
    ELEMENT,
    FOREST,
    PARSE,
    PI,
    ROOT,
    IS_DOCUMENT
  }
}
