package dev.lifeline.utils.guc;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One configuration parameter.
///
/// @param <T> Boolean, Long, Double or String
public final class Guc<T> {
  /// The kind of a parameter's values, as `pg_settings.vartype` spells it in lower case.
  public enum Type {
    BOOL,
    INTEGER,
    REAL,
    STRING,
    ENUM
  }

  private static final Set<String> HIDDEN =
      Set.of("is_superuser", "role", "seed", "session_authorization");

  private final int index;
  private final String name;
  private final Type type;
  private final GucUnit unit;
  private final GucContext context;
  private final String category;
  private final double min;
  private final double max;
  private final List<String> enumValues;
  private final T bootValue;

  /// Empty for a parameter that is accepted for compatibility only.
  private String description = "";

  Guc(
      int index,
      String name,
      Type type,
      GucUnit unit,
      GucContext context,
      String category,
      double min,
      double max,
      List<String> enumValues,
      T bootValue) {
    this.index = index;
    this.name = name;
    this.type = type;
    this.unit = unit;
    this.context = context;
    this.category = category;
    this.min = min;
    this.max = max;
    this.enumValues = List.copyOf(enumValues);
    this.bootValue = bootValue;
  }

  void describe(String text) {
    this.description = text;
  }

  /// Its place in the table of parameters, dense from 0.
  int index() {
    return index;
  }

  public String name() {
    return name;
  }

  public Type type() {
    return type;
  }

  public GucUnit unit() {
    return unit;
  }

  public GucContext context() {
    return context;
  }

  public String category() {
    return category;
  }

  public double min() {
    return min;
  }

  public double max() {
    return max;
  }

  /// The smallest value of a number, as `pg_settings.min_val` has it.
  public String minText() {
    return type == Type.INTEGER ? Long.toString((long) min) : GucParser.formatReal(min);
  }

  /// The largest value of a number, as `pg_settings.max_val` has it.
  public String maxText() {
    return type == Type.INTEGER ? Long.toString((long) max) : GucParser.formatReal(max);
  }

  /// Whether `pg_settings` and SHOW ALL leave it out: it is the state of a session rather than a
  /// setting.
  public boolean hidden() {
    return HIDDEN.contains(name);
  }

  public List<String> enumValues() {
    return enumValues;
  }

  /// The value that it has where nobody set it.
  public T bootValue() {
    return bootValue;
  }

  /// What it does; empty where Lifeline only accepts it.
  public String description() {
    return description;
  }

  /// Whether Lifeline acts upon it.
  public boolean honoured() {
    return !description.isEmpty();
  }

  /// The value as SHOW prints it: with its unit.
  public String show(Object value) {
    return switch (type) {
      case INTEGER -> unit.show((Long) value);
      default -> plain(value);
    };
  }

  /// The value as `pg_settings.setting` has it: without a unit.
  public String plain(Object value) {
    return switch (type) {
      case BOOL -> (Boolean) value ? "on" : "off";
      case REAL -> GucParser.formatReal((Double) value);
      case INTEGER, STRING, ENUM -> value.toString();
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return index;
  }

  @Override
  public String toString() {
    return name;
  }
}
