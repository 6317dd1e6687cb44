package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An item of an operator class.
public record CreateOpClassItem(
    Type itemtype,
    @Nullable ObjectWithArgs name,
    int number,
    List<String> orderFamily,
    List<TypeName> classArgs,
    @Nullable TypeName storedtype)
    implements Node {
  public enum Type {
    OPERATOR,
    FUNCTION,
    STORAGETYPE
  }
}
