package dev.lifeline.parser.tree;

/// Which of its three names a role statement used.
public enum RoleStmtType {
  ROLE,
  USER,
  GROUP
}
