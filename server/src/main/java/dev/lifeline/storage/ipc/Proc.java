package dev.lifeline.storage.ipc;

/// A process's entry in the process array: what the others may know of its transaction. Written by
/// the owner, read by all.
public final class Proc {
  private final int pid;
  private volatile int databaseOid;

  public Proc(int pid, int databaseOid) {
    this.pid = pid;
    this.databaseOid = databaseOid;
  }

  public int pid() {
    return pid;
  }

  /// 0 until the backend knows its database.
  public int databaseOid() {
    return databaseOid;
  }

  public void setDatabaseOid(int oid) {
    databaseOid = oid;
  }
}
