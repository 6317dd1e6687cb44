package dev.lifeline.differential;

import java.util.List;

/// A table of a round. Its first column is `id`, the primary key.
record Table(String name, List<Column> columns) {}
