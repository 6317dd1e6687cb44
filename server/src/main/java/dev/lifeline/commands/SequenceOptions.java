package dev.lifeline.commands;

import dev.lifeline.catalog.Sequences;
import dev.lifeline.parser.analyze.TypeNames;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The options of CREATE SEQUENCE and ALTER SEQUENCE.
final class SequenceOptions {
  private final Map<String, DefElem> options = new HashMap<>();

  SequenceOptions(Iterable<DefElem> given) {
    for (DefElem option : given) {
      if (option.defname().equals("sequence_name")
          || option.defname().equals("logged")
          || option.defname().equals("unlogged")) {
        throw PgException.notSupported("this option of a sequence").at(option.location());
      }
      if (options.put(option.defname(), option) != null) {
        throw DefElems.conflicting(option);
      }
    }
  }

  boolean has(String name) {
    return options.containsKey(name);
  }

  /// The column of OWNED BY, from the outermost qualifier; null where it was not given.
  @Nullable List<String> ownedBy() {
    DefElem option = options.get("owned_by");
    return option != null && option.arg() instanceof QualifiedName name ? name.names() : null;
  }

  private long number(String name, long otherwise) {
    DefElem option = options.get(name);
    return option == null || option.arg() == null ? otherwise : DefElems.bigint(option);
  }

  /// What RESTART begins with; null where it was not given.
  @Nullable Long restart(long start) {
    return has("restart") ? (Long) number("restart", start) : null;
  }

  /// The definition that the options make of another one, or of none.
  Sequences.Definition definition(Sequences.@Nullable Definition before, int defaultType) {
    int type = before == null ? defaultType : before.typeOid();
    DefElem as = options.get("as");
    boolean typeChanged = as != null;
    if (as != null && as.arg() instanceof TypeName name) {
      type = TypeNames.builtin(name).oid();
    }
    checkType(type);
    long increment = number("increment", before == null ? 1 : before.increment());
    if (increment == 0) {
      throw invalid("INCREMENT must not be zero");
    }
    boolean up = increment > 0;
    long maxOtherwise = up ? max(type) : -1;
    long minOtherwise = up ? 1 : min(type);
    if (before != null && !typeChanged) {
      maxOtherwise = has("maxvalue") ? maxOtherwise : before.max();
      minOtherwise = has("minvalue") ? minOtherwise : before.min();
    }
    long max = number("maxvalue", maxOtherwise);
    long min = number("minvalue", minOtherwise);
    checkBounds(type, min, max);
    long start = number("start", before != null ? before.start() : up ? min : max);
    if (start < min) {
      throw invalid("START value (%d) cannot be less than MINVALUE (%d)", start, min);
    }
    if (start > max) {
      throw invalid("START value (%d) cannot be greater than MAXVALUE (%d)", start, max);
    }
    long cache = number("cache", before == null ? 1 : before.cache());
    if (cache < 1) {
      throw invalid("CACHE (%d) must be greater than zero", cache);
    }
    boolean cycle =
        options.containsKey("cycle")
            ? DefElems.bool(Objects.requireNonNull(options.get("cycle")))
            : before != null && before.cycle();
    return new Sequences.Definition(type, start, increment, min, max, cache, cycle);
  }

  private static void checkType(int type) {
    if (type != Types.INT2 && type != Types.INT4 && type != Types.INT8) {
      throw invalid("sequence type must be smallint, integer, or bigint");
    }
  }

  private static void checkBounds(int type, long min, long max) {
    if (max > max(type) || max < min(type)) {
      throw invalid(
          "MAXVALUE (%d) is out of range for sequence data type %s", max, FormatType.name(type));
    }
    if (min > max(type) || min < min(type)) {
      throw invalid(
          "MINVALUE (%d) is out of range for sequence data type %s", min, FormatType.name(type));
    }
    if (min >= max) {
      throw invalid("MINVALUE (%d) must be less than MAXVALUE (%d)", min, max);
    }
  }

  private static long max(int type) {
    return switch (type) {
      case Types.INT2 -> Short.MAX_VALUE;
      case Types.INT4 -> Integer.MAX_VALUE;
      default -> Long.MAX_VALUE;
    };
  }

  private static long min(int type) {
    return switch (type) {
      case Types.INT2 -> Short.MIN_VALUE;
      case Types.INT4 -> Integer.MIN_VALUE;
      default -> Long.MIN_VALUE;
    };
  }

  private static PgException invalid(String message, Object... args) {
    return PgException.error(SqlState.INVALID_PARAMETER_VALUE, message, args);
  }
}
