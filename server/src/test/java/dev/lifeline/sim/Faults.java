package dev.lifeline.sim;

/// What goes wrong with the disk in one life of the server. Operations are counted from 1; 0 means
/// never.
///
/// @param powerFailsAt the machine loses power at this operation that changes something
/// @param powerFailsAtWalSync it loses power at this sync of the WAL, which has been written
/// @param killedAt the server is killed at this one: what it wrote is with the operating system
/// @param readFailsAt this read fails
/// @param writeFailsAt this write fails
/// @param syncFailsAt this sync fails
/// @param fullFrom from this operation on nothing new finds room
/// @param fullFor for so many operations
/// @param dyingAt whoever does this operation dies of it, as of a defect
/// @param slow whether an operation may take seconds
/// @param latencyNanosMax how long the others take
record Faults(
    long powerFailsAt,
    long powerFailsAtWalSync,
    long killedAt,
    long readFailsAt,
    long writeFailsAt,
    long syncFailsAt,
    long fullFrom,
    long fullFor,
    long dyingAt,
    boolean slow,
    int latencyNanosMax) {
  static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, false, 100_000);

  /// The life ends at this operation that changes something.
  static Faults deathAt(long change, boolean powerFails) {
    return new Faults(
        powerFails ? change : 0, 0, powerFails ? 0 : change, 0, 0, 0, 0, 0, 0, false, 100_000);
  }

  /// Whether statements may fail, and the server end, because of the disk.
  boolean ofTheDisk() {
    return readFailsAt + writeFailsAt + syncFailsAt + fullFrom + dyingAt > 0;
  }
}
