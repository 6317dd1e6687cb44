package dev.lifeline.parser.tree;

import java.util.List;

/// A table, perhaps with columns, of VACUUM and ANALYZE.
public record VacuumRelation(RangeVar relation, List<String> vaCols) implements Node {}
