package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER PUBLICATION.
public record AlterPublicationStmt(
    String pubname, List<DefElem> options, List<PublicationObjSpec> pubobjects, Action action)
    implements Stmt {
  public enum Action {
    ADD,
    DROP,
    SET
  }
}
