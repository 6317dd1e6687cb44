package dev.lifeline.storage.smgr;

/// The files that a relation may consist of.
public enum Fork {
  MAIN(0, ""),
  FSM(1, "_fsm"),
  VM(2, "_vm");

  private static final Fork[] VALUES = values();

  private final int number;
  private final String suffix;

  Fork(int number, String suffix) {
    this.number = number;
    this.suffix = suffix;
  }

  /// What the fork adds to the file's name.
  public String suffix() {
    return suffix;
  }

  /// How WAL records call it.
  public int number() {
    return number;
  }

  /// The fork with a number.
  public static Fork of(int number) {
    return VALUES[number];
  }
}
