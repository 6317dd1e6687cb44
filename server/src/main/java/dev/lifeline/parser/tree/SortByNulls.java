package dev.lifeline.parser.tree;

/// Where nulls go; DEFAULT is LAST for ascending and FIRST for descending order.
public enum SortByNulls {
  DEFAULT,
  FIRST,
  LAST
}
