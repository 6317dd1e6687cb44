package dev.lifeline.commands;

import dev.lifeline.catalog.RelOptions;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `WITH (...)` of tables and indexes, as `pg_class.reloptions` has it: each value as it was given.
///
/// @param own the relation's
/// @param toast those of the table with its long values, which are given with `toast.` before them
record StorageOptions(List<String> own, List<String> toast) {
  private static final String TOAST = "toast";

  StorageOptions {
    own = List.copyOf(own);
    toast = List.copyOf(toast);
  }

  /// What a value must be.
  private interface Kind {
    void check(String name, String text);
  }

  private static final Kind BOOL =
      (name, text) -> {
        if (bool(text) == null) {
          throw invalid("boolean", name, text);
        }
      };

  private static final Kind ON_OFF_AUTO =
      (name, text) -> {
        if (!text.equalsIgnoreCase("auto") && bool(text) == null) {
          throw invalid("enum", name, text)
              .detail("Valid values are \"on\", \"off\", and \"auto\".");
        }
      };

  private static final Kind PERCENT = real(100);

  private static final Kind REFUSED =
      (name, text) -> {
        throw PgException.notSupported("storage parameter \"" + name + "\"");
      };

  /// Those of tables and of the tables with their long values.
  private static final Map<String, Kind> OF_BOTH = new HashMap<>();

  private static final Map<String, Kind> OF_TABLE = new HashMap<>();
  private static final Map<String, Kind> OF_INDEX = new HashMap<>();

  static {
    OF_BOTH.put("autovacuum_enabled", BOOL);
    OF_BOTH.put("autovacuum_vacuum_threshold", integer(0, Integer.MAX_VALUE));
    OF_BOTH.put("autovacuum_vacuum_insert_threshold", integer(-1, Integer.MAX_VALUE));
    OF_BOTH.put("autovacuum_vacuum_cost_limit", integer(1, 10_000));
    OF_BOTH.put("autovacuum_vacuum_cost_delay", PERCENT);
    OF_BOTH.put("autovacuum_vacuum_scale_factor", PERCENT);
    OF_BOTH.put("autovacuum_vacuum_insert_scale_factor", PERCENT);
    OF_BOTH.put("autovacuum_freeze_min_age", integer(0, 1_000_000_000));
    OF_BOTH.put("autovacuum_freeze_max_age", integer(100_000, 2_000_000_000));
    OF_BOTH.put("autovacuum_freeze_table_age", integer(0, 2_000_000_000));
    OF_BOTH.put("autovacuum_multixact_freeze_min_age", integer(0, 1_000_000_000));
    OF_BOTH.put("autovacuum_multixact_freeze_max_age", integer(10_000, 2_000_000_000));
    OF_BOTH.put("autovacuum_multixact_freeze_table_age", integer(0, 2_000_000_000));
    OF_BOTH.put("log_autovacuum_min_duration", integer(-1, Integer.MAX_VALUE));
    OF_BOTH.put("vacuum_index_cleanup", ON_OFF_AUTO);
    OF_BOTH.put("vacuum_truncate", BOOL);
    OF_TABLE.putAll(OF_BOTH);
    OF_TABLE.put("fillfactor", integer(10, 100));
    OF_TABLE.put("autovacuum_analyze_threshold", integer(0, Integer.MAX_VALUE));
    OF_TABLE.put("autovacuum_analyze_scale_factor", PERCENT);
    OF_TABLE.put("parallel_workers", integer(0, 1024));
    OF_TABLE.put("toast_tuple_target", REFUSED);
    OF_TABLE.put("user_catalog_table", REFUSED);
    OF_INDEX.put("fillfactor", integer(50, 100));
  }

  static StorageOptions ofTable(List<DefElem> options) {
    List<String> own = new ArrayList<>();
    List<String> toast = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (DefElem option : options) {
      if (option.defnamespace() == null && option.defname().equals("oids")) {
        if (DefElems.bool(option)) {
          throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED, "tables declared WITH OIDS are not supported");
        }
        continue;
      }
      boolean ofToast = isToast(option);
      String read = read(option, ofToast ? OF_BOTH : OF_TABLE);
      refuseTwice(seen, option);
      (ofToast ? toast : own).add(read);
    }
    return new StorageOptions(own, toast);
  }

  static List<String> ofIndex(List<DefElem> options) {
    List<String> own = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (DefElem option : options) {
      if (option.defnamespace() != null) {
        throw unknownNamespace(option.defnamespace());
      }
      own.add(read(option, OF_INDEX));
      refuseTwice(seen, option);
    }
    return own;
  }

  /// What a relation has after some of its options were set or reset.
  ///
  /// @param named those that are given, or are to go
  /// @param ofToast whether they are those of the table with the long values
  static List<String> merged(
      List<String> before, List<DefElem> named, boolean ofToast, List<String> given) {
    Set<String> names = new HashSet<>();
    for (DefElem option : named) {
      if (isToast(option) == ofToast) {
        names.add(option.defname().toLowerCase(Locale.ROOT));
      }
    }
    List<String> merged = new ArrayList<>();
    for (String option : before) {
      if (!names.contains(option.substring(0, option.indexOf('=')))) {
        merged.add(option);
      }
    }
    merged.addAll(given);
    return merged;
  }

  private static boolean isToast(DefElem option) {
    String namespace = option.defnamespace();
    if (namespace != null && !namespace.equals(TOAST)) {
      throw unknownNamespace(namespace);
    }
    return namespace != null;
  }

  private static String read(DefElem option, Map<String, Kind> kinds) {
    String name = option.defname();
    Kind kind = kinds.get(name);
    if (kind == null) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE, "unrecognized parameter \"%s\"", name);
    }
    String text = option.arg() == null ? "true" : DefElems.string(option);
    kind.check(name, text);
    return name + "=" + text;
  }

  private static void refuseTwice(Set<String> seen, DefElem option) {
    if (!seen.add(option.defnamespace() + "." + option.defname())) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "parameter \"%s\" specified more than once",
          option.defname());
    }
  }

  private static @Nullable Boolean bool(String text) {
    return RelOptions.bool(text);
  }

  private static Kind integer(int min, int max) {
    return (name, text) -> {
      int value;
      try {
        value = Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw invalid("integer", name, text);
      }
      if (value < min || value > max) {
        throw outOfBounds(name, text)
            .detail("Valid values are between \"%d\" and \"%d\".", min, max);
      }
    };
  }

  private static Kind real(double max) {
    return (name, text) -> {
      double value;
      try {
        value = Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw invalid("floating point", name, text);
      }
      if (!(value >= 0 && value <= max)) {
        throw outOfBounds(name, text)
            .detail("Valid values are between \"%f\" and \"%f\".", 0.0, max);
      }
    };
  }

  private static PgException unknownNamespace(String namespace) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE, "unrecognized parameter namespace \"%s\"", namespace);
  }

  private static PgException invalid(String type, String name, String text) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE,
        "invalid value for %s option \"%s\": %s",
        type,
        name,
        text);
  }

  private static PgException outOfBounds(String name, String text) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE, "value %s out of bounds for option \"%s\"", text, name);
  }
}
