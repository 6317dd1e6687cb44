/// The heap: row versions in slotted pages, multi-version concurrency control as PostgreSQL's.
///
/// [HeapAccess] opens tables for a generation of shared memory; [Vacuum] cleans them up. See the
/// README of this room for the tuple header and the rules that its bits obey.
@NullMarked
package dev.lifeline.access.heap;

import org.jspecify.annotations.NullMarked;
