package dev.lifeline.parser.tree;

/// What stands between the parentheses of CREATE TABLE.
public sealed interface TableElement extends Node permits ColumnDef, Constraint, TableLikeClause {}
