package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// An object of a publication.
public record PublicationObjSpec(
    Type pubobjtype, @Nullable String name, @Nullable PublicationTable pubtable, int location)
    implements Node {
  public enum Type {
    TABLE,
    TABLES_IN_SCHEMA,
    TABLES_IN_CUR_SCHEMA
  }
}
