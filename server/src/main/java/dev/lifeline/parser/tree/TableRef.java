package dev.lifeline.parser.tree;

/// An item of a FROM clause.
public sealed interface TableRef extends Node
    permits JoinExpr,
        JsonTable,
        RangeFunction,
        RangeSubselect,
        RangeTableFunc,
        RangeTableSample,
        RangeVar {}
