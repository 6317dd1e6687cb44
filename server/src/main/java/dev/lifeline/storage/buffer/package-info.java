/// The buffer pool: `shared_buffers` pages off-heap, found by relation, fork and block. See
/// [BufferPool] for the rules of pins and latches.
@NullMarked
package dev.lifeline.storage.buffer;

import org.jspecify.annotations.NullMarked;
