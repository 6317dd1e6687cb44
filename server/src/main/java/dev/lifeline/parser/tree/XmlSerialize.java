package dev.lifeline.parser.tree;

/// `XMLSERIALIZE(...)`.
public record XmlSerialize(
    boolean document, Expr expr, TypeName typeName, boolean indent, int location) implements Expr {}
