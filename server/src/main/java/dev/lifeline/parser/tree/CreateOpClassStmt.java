package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE OPERATOR CLASS.
public record CreateOpClassStmt(
    List<String> opclassname,
    List<String> opfamilyname,
    String amname,
    TypeName datatype,
    List<CreateOpClassItem> items,
    boolean isDefault)
    implements Stmt {}
