package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE OPERATOR FAMILY.
public record CreateOpFamilyStmt(List<String> opfamilyname, String amname) implements Stmt {}
