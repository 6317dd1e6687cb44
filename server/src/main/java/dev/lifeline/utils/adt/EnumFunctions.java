package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.util.List;

/// The functions of enum types: PostgreSQL's `enum.c`.
final class EnumFunctions {
  private EnumFunctions() {}

  static void register(FnTable t) {
    t.longComparisons("enum_");
    t.l2("enum_cmp", Long::compare);
    t.l2("enum_smaller", Math::min);
    t.l2("enum_larger", Math::max);
    t.callLong("enum_first", c -> labels(c).getFirst().code());
    t.callLong("enum_last", c -> labels(c).getLast().code());
    t.callObject("enum_range_all", c -> range(c, Long.MIN_VALUE, Long.MAX_VALUE));
    t.callObject(
        "enum_range_bounds",
        c ->
            range(
                c,
                c.isNull(0) ? Long.MIN_VALUE : c.getLong(0),
                c.isNull(1) ? Long.MAX_VALUE : c.getLong(1)));
  }

  /// All labels of the type of the first argument, whose value does not matter.
  private static List<EnumLabels.Label> labels(Call call) {
    int type = call.site().argType(0);
    List<EnumLabels.Label> labels =
        UserTypes.isEnum(type) ? call.context().catalog().enumLabels(type).labels() : List.of();
    if (labels.isEmpty()) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "enum %s contains no values",
          FormatType.name(type, -1, false, call.context().catalog()));
    }
    return labels;
  }

  private static PgArray range(Call call, long from, long to) {
    int type = call.site().argType(0);
    long[] codes =
        call.context().catalog().enumLabels(type).labels().stream()
            .mapToLong(EnumLabels.Label::code)
            .filter(code -> code >= from && code <= to)
            .toArray();
    return PgArrays.ofLongs(type, codes);
  }
}
