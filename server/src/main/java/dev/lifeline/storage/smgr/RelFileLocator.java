package dev.lifeline.storage.smgr;

/// Where a relation's files are. A relation number is never used twice, so that a file that an
/// unfinished drop left behind can never be mistaken for another relation's.
///
/// @param dbOid the database, 0 for the relations that all databases share
/// @param relNumber names the files; up to 2^55
public record RelFileLocator(int dbOid, long relNumber) {
  public RelFileLocator {
    if (relNumber <= 0 || relNumber >= 1L << 55) {
      throw new IllegalArgumentException("relation number " + relNumber);
    }
  }

  /// The directory, relative to the data directory.
  public String directory() {
    return dbOid == 0 ? "global" : "base/" + Integer.toUnsignedString(dbOid);
  }

  /// The file that holds a segment of a fork: `base/5/16384_fsm.1`.
  public String path(Fork fork, int segment) {
    String path = directory() + "/" + relNumber + fork.suffix();
    return segment == 0 ? path : path + "." + segment;
  }
}
