/// What the processes share to know of each other: the process array with its running transactions,
/// latches, and how one wakes another up on its own event loop.
@NullMarked
package dev.lifeline.storage.ipc;

import org.jspecify.annotations.NullMarked;
