package dev.lifeline.parser.tree;

/// CREATE TABLE AS and CREATE MATERIALIZED VIEW; the query may be an EXECUTE.
public record CreateTableAsStmt(
    Stmt query, IntoClause into, ObjectType objtype, boolean isSelectInto, boolean ifNotExists)
    implements Stmt {}
