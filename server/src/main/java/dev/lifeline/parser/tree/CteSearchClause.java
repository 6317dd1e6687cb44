package dev.lifeline.parser.tree;

import java.util.List;

/// `SEARCH { BREADTH | DEPTH } FIRST BY columns SET column`.
public record CteSearchClause(
    List<String> searchColList, boolean breadthFirst, String searchSeqColumn, int location)
    implements Node {}
