package dev.lifeline.events.journal;

import org.jspecify.annotations.Nullable;

/// What the verification of a log found.
///
/// @param firstSequence the first event, 0 when there is none
/// @param lastSequence the last event before the damage, or of the log
/// @param lines how many whole lines were read
/// @param bytes how much was read
/// @param damage the first thing that is wrong, null when nothing is
public record VerifyReport(
    long firstSequence, long lastSequence, long lines, long bytes, @Nullable Damage damage) {

  public boolean intact() {
    return damage == null;
  }

  /// What can be wrong with a line.
  public enum Kind {
    /// The last line of the last segment is not whole: the machine died, and no start repaired it.
    TORN_TAIL,
    /// The line's bytes do not fit its CRC.
    BAD_CRC,
    /// The line does not follow the one before it: that one was altered, or lines are missing.
    BROKEN_CHAIN,
    /// The line's sequence is not the next one.
    SEQUENCE_GAP,
    /// The line is of another cluster.
    OTHER_CLUSTER,
    /// The segment does not begin with the sequence that its name says.
    WRONG_NAME
  }

  /// The first thing that is wrong.
  ///
  /// @param line the line's number within its file, from 1
  /// @param offset the line's offset within its file
  public record Damage(Kind kind, String file, long line, long offset, String detail) {
    @Override
    public String toString() {
      return file + ":" + line + " (byte " + offset + "): " + detail;
    }
  }
}
