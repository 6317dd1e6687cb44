package dev.lifeline.catalog;

import dev.lifeline.access.transam.RedoContext;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.WalRecord;

/// The WAL records of CREATE DATABASE: a copied page. They have nothing but the page's full image,
/// which recovery restores by itself.
public final class DatabaseResourceManager implements ResourceManager {
  static final int COPY_PAGE = 0x10;

  @Override
  public int id() {
    return Rmgr.DBASE;
  }

  @Override
  public String name() {
    return "Database";
  }

  @Override
  public void redo(WalRecord record, RedoContext context) {
    if (record.info() != COPY_PAGE) {
      throw new IllegalStateException("unknown database record " + record.info());
    }
  }

  @Override
  public String describe(WalRecord record) {
    return "COPY_PAGE";
  }
}
