package dev.lifeline.storage.smgr;

/// The files that a relation may consist of.
public enum Fork {
  MAIN(""),
  FSM("_fsm"),
  VM("_vm");

  private static final Fork[] VALUES = values();

  private final String suffix;

  Fork(String suffix) {
    this.suffix = suffix;
  }

  /// What the fork adds to the file's name.
  public String suffix() {
    return suffix;
  }

  /// The fork of an ordinal, as WAL records have it.
  public static Fork of(int ordinal) {
    return VALUES[ordinal];
  }
}
