package dev.lifeline.parser.tree;

/// A statement of a query string with its place in it: from byte `stmtLocation`, `stmtLen` bytes
/// without the semicolon; a length of 0 reaches to the end of the string.
public record RawStmt(Stmt stmt, int stmtLocation, int stmtLen) implements Node {}
