package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.PgProc;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The functions that are not a type's business: those about catalog objects go to
/// [CatalogHooks#catalogFunction], those about session and server to [SessionHooks#serverFunction],
/// by their names. Which of them there are is known there.
final class HookFunctions {
  private static final Set<String> CATALOG_NAMES =
      Set.of(
          "obj_description",
          "col_description",
          "shobj_description",
          "pg_describe_object",
          "pg_identify_object",
          "pg_has_role",
          "pg_my_temp_schema",
          "pg_is_other_temp_schema",
          "row_security_active",
          "nextval",
          "currval",
          "setval",
          "lastval",
          "pg_sequence_last_value",
          "pg_sequence_parameters",
          "pg_table_size",
          "pg_total_relation_size",
          "pg_indexes_size",
          "pg_database_size",
          "pg_tablespace_size",
          "pg_tablespace_location",
          "pg_column_is_updatable",
          "aclexplode",
          "acldefault",
          "makeaclitem",
          "pg_options_to_table",
          "pg_index_has_property",
          "pg_indexam_has_property",
          "pg_index_column_has_property",
          "pg_partition_root",
          "pg_filenode_relation");

  private HookFunctions() {}

  /// The code of a function that has none of its own, or null where nobody could have it.
  static @Nullable Fn find(PgProc proc) {
    if (proc.returnsSet() && proc.kind() == 'f' && isServerSet(proc.name())) {
      return (Fn.Set) c -> rows(c, proc.name());
    }
    if (proc.name().equals("pg_partition_ancestors") || proc.name().equals("pg_partition_tree")) {
      // No table has partitions, and of one without them there is nothing to tell.
      return (Fn.Set) c -> SetIterator.NONE;
    }
    if (proc.returnsSet() || proc.kind() != 'f') {
      return null;
    }
    if (isCatalogFunction(proc.name())) {
      return adapt(proc, c -> c.context().catalog().catalogFunction(proc.name(), arguments(c)));
    }
    if (hasEffect(proc.name())) {
      return adapt(proc, c -> c.context().waits().once(() -> lockFunction(c, proc.name())));
    }
    if (proc.name().equals("pg_terminate_backend")) {
      return adapt(proc, c -> c.context().waits().once(() -> lockFunction(c, proc.name())));
    }
    boolean server =
        proc.name().startsWith("pg_")
            || proc.name().startsWith("lifeline_")
            || proc.name().equals("current_query");
    return server
        ? adapt(proc, c -> c.context().session().serverFunction(proc.name(), arguments(c)))
        : null;
  }

  /// Whether calling it twice would do something twice.
  private static boolean hasEffect(String name) {
    return name.contains("_advisory_")
        || name.equals("pg_drop_replication_slot")
        || name.equals("pg_switch_wal")
        || name.equals("pg_create_restore_point")
        || name.equals("pg_backup_start")
        || name.equals("pg_logical_emit_message")
        || name.equals("pg_notify")
        || (name.startsWith("pg_replication_origin_") && !name.endsWith("_oid"));
  }

  /// Whether a set of rows is made by the server, see [ServerRows].
  private static boolean isServerSet(String name) {
    return name.startsWith("pg_logical_slot_")
        || name.startsWith("pg_replication_slot")
        || name.endsWith("_replication_slot")
        || name.endsWith("_replication_slots")
        || name.equals("pg_show_replication_origin_status")
        || name.equals("pg_backup_stop")
        || name.equals("pg_listening_channels")
        || name.equals("pg_walfile_name_offset")
        || name.equals("aclexplode")
        || name.equals("pg_options_to_table")
        || name.equals("pg_get_publication_tables");
  }

  private static SetIterator rows(Call c, String name) {
    Object result =
        isCatalogFunction(name)
            ? c.context().catalog().catalogFunction(name, arguments(c))
            : c.context().waits().once(() -> lockFunction(c, name));
    return ((ServerRows) Objects.requireNonNull(result, name)).iterator();
  }

  private static Object lockFunction(Call c, String name) {
    Object result = c.context().session().serverFunction(name, arguments(c));
    return Objects.requireNonNull(result, name);
  }

  private static boolean isCatalogFunction(String name) {
    return CATALOG_NAMES.contains(name)
        || (name.startsWith("pg_get_") && !name.startsWith("pg_get_wal_"))
        || name.startsWith("has_")
        || name.startsWith("pg_stat_get_")
        || name.startsWith("pg_stat_reset")
        || name.equals("pg_stat_statements_reset")
        || name.startsWith("pg_relation_")
        || name.endsWith("_is_visible");
  }

  private static List<@Nullable Object> arguments(Call c) {
    List<@Nullable Object> arguments = new ArrayList<>();
    for (int i = 0; i < c.count(); i++) {
      arguments.add(c.boxed(i));
    }
    return arguments;
  }

  private static Fn adapt(PgProc proc, Fn.CallObject hook) {
    PgType type = Types.find(proc.returnType());
    Rep rep = type == null || !type.supported() ? Rep.OBJECT : type.rep();
    return switch (rep) {
      case LONG -> (Fn.CallLong) c -> asLong(c, hook.call(c));
      case DOUBLE -> (Fn.CallDouble) c -> asDouble(c, hook.call(c));
      case OBJECT -> hook;
    };
  }

  private static long asLong(Call c, @Nullable Object value) {
    return switch (value) {
      case null -> c.returnNull();
      case Boolean b -> b ? 1 : 0;
      case Number n -> n.longValue();
      default -> throw new IllegalStateException(c.site().name() + " gave " + value);
    };
  }

  private static double asDouble(Call c, @Nullable Object value) {
    if (value == null) {
      return c.returnNull();
    }
    return ((Number) value).doubleValue();
  }
}
