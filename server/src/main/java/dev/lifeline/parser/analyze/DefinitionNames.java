package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Relation;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.utils.adt.UserTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the names in the text of a view's query have turned out to mean when it was defined, so
/// that it goes on meaning that: under another `search_path`, and when its tables have more
/// columns.
///
/// Only names of that very text are noted, not those in the views that it uses.
public final class DefinitionNames {
  /// What a star at this place of the text stands for: columns, each with the name that it is known
  /// under. By the byte at which the star, or what qualifies it, begins.
  private final TreeMap<Integer, List<List<String>>> stars = new TreeMap<>();

  /// The schemas of the relations that are named without one, by the byte at which the name begins.
  private final TreeMap<Integer, String> schemas = new TreeMap<>();

  /// The relations that are read from, by the numbers of their range entries.
  private final Map<Integer, Relation> relations = new HashMap<>();

  /// How FROM clauses were written, by the number of the first range entry in them.
  private final Map<Integer, List<TableRef>> fromClauses = new HashMap<>();

  /// The types of users that are named, by the byte at which the name begins.
  private final TreeMap<Integer, Integer> types = new TreeMap<>();

  void type(int location, int oid) {
    types.put(location, UserTypes.isEnum(oid) ? oid : oid - 1);
  }

  /// The enum types; of an array type, that of its elements, which its name is made of.
  public Map<Integer, Integer> types() {
    return types;
  }

  void fromClause(int firstRange, List<TableRef> items) {
    fromClauses.put(firstRange, items);
  }

  public Map<Integer, List<TableRef>> fromClauses() {
    return fromClauses;
  }

  void relation(int location, boolean qualified, Relation relation, int range) {
    relations.put(range, relation);
    if (!qualified) {
      schemas.put(location, relation.namespace());
    }
  }

  void star(int location, List<List<String>> columns) {
    stars.put(location, new ArrayList<>(columns));
  }

  public Map<Integer, List<List<String>>> stars() {
    return stars;
  }

  public Map<Integer, String> schemas() {
    return schemas;
  }

  public Map<Integer, Relation> relations() {
    return relations;
  }

  /// Whether every name says by itself what it means.
  public boolean none() {
    return stars.isEmpty() && schemas.isEmpty() && types.isEmpty();
  }
}
