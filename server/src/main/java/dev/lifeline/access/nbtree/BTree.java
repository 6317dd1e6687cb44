package dev.lifeline.access.nbtree;

import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.smgr.RelFileLocator;
import org.jspecify.annotations.Nullable;

/// An opened B-tree.
@SuppressWarnings("DoNotCallSuggester")
public final class BTree implements Index {
  private final RelFileLocator file;
  private final int relation;

  BTree(RelFileLocator file, int relation) {
    this.file = file;
    this.relation = relation;
  }

  @Override
  public RelFileLocator file() {
    return file;
  }

  @Override
  public int relation() {
    return relation;
  }

  @Override
  public int blocks() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long insert(Xact xact, byte[] key, long tid, UniqueCheck check) {
    throw new UnsupportedOperationException();
  }

  @Override
  public IndexScan scan(
      byte @Nullable [] lower,
      boolean lowerInclusive,
      byte @Nullable [] upper,
      boolean upperInclusive,
      boolean forward) {
    throw new UnsupportedOperationException();
  }
}
