package dev.lifeline.parser.tree;

/// The four row lock strengths, from the weakest.
public enum LockClauseStrength {
  FOR_KEY_SHARE,
  FOR_SHARE,
  FOR_NO_KEY_UPDATE,
  FOR_UPDATE
}
