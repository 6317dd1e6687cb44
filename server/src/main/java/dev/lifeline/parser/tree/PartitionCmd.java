package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// The partition of ATTACH and DETACH.
public record PartitionCmd(RangeVar name, @Nullable PartitionBoundSpec bound, boolean concurrent)
    implements Node {}
