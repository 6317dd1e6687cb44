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
        case "fillfactor" -> read.add("fillfactor=" + fillfactor(option, fillfactorMin));
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
        default -> throw unrecognized(option);
      }
    }
    return read;
  }

  private static PgException unrecognized(DefElem option) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE, "unrecognized parameter \"%s\"", option.defname());
  }

  private static int fillfactor(DefElem option, int min) {
    String text = DefElems.string(option);
    int value;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "invalid value for integer option \"fillfactor\": %s",
          text);
    }
    if (value < min || value > 100) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %s out of bounds for option \"fillfactor\"",
              text)
          .detail("Valid values are between \"%d\" and \"100\".", min);
    }
    return value;
  }
}
