/// Where in a relation there is room: [FreeSpaceMap].
@NullMarked
package dev.lifeline.storage.freespace;

import org.jspecify.annotations.NullMarked;
