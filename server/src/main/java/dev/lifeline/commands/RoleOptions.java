package dev.lifeline.commands;

import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The options of CREATE ROLE and ALTER ROLE, each at most once.
final class RoleOptions {
  private static final Set<String> KNOWN =
      Set.of(
          "password",
          "sysid",
          "superuser",
          "inherit",
          "createrole",
          "createdb",
          "canlogin",
          "isreplication",
          "bypassrls",
          "connectionlimit",
          "addroleto",
          "rolemembers",
          "adminmembers",
          "validUntil");

  private final Map<String, DefElem> options = new HashMap<>();

  RoleOptions(Iterable<DefElem> given) {
    for (DefElem option : given) {
      if (!KNOWN.contains(option.defname())) {
        throw DefElems.notRecognized(option);
      }
      if (options.put(option.defname(), option) != null) {
        throw DefElems.conflicting(option);
      }
    }
    DefElem limit = options.get("connectionlimit");
    if (limit != null && DefElems.integer(limit) < -1) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "invalid connection limit: %d",
          DefElems.integer(limit));
    }
  }

  boolean has(String name) {
    return options.containsKey(name);
  }

  boolean isEmpty() {
    return options.isEmpty();
  }

  int size() {
    return options.size();
  }

  boolean flag(String name, boolean otherwise) {
    DefElem option = options.get(name);
    return option == null ? otherwise : DefElems.bool(option);
  }

  int integer(String name, int otherwise) {
    DefElem option = options.get(name);
    return option == null ? otherwise : DefElems.integer(option);
  }

  /// The text of an option; null where it was not given, or given as NULL.
  @Nullable String text(String name) {
    DefElem option = options.get(name);
    return option == null || option.arg() == null ? null : DefElems.string(option);
  }

  @Nullable DefElem get(String name) {
    return options.get(name);
  }
}
