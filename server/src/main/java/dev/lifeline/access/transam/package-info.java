/// Transactions and the write-ahead log: xids, snapshots, commit status, WAL insertion and flush,
/// control file, checkpoints, recovery.
///
/// The order inside a change of pages, which everybody above keeps: pin and latch every page,
/// check, change, insert the WAL record under the latches ([WalRecordBuilder] marks the pages dirty
/// and sets their LSN), unlatch, unpin.
@NullMarked
package dev.lifeline.access.transam;

import org.jspecify.annotations.NullMarked;
