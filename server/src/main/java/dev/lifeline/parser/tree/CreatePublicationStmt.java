package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE PUBLICATION.
public record CreatePublicationStmt(
    String pubname,
    List<DefElem> options,
    List<PublicationObjSpec> pubobjects,
    boolean forAllTables)
    implements Stmt {}
