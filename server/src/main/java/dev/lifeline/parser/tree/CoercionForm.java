package dev.lifeline.parser.tree;

/// How a call was written: as a function, or in the SQL standard's own syntax (`EXTRACT(... FROM
/// ...)`).
public enum CoercionForm {
  EXPLICIT_CALL,
  SQL_SYNTAX
}
