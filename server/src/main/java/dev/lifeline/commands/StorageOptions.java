package dev.lifeline.commands;

import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/// `WITH (...)` of tables and indexes, as `pg_class.reloptions` has it.
final class StorageOptions {
  private StorageOptions() {}

  static List<String> ofTable(List<DefElem> options) {
    return read(options, 10, true);
  }

  static List<String> ofIndex(List<DefElem> options) {
    return read(options, 50, false);
  }

  private static List<String> read(List<DefElem> options, int fillfactorMin, boolean table) {
    List<String> read = new ArrayList<>();
    for (DefElem option : options) {
      if (option.defnamespace() != null) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE,
            "unrecognized parameter namespace \"%s\"",
            option.defnamespace());
      }
      switch (option.defname()) {
        case "fillfactor" -> read.add("fillfactor=" + integer(option, fillfactorMin, 100));
        case "autovacuum_enabled" -> {
          if (!table) {
            throw unrecognized(option);
          }
          read.add("autovacuum_enabled=" + DefElems.bool(option));
        }
        case "oids" -> {
          if (DefElems.bool(option)) {
            throw PgException.error(
                SqlState.FEATURE_NOT_SUPPORTED, "tables declared WITH OIDS are not supported");
          }
        }
        default -> {
          if (!table) {
            throw unrecognized(option);
          }
          read.add(option.defname() + "=" + autovacuum(option));
        }
      }
    }
    return read;
  }

  /// The value of one of the parameters by which a table differs from the server's `autovacuum_*`.
  private static String autovacuum(DefElem option) {
    return switch (option.defname()) {
      case "autovacuum_vacuum_threshold", "autovacuum_analyze_threshold" ->
          Integer.toString(integer(option, 0, Integer.MAX_VALUE));
      case "autovacuum_vacuum_insert_threshold", "log_autovacuum_min_duration" ->
          Integer.toString(integer(option, -1, Integer.MAX_VALUE));
      case "autovacuum_vacuum_cost_limit" -> Integer.toString(integer(option, 1, 10_000));
      case "autovacuum_vacuum_cost_delay",
          "autovacuum_vacuum_scale_factor",
          "autovacuum_vacuum_insert_scale_factor",
          "autovacuum_analyze_scale_factor" ->
          real(option);
      default -> throw unrecognized(option);
    };
  }

  /// A number from 0 to 100, in the form in which it was given.
  private static String real(DefElem option) {
    String text = DefElems.string(option);
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "invalid value for floating point option \"%s\": %s",
          option.defname(),
          text);
    }
    if (!(value >= 0 && value <= 100)) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %s out of bounds for option \"%s\"",
              text,
              option.defname())
          .detail("Valid values are between \"%f\" and \"%f\".", 0.0, 100.0);
    }
    return text;
  }

  private static PgException unrecognized(DefElem option) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE, "unrecognized parameter \"%s\"", option.defname());
  }

  private static int integer(DefElem option, int min, int max) {
    String text = DefElems.string(option);
    int value;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "invalid value for integer option \"%s\": %s",
          option.defname(),
          text);
    }
    if (value < min || value > max) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %s out of bounds for option \"%s\"",
              text,
              option.defname())
          .detail("Valid values are between \"%d\" and \"%d\".", min, max);
    }
    return value;
  }
}
