package dev.lifeline.storage.ipc;

import dev.lifeline.storage.lmgr.LockOwner;
import org.jspecify.annotations.Nullable;

/// A process's entry in the process array: what the others may know of its transaction. Written by
/// the owner, read by all.
public final class Proc {
  private final int pid;
  private volatile int databaseOid;
  private volatile @Nullable LockOwner lockOwner;

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

  /// The process's part in the lock table.
  public LockOwner lockOwner() {
    LockOwner owner = lockOwner;
    if (owner == null) {
      throw new IllegalStateException("process " + pid + " has no part in the lock table");
    }
    return owner;
  }

  /// The same, or null for a process that never waits for anybody, such as the bootstrap.
  public @Nullable LockOwner lockOwnerIfAny() {
    return lockOwner;
  }

  /// To be set before the process's first transaction.
  public void setLockOwner(LockOwner owner) {
    lockOwner = owner;
  }
}
