package dev.lifeline.differential;

/// A column that expressions may read, by the name that they use for it.
record Column(String name, SqlType type) {
  Column of(String alias) {
    return new Column(alias + "." + name, type);
  }
}
