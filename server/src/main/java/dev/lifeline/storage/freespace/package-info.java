/// Where in a relation there is room: [FreeSpaceMap]. Its pages are the relation's `_fsm` fork,
/// which is not WAL-logged and heals itself.
@NullMarked
package dev.lifeline.storage.freespace;

import org.jspecify.annotations.NullMarked;
