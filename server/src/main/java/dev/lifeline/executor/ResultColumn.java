package dev.lifeline.executor;

/// One column of a result, as RowDescription tells it.
///
/// @param tableOid the table that it comes from, or 0
/// @param attributeNumber the column's number in that table, or 0
/// @param typeLength the type's `typlen`: bytes, or -1 where it varies
public record ResultColumn(
    String name, int tableOid, int attributeNumber, int typeOid, int typeLength, int typmod) {}
