package dev.lifeline.replication.logical;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a subscriber asks of `pgoutput`.
record PgOutputOptions(int version, List<String> publications, boolean binary, boolean messages) {
  static final int VERSION_MIN = 1;
  static final int VERSION_MAX = 3;

  PgOutputOptions {
    publications = List.copyOf(publications);
  }

  static PgOutputOptions parse(Map<String, @Nullable String> options) {
    int version = 0;
    List<String> publications = List.of();
    boolean binary = false;
    boolean messages = false;
    for (Map.Entry<String, @Nullable String> option : options.entrySet()) {
      String value = option.getValue() == null ? "" : option.getValue();
      switch (option.getKey()) {
        case "proto_version" -> version = version(value);
        case "publication_names" -> publications = names(value);
        case "binary" -> binary = bool(option);
        case "messages" -> messages = bool(option);
        case "streaming" -> {
          if (bool(option)) {
            throw PgException.notSupported("streaming of transactions in progress");
          }
        }
        case "two_phase" -> {
          if (bool(option)) {
            throw PgException.notSupported("decoding of prepared transactions");
          }
        }
        default ->
            throw PgException.error(
                SqlState.INTERNAL_ERROR, "unrecognized pgoutput option: %s", option.getKey());
      }
    }
    check(version, publications);
    return new PgOutputOptions(version, publications, binary, messages);
  }

  private static void check(int version, List<String> publications) {
    if (version > VERSION_MAX) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "client sent proto_version=%d but we only support protocol %d or lower",
          version,
          VERSION_MAX);
    }
    if (version < VERSION_MIN) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "client sent proto_version=%d but we only support protocol %d or higher",
          version,
          VERSION_MIN);
    }
    if (publications.isEmpty()) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE, "publication_names parameter missing");
    }
  }

  private static int version(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw PgException.error(SqlState.INVALID_PARAMETER_VALUE, "invalid proto_version");
    }
  }

  private static boolean bool(Map.Entry<String, @Nullable String> option) {
    String value = option.getValue();
    if (value == null) {
      return true;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "on", "1" -> true;
      case "false", "off", "0" -> false;
      default ->
          throw PgException.error(
              SqlState.SYNTAX_ERROR, "%s requires a Boolean value", option.getKey());
    };
  }

  /// A list of identifiers, quoted where they need it.
  static List<String> names(String list) {
    List<String> names = new ArrayList<>();
    int at = 0;
    while (at < list.length()) {
      StringBuilder name = new StringBuilder();
      while (at < list.length() && list.charAt(at) == ' ') {
        at++;
      }
      if (at < list.length() && list.charAt(at) == '"') {
        at++;
        while (at < list.length()) {
          if (list.charAt(at) == '"') {
            if (at + 1 < list.length() && list.charAt(at + 1) == '"') {
              at++;
            } else {
              break;
            }
          }
          name.append(list.charAt(at++));
        }
        at++;
      } else {
        while (at < list.length() && list.charAt(at) != ',' && list.charAt(at) != ' ') {
          name.append(Character.toLowerCase(list.charAt(at++)));
        }
      }
      while (at < list.length() && list.charAt(at) != ',') {
        at++;
      }
      at++;
      if (name.isEmpty()) {
        throw PgException.error(SqlState.INVALID_NAME, "invalid publication_names syntax");
      }
      names.add(name.toString());
    }
    return names;
  }
}
