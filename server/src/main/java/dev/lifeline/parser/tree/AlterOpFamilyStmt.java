package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER OPERATOR FAMILY ... ADD and DROP.
public record AlterOpFamilyStmt(
    List<String> opfamilyname, String amname, boolean isDrop, List<CreateOpClassItem> items)
    implements Stmt {}
