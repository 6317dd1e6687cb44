package dev.lifeline.parser.func;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.List;
import java.util.Map;

/// The default values of the arguments of built-in functions, as text, for the last arguments of
/// each.
public final class FunctionDefaults {
  private static final Map<Integer, List<String>> BY_FUNCTION =
      Map.ofEntries(
          // jsonb_insert
          Map.entry(3579, List.of("f")),
          // is_normalized, normalize
          Map.entry(4351, List.of("NFC")),
          Map.entry(4350, List.of("NFC")),
          // jsonb_set_lax, jsonb_set
          Map.entry(5054, List.of("t", "use_json_null")),
          Map.entry(3305, List.of("t")),
          // parse_ident
          Map.entry(1268, List.of("t")),
          // pg_terminate_backend
          Map.entry(2096, List.of("0")),
          // json_populate_record, json_populate_recordset
          Map.entry(3960, List.of("f")),
          Map.entry(3961, List.of("f")),
          // make_interval
          Map.entry(3464, List.of("0", "0", "0", "0", "0", "0", "0.0")),
          // pg_backup_start, pg_backup_stop
          Map.entry(2172, List.of("f")),
          Map.entry(2739, List.of("t")),
          // pg_stat_statements_reset
          Map.entry(9101, List.of("0", "0", "0")),
          // pg_promote
          Map.entry(3436, List.of("t", "60")),
          // pg_create_physical_replication_slot, pg_create_logical_replication_slot
          Map.entry(3779, List.of("f", "f")),
          Map.entry(3786, List.of("f", "f")),
          // pg_logical_slot_get_changes and its kin
          Map.entry(3782, List.of("{}")),
          Map.entry(3783, List.of("{}")),
          Map.entry(3784, List.of("{}")),
          Map.entry(3785, List.of("{}")));

  private FunctionDefaults() {}

  /// The default of an argument, which has one.
  public static Const of(PgProc proc, int argument, EvalContext context) {
    int type = proc.argTypes().get(argument);
    return Const.of(type, Values.read(Types.get(type), text(proc, argument), context));
  }

  /// As it was written.
  public static String text(PgProc proc, int argument) {
    List<String> defaults = BY_FUNCTION.get(proc.oid());
    int index = argument - (proc.argTypes().size() - proc.defaults());
    if (defaults == null || index < 0 || index >= defaults.size()) {
      throw PgException.notSupported(
          "the default of argument " + (argument + 1) + " of function " + proc.name());
    }
    return defaults.get(index);
  }
}
