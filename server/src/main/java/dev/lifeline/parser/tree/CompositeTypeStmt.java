package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE TYPE name AS (...).
public record CompositeTypeStmt(RangeVar typevar, List<ColumnDef> coldeflist) implements Stmt {}
