/// Indexes as the executor sees them: ordered entries of a key and a tid.
///
/// Keys are byte strings whose unsigned bytewise order is the index's order; types, directions and
/// NULLs are the encoder's business. [dev.lifeline.access.nbtree] is the implementation.
@NullMarked
package dev.lifeline.access.index;

import org.jspecify.annotations.NullMarked;
