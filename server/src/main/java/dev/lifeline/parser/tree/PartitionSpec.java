package dev.lifeline.parser.tree;

import java.util.List;

/// `PARTITION BY strategy (...)`.
public record PartitionSpec(
    PartitionStrategy strategy, List<PartitionElem> partParams, int location) implements Node {}
