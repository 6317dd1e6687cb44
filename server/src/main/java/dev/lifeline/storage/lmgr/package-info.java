/// Heavyweight locks: on relations, rows in dispute, the end of transactions, database objects and
/// advisory keys.
///
/// [LockManager] is the shared table, one for each generation of shared memory; a session takes
/// part in it through its [LockOwner]. A lock that is not to be had throws
/// [dev.lifeline.utils.NotYet], and the caller asks again when it was granted. The deadlock
/// detector and the timeouts work on those waits. Formally, as in PostgreSQL:
///
/// 1. A lock is held until its transaction ends, an advisory lock of a session until it is released
///    or the session ends.
/// 2. Nobody overtakes a waiter whose request conflicts with his own, unless he holds a lock
///    already that the waiter waits for.
/// 3. A cycle of waits is broken by the waiter whose `deadlock_timeout` ends first.
@NullMarked
package dev.lifeline.storage.lmgr;

import org.jspecify.annotations.NullMarked;
