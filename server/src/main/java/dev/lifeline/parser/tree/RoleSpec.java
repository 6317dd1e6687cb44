package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// A role by name or by one of the keywords.
public record RoleSpec(Type roletype, @Nullable String rolename, int location) implements Node {
  public enum Type {
    CSTRING,
    CURRENT_ROLE,
    CURRENT_USER,
    SESSION_USER,
    PUBLIC
  }
}
