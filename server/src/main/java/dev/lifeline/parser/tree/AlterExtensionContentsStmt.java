package dev.lifeline.parser.tree;

/// ALTER EXTENSION ... ADD and DROP.
public record AlterExtensionContentsStmt(
    String extname, boolean add, ObjectType objtype, Node object) implements Stmt {}
