package dev.lifeline.differential;

import java.util.ArrayList;
import java.util.List;

/// A few tables, their data, and what is done with them.
final class Round {
  private static final List<String> METHODS =
      List.of(
          "enable_hashjoin",
          "enable_mergejoin",
          "enable_nestloop",
          "enable_seqscan",
          "enable_indexscan",
          "enable_bitmapscan",
          "enable_hashagg",
          "enable_sort",
          "enable_material",
          "enable_memoize");

  private final Dice dice;
  private final List<Table> tables = new ArrayList<>();
  private final Changes changes;
  private final Queries queries;
  private final Probes probes;
  private final Mistakes mistakes;

  Round(long seed) {
    this.dice = new Dice(seed);
    this.changes = new Changes(dice, tables);
    this.queries = new Queries(dice, tables);
    this.probes = new Probes(dice);
    this.mistakes = new Mistakes(dice);
  }

  /// What makes the tables.
  List<Generated> setup() {
    List<Generated> statements = new ArrayList<>();
    if (dice.percent(30)) {
      statements.add(Generated.change("SET", "SET " + dice.pick(METHODS) + " = off"));
    }
    for (int i = 1, count = dice.between(2, 4); i <= count; i++) {
      changes.createTable("t" + i).forEach(sql -> statements.add(Generated.change("CREATE", sql)));
    }
    for (Table table : tables) {
      statements.add(Generated.change("fill", changes.fill(table)));
    }
    if (dice.percent(50)) {
      statements.add(Generated.change("ANALYZE", "ANALYZE"));
    }
    return statements;
  }

  Generated next() {
    int choice = dice.below(100);
    if (choice < 60) {
      return queries.query();
    }
    if (choice < 75) {
      return changes.change();
    }
    if (choice < 90) {
      return probes.probe();
    }
    return mistakes.mistake(dice.percent(80) ? queries.query() : changes.change());
  }

  /// What shows whether both servers still have the same.
  List<Generated> inventory() {
    return tables.stream()
        .map(table ->
            Generated.query(
                "inventory", "SELECT * FROM " + table.name() + " ORDER BY id", List.of(0)))
        .toList();
  }
}
