/// Files. [Disk] and [DiskFile] are the only way from the core to a file system: nothing blocks an
/// event loop, and the simulator puts a disk of its own behind them that loses, reorders and tears
/// what was not synced.
@NullMarked
package dev.lifeline.storage.file;

import org.jspecify.annotations.NullMarked;
