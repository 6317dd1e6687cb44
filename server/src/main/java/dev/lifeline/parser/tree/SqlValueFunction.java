package dev.lifeline.parser.tree;

/// The functions that SQL calls without parentheses. The typmod is -1 where none was given.
public record SqlValueFunction(Op op, int typmod, int location) implements Expr {
  public enum Op {
    CURRENT_DATE,
    CURRENT_TIME,
    CURRENT_TIME_N,
    CURRENT_TIMESTAMP,
    CURRENT_TIMESTAMP_N,
    LOCALTIME,
    LOCALTIME_N,
    LOCALTIMESTAMP,
    LOCALTIMESTAMP_N,
    CURRENT_ROLE,
    CURRENT_USER,
    USER,
    SESSION_USER,
    CURRENT_CATALOG,
    CURRENT_SCHEMA
  }
}
