package dev.lifeline.parser.tree;

import java.util.List;

/// VACUUM and ANALYZE.
public record VacuumStmt(List<DefElem> options, List<VacuumRelation> rels, boolean isVacuumcmd)
    implements Stmt {}
