package dev.lifeline.replication;

import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.adt.Bytea;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The SQL functions of replication, of one session.
public final class ReplicationFunctions {
  private static final Set<String> NAMES =
      Set.of(
          "pg_create_logical_replication_slot",
          "pg_drop_replication_slot",
          "pg_replication_slot_advance",
          "pg_logical_slot_get_changes",
          "pg_logical_slot_peek_changes",
          "pg_logical_slot_get_binary_changes",
          "pg_logical_slot_peek_binary_changes",
          "pg_logical_emit_message",
          "pg_current_wal_lsn",
          "pg_current_wal_insert_lsn",
          "pg_current_wal_flush_lsn");

  private final Replication replication;
  private final SessionContext session;
  private final SlotCommands slots;
  private final OriginFunctions origins;
  private @Nullable Pending pending;

  /// Work of a function that is called again until it is over.
  private record Pending(String key, Future<Object> work) {}

  public ReplicationFunctions(Replication replication, SessionContext session) {
    this.replication = replication;
    this.session = session;
    this.slots = new SlotCommands(replication, session);
    this.origins = new OriginFunctions(replication, session);
  }

  public static boolean has(String function) {
    return NAMES.contains(function) || OriginFunctions.has(function);
  }

  /// What the commands of a replication connection share with the functions.
  public SlotCommands slots() {
    return slots;
  }

  /// Calls a function that [#has] knows.
  ///
  /// @throws NotYet while it has to wait
  public @Nullable Object call(String name, List<@Nullable Object> arguments) {
    return switch (name) {
      case "pg_current_wal_lsn", "pg_current_wal_flush_lsn" ->
          replication.memory().wal().flushedLsn();
      case "pg_current_wal_insert_lsn" -> replication.memory().wal().insertLsn();
      case "pg_create_logical_replication_slot" ->
          await(name, arguments, () -> slots.create(arguments));
      case "pg_drop_replication_slot" ->
          await(name, arguments, () -> slots.drop(text(arguments, 0), false).map(Text.EMPTY));
      case "pg_replication_slot_advance" ->
          await(name, arguments, () -> slots.advance(text(arguments, 0), number(arguments, 1)));
      case "pg_logical_emit_message" -> emit(arguments);
      default ->
          OriginFunctions.has(name)
              ? origins.call(name, arguments, work -> await(name, arguments, work))
              : await(name, arguments, () -> slots.changes(name, arguments));
    };
  }

  static String text(List<@Nullable Object> arguments, int i) {
    return String.valueOf(arguments.get(i));
  }

  static long number(List<@Nullable Object> arguments, int i) {
    return ((Number) Objects.requireNonNull(arguments.get(i))).longValue();
  }

  static boolean bool(List<@Nullable Object> arguments, int i) {
    return arguments.get(i) instanceof Number n && n.longValue() != 0;
  }

  /// Begins the work the first time, and returns its result when it is there.
  private Object await(
      String name, List<@Nullable Object> arguments, Supplier<Future<Object>> start) {
    String key = session.statementTimestamp() + name + arguments;
    Pending current = pending;
    if (current == null || !current.key.equals(key)) {
      current = new Pending(key, start.get());
      pending = current;
    }
    Future<Object> work = current.work;
    if (!work.isComplete()) {
      throw new NotYet(work.otherwiseEmpty());
    }
    pending = null;
    if (work.failed()) {
      throw work.cause() instanceof RuntimeException e
          ? e
          : new IllegalStateException(work.cause());
    }
    return work.result();
  }

  private Object emit(List<@Nullable Object> arguments) {
    Object content = Objects.requireNonNull(arguments.get(2));
    byte[] bytes =
        content instanceof Bytea bytea
            ? bytea.bytes()
            : content.toString().getBytes(StandardCharsets.UTF_8);
    byte[] prefix = text(arguments, 1).getBytes(StandardCharsets.UTF_8);
    return session.xact().logMessage(bool(arguments, 0), prefix, bytes);
  }

  /// Refuses what only `wal_level` logical has.
  static void checkLogical(SessionContext session) {
    if (!session.gucs().get(Gucs.WAL_LEVEL).equals("logical")) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "logical decoding requires wal_level >= logical");
    }
    checkSlots(session);
  }

  static void checkSlots(SessionContext session) {
    if (session.gucs().get(Gucs.MAX_REPLICATION_SLOTS) == 0) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "replication slots can only be used if max_replication_slots > 0");
    }
  }

  /// The session ends.
  public void close() {
    slots.close();
    origins.close();
  }
}
