package dev.lifeline.commands;

import dev.lifeline.catalog.SlotNames;
import dev.lifeline.events.Lsn;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The WITH options of a statement about subscriptions: which of them it takes, what they mean
/// together, and what holds where nothing was said.
final class SubscriptionOptions {
  /// The options by PostgreSQL's names.
  enum Option {
    CONNECT,
    ENABLED,
    CREATE_SLOT,
    SLOT_NAME,
    COPY_DATA,
    SYNCHRONOUS_COMMIT,
    REFRESH,
    BINARY,
    STREAMING,
    TWO_PHASE,
    DISABLE_ON_ERROR,
    LSN;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Option, Boolean> flags = new EnumMap<>(Option.class);
  private final Set<Option> said = EnumSet.noneOf(Option.class);
  private @Nullable String slotName;
  private String synchronousCommit = "off";
  private long lsn;

  private SubscriptionOptions() {}

  static SubscriptionOptions read(List<DefElem> elements, Set<Option> supported) {
    SubscriptionOptions options = new SubscriptionOptions();
    for (DefElem element : elements) {
      Option option = find(element.defname(), supported);
      if (!options.said.add(option)) {
        throw DefElems.conflicting(element);
      }
      options.set(option, element);
    }
    if (supported.contains(Option.CONNECT)) {
      options.checkConnect();
    }
    if (supported.contains(Option.CREATE_SLOT)) {
      options.checkSlot();
    }
    return options;
  }

  private static Option find(String name, Set<Option> supported) {
    for (Option option : supported) {
      if (option.label().equals(name)) {
        return option;
      }
    }
    throw PgException.error(
        SqlState.SYNTAX_ERROR, "unrecognized subscription parameter: \"%s\"", name);
  }

  private void set(Option option, DefElem element) {
    switch (option) {
      case SLOT_NAME -> {
        String name = DefElems.string(element);
        slotName = name.equals("none") ? null : name;
        if (slotName != null) {
          SlotNames.check(slotName);
        }
      }
      case SYNCHRONOUS_COMMIT -> {
        synchronousCommit = DefElems.string(element);
        Gucs.parse(Gucs.SYNCHRONOUS_COMMIT, synchronousCommit);
      }
      case LSN -> lsn = lsn(DefElems.string(element));
      case TWO_PHASE -> {
        if (DefElems.bool(element)) {
          throw PgException.notSupported("subscription parameter \"two_phase\" = true");
        }
      }
      case STREAMING -> {
        if (DefElems.bool(element)) {
          throw PgException.notSupported("subscription parameter \"streaming\" = true");
        }
        flags.put(option, false);
      }
      case CONNECT, ENABLED, CREATE_SLOT, COPY_DATA, REFRESH, BINARY, DISABLE_ON_ERROR ->
          flags.put(option, DefElems.bool(element));
    }
  }

  private static long lsn(String text) {
    if (text.equals("none")) {
      return Lsn.INVALID;
    }
    long value;
    try {
      value = Lsn.parse(text);
    } catch (IllegalArgumentException e) {
      throw PgException.error(
          SqlState.INVALID_TEXT_REPRESENTATION,
          "invalid input syntax for type pg_lsn: \"%s\"",
          text);
    }
    if (value == Lsn.INVALID) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE, "invalid WAL location (LSN): %s", text);
    }
    return value;
  }

  private void checkConnect() {
    if (is(Option.CONNECT)) {
      return;
    }
    for (Option option : List.of(Option.ENABLED, Option.CREATE_SLOT, Option.COPY_DATA)) {
      if (said.contains(option) && is(option)) {
        throw PgException.error(
            SqlState.SYNTAX_ERROR,
            "%s and %s are mutually exclusive options",
            "connect = false",
            option.label() + " = true");
      }
      flags.put(option, false);
    }
  }

  private void checkSlot() {
    if (!said.contains(Option.SLOT_NAME) || slotName != null) {
      return;
    }
    for (Option option : List.of(Option.ENABLED, Option.CREATE_SLOT)) {
      if (said.contains(option) && is(option)) {
        throw PgException.error(
            SqlState.SYNTAX_ERROR,
            "%s and %s are mutually exclusive options",
            "slot_name = NONE",
            option.label() + " = true");
      }
    }
    for (Option option : List.of(Option.ENABLED, Option.CREATE_SLOT)) {
      if (is(option)) {
        throw PgException.error(
            SqlState.SYNTAX_ERROR,
            "subscription with %s must also set %s",
            "slot_name = NONE",
            option.label() + " = false");
      }
    }
  }

  boolean said(Option option) {
    return said.contains(option);
  }

  boolean is(Option option) {
    Boolean value = flags.get(option);
    return value != null
        ? value
        : switch (option) {
          case CONNECT, ENABLED, CREATE_SLOT, COPY_DATA, REFRESH -> true;
          default -> false;
        };
  }

  /// Null for none, also where nothing was said.
  @Nullable String slotName() {
    return slotName;
  }

  String synchronousCommit() {
    return synchronousCommit;
  }

  long lsn() {
    return lsn;
  }
}
