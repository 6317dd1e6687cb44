package dev.lifeline.parser.tree;

/// How a partitioned table spreads its rows.
public enum PartitionStrategy {
  LIST,
  RANGE,
  HASH
}
