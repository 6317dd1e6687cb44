package dev.lifeline.replication.logical;

import java.util.List;

/// A table of the publisher, as it has described it.
///
/// @param id the publisher's oid of it
/// @param identity `d`, `i`, `f` or `n`: what it tells of rows that are replaced or deleted
record RemoteTable(int id, String schema, String name, char identity, List<Column> columns) {
  RemoteTable {
    columns = List.copyOf(columns);
  }

  /// A column of it.
  ///
  /// @param key whether it is one of those that identify a row
  record Column(String name, boolean key) {}
}
