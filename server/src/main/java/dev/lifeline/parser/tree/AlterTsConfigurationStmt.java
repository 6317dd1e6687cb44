package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER TEXT SEARCH CONFIGURATION.
public record AlterTsConfigurationStmt(
    Kind kind,
    List<String> cfgname,
    List<String> tokentype,
    List<QualifiedName> dicts,
    boolean override,
    boolean replace,
    boolean missingOk)
    implements Stmt {
  public enum Kind {
    ADD_MAPPING,
    ALTER_MAPPING_FOR_TOKEN,
    REPLACE_DICT,
    REPLACE_DICT_FOR_TOKEN,
    DROP_MAPPING
  }
}
