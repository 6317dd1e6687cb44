/// The layout of a page: header, line pointers, items, special space, checksum. Static methods over
/// off-heap memory, which the heap and the B-tree use under the latch of the page's buffer.
@NullMarked
package dev.lifeline.storage.page;

import org.jspecify.annotations.NullMarked;
