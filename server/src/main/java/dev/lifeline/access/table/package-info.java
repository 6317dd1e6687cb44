/// Tables as the executor sees them: opaque payloads under row versions, found by tid or by scan.
///
/// A *tid* is `block << 16 | line pointer`, line pointers counted from 1. The heap
/// ([dev.lifeline.access.heap]) is the implementation. The SQL side writes and reads the payloads
/// with the tuple codec; this room only stores them.
@NullMarked
package dev.lifeline.access.table;

import org.jspecify.annotations.NullMarked;
