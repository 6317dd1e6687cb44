/// B-trees after Lehman and Yao, with PostgreSQL's `nbtree` as the model: right links and high keys
/// make searches safe beside splits without holding more than one latch.
///
/// [BTreeAccess] opens indexes for a generation of shared memory, [BTreeBuilder] builds one from
/// the rows of a table.
@NullMarked
package dev.lifeline.access.nbtree;

import org.jspecify.annotations.NullMarked;
