package dev.lifeline.parser.tree;

import java.util.List;

/// IMPORT FOREIGN SCHEMA.
public record ImportForeignSchemaStmt(
    String serverName,
    String remoteSchema,
    String localSchema,
    Type listType,
    List<RangeVar> tableList,
    List<DefElem> options)
    implements Stmt {
  public enum Type {
    ALL,
    LIMIT_TO,
    EXCEPT
  }
}
