package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// An option: name and argument (a [Value], a [TypeName], a [NodeList], ...).
public record DefElem(
    @Nullable String defnamespace,
    String defname,
    @Nullable Node arg,
    Action defaction,
    int location)
    implements Node {
  public enum Action {
    UNSPEC,
    SET,
    ADD,
    DROP
  }
}
