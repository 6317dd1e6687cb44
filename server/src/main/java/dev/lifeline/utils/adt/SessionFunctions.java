package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Functions that tell about the session and the server, and those that wait.
final class SessionFunctions {
  private static final long ENCODING_UTF8 = 6;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private SessionFunctions() {}

  static void register(FnTable t) {
    registerIdentity(t);
    registerSettings(t);
    registerServer(t);
    registerSleep(t);
    registerTypes(t);
  }

  private static void registerIdentity(FnTable t) {
    t.callObject("current_user", c -> name(c.context().session().currentUser()));
    t.callObject("session_user", c -> name(c.context().session().sessionUser()));
    t.callObject("current_database", c -> name(c.context().session().databaseName()));
    t.callLong("xid_age", c -> age(c.getLong(0), c.context().session().latestTransactionId()));
    t.callObject(
        "current_schema",
        c -> {
          List<String> path = c.context().session().searchPath(false);
          return path.isEmpty() ? null : name(path.getFirst());
        });
    t.callObject(
        "current_schemas", c -> PgArrays.ofNames(c.context().session().searchPath(c.getBool(0))));
    t.callLong("pg_backend_pid", c -> c.context().session().pid());
    t.callLong("pg_current_xact_id", c -> c.context().session().currentTransactionId());
    t.callLong(
        "pg_current_xact_id_if_assigned",
        c -> {
          long xid = c.context().session().currentTransactionIdIfAssigned();
          return xid == 0 ? c.returnNull() : xid;
        });
  }

  /// Xids that everybody sees are older than all others.
  private static long age(long xid, long latest) {
    return xid < 3 ? Integer.MAX_VALUE : Math.min(Integer.MAX_VALUE, latest - xid);
  }

  private static Text name(String value) {
    return TextOps.name(Text.of(value));
  }

  private static void registerSettings(FnTable t) {
    t.callObject("show_config_by_name", c -> setting(c, c.string(0), false));
    t.callObject("show_config_by_name_missing_ok", c -> setting(c, c.string(0), c.getBool(1)));
    t.callObject("set_config_by_name", SessionFunctions::setConfig);
    t.callObject("pgsql_version", c -> Text.of(ServerVersion.DESCRIPTION));
    t.callObject("getdatabaseencoding", c -> name("UTF8"));
    t.callObject("pg_client_encoding", c -> name(setting(c, "client_encoding", false)));
    t.callObject(
        "PG_encoding_to_char",
        c -> name(c.getLong(0) == ENCODING_UTF8 ? "UTF8" : c.getLong(0) == 0 ? "SQL_ASCII" : ""));
    t.callLong("PG_char_to_encoding", c -> encoding(c.string(0)));
    t.callLong("pg_encoding_max_length_sql", c -> c.getLong(0) == ENCODING_UTF8 ? 4 : 1);
  }

  private static long encoding(String name) {
    return switch (name.toUpperCase(Locale.ROOT).replace("-", "").replace("_", "")) {
      case "UTF8", "UNICODE" -> ENCODING_UTF8;
      case "SQLASCII" -> 0;
      default -> -1;
    };
  }

  private static String name(@Nullable Text value, String otherwise) {
    return value == null ? otherwise : value.toString();
  }

  private static Text name(@Nullable Text value) {
    return name(name(value, ""));
  }

  private static @Nullable Text setting(Call c, String name, boolean missingOk) {
    String value = c.context().session().currentSetting(name);
    if (value != null) {
      return Text.of(value);
    }
    if (missingOk) {
      return null;
    }
    throw PgException.error(
        SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter \"%s\"", name);
  }

  private static Text setConfig(Call c) {
    if (c.isNull(0)) {
      throw PgException.error(SqlState.NULL_VALUE_NOT_ALLOWED, "SET requires parameter name");
    }
    String value = c.isNull(1) ? null : c.string(1);
    boolean local = !c.isNull(2) && c.getBool(2);
    return Text.of(c.context().session().setConfig(c.string(0), value, local));
  }

  private static void registerServer(FnTable t) {
    t.callLong(
        "pg_postmaster_start_time",
        c -> c.context().session().postmasterStartTime() - EvalContext.EPOCH_SHIFT);
    t.callLong(
        "pg_conf_load_time",
        c -> c.context().session().configurationLoadTime() - EvalContext.EPOCH_SHIFT);
    t.callBool("pg_is_in_recovery", c -> false);
    // A transaction's counts are handed on when it ends, and views read them as they are.
    t.callObject("pg_stat_force_next_flush", c -> Text.EMPTY);
    t.callObject("pg_stat_clear_snapshot", c -> Text.EMPTY);
    t.callBool("pg_jit_available", c -> false);
    t.callLong("inet_client_port", c -> port(c, c.context().session().clientPort()));
    t.callLong("inet_server_port", c -> port(c, c.context().session().serverPort()));
  }

  private static long port(Call c, int port) {
    return port <= 0 ? c.returnNull() : port;
  }

  private static void registerSleep(FnTable t) {
    t.callObject(
        "pg_sleep",
        c -> {
          sleep(c, c.getDouble(0));
          return Text.EMPTY;
        });
    t.callObject(
        "pg_sleep_for(1186)",
        c -> {
          long now = c.context().transactionTimestamp();
          long until = DateMath.addInterval(now, c.interval(0), DateTimeFunctions.zone(c));
          sleep(c, (until - now) / 1e6);
          return Text.EMPTY;
        });
    t.callObject(
        "pg_sleep_until(1184)",
        c -> {
          sleep(c, (c.getLong(0) - c.context().clockTimestamp()) / 1e6);
          return Text.EMPTY;
        });
  }

  private static void sleep(Call c, double seconds) {
    SessionHooks session = c.context().session();
    session.checkForInterrupts();
    double bounded = Double.isNaN(seconds) ? 0 : Math.min(Math.max(seconds, 0), 1e9);
    c.context().waits().sleep((long) (bounded * NANOS_PER_SECOND), session::sleep);
  }

  private static void registerTypes(FnTable t) {
    t.callLong("pg_typeof", c -> Integer.toUnsignedLong(c.site().argType(0)));
    t.callObject("format_type", SessionFunctions::formatType);
    t.callObject("pg_collation_for", c -> collation(c.site().argType(0)));
    t.callLong("pg_column_size", SessionFunctions::columnSize);
    t.callLong("pg_num_nulls", c -> countNulls(c, true));
    t.callLong("pg_num_nonnulls", c -> countNulls(c, false));
  }

  private static @Nullable Text formatType(Call c) {
    if (c.isNull(0)) {
      return null;
    }
    int typmod = c.isNull(1) ? -1 : c.getInt(1);
    return Text.of(
        FormatType.name((int) c.getLong(0), typmod, !c.isNull(1), c.context().catalog()));
  }

  private static @Nullable Text collation(int type) {
    PgType found = Types.find(type);
    if (found == null || found.collationOid() == 0) {
      if (type == Types.UNKNOWN) {
        return null;
      }
      throw PgException.error(
          SqlState.DATATYPE_MISMATCH,
          "collations are not supported by type %s",
          FormatType.name(type));
    }
    return Text.of(type == Types.NAME ? "\"C\"" : "\"default\"");
  }

  private static long columnSize(Call c) {
    if (c.isNull(0)) {
      return c.returnNull();
    }
    PgType type = Types.get(c.site().argType(0));
    if (type.length() > 0) {
      return type.length();
    }
    ByteWriter out = new ByteWriter();
    type.ops().store(Values.column(type, c.boxed(0)), 0, out);
    return out.size() + 4L;
  }

  private static long countNulls(Call c, boolean nulls) {
    if (c.site().variadic()) {
      if (c.isNull(0)) {
        return c.returnNull();
      }
      PgArray array = c.array(0);
      long count = 0;
      for (int i = 0; i < array.size(); i++) {
        count += array.elements().isNull(i) == nulls ? 1 : 0;
      }
      return count;
    }
    long count = 0;
    for (int i = 0; i < c.count(); i++) {
      count += c.isNull(i) == nulls ? 1 : 0;
    }
    return count;
  }
}
