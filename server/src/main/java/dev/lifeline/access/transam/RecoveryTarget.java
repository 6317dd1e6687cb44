package dev.lifeline.access.transam;

import dev.lifeline.access.RecoveryConfig;
import dev.lifeline.events.Lsn;
import dev.lifeline.utils.error.LogTime;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where an archive recovery is to stop: `recovery_target_*`.
///
/// Formally, of the records in their order it stops
///
/// 1. at an LSN before or after the first record that begins there or later;
/// 2. at a transaction before or after the record of its end;
/// 3. at a time before the first end of a transaction that is later, or (not inclusive) as late;
/// 4. at a name after the first restore point that has it;
/// 5. as soon as the data are consistent.
final class RecoveryTarget {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .toFormatter(Locale.ROOT);

  enum Kind {
    NONE,
    XID,
    TIME,
    NAME,
    LSN,
    IMMEDIATE
  }

  private final Kind kind;
  private final long number;
  private final String name;
  private final boolean inclusive;
  private final ZoneId zone;

  /// @param after whether the record that it stopped at was still repeated
  record Stop(boolean after, String message, String reason) {}

  private RecoveryTarget(Kind kind, long number, String name, boolean inclusive, ZoneId zone) {
    this.kind = kind;
    this.number = number;
    this.name = name;
    this.inclusive = inclusive;
    this.zone = zone;
  }

  static RecoveryTarget of(RecoveryConfig config) {
    RecoveryConfig.Target target = config.target();
    boolean inclusive = config.targetInclusive();
    ZoneId zone = LogTime.zone(config.timeZone());
    Long time = target.time();
    if (!target.xid().isEmpty()) {
      return new RecoveryTarget(Kind.XID, Long.parseLong(target.xid()), "", inclusive, zone);
    }
    if (time != null) {
      return new RecoveryTarget(Kind.TIME, time, "", inclusive, zone);
    }
    if (!target.name().isEmpty()) {
      return new RecoveryTarget(Kind.NAME, 0, target.name(), inclusive, zone);
    }
    if (!target.lsn().isEmpty()) {
      return new RecoveryTarget(Kind.LSN, Lsn.parse(target.lsn()), "", inclusive, zone);
    }
    Kind kind = target.immediate().isEmpty() ? Kind.NONE : Kind.IMMEDIATE;
    return new RecoveryTarget(kind, 0, "", inclusive, zone);
  }

  boolean isSet() {
    return kind != Kind.NONE;
  }

  /// What it is called on the event log.
  String words() {
    return switch (kind) {
      case NONE -> "none";
      case XID -> "xid " + number;
      case TIME -> "time " + time(number);
      case NAME -> "name " + name;
      case LSN -> "lsn " + Lsn.format(number);
      case IMMEDIATE -> "immediate";
    };
  }

  /// What the log says at the start.
  String announcement() {
    return switch (kind) {
      case NONE -> "starting archive recovery";
      case XID -> "starting point-in-time recovery to XID " + number;
      case TIME -> "starting point-in-time recovery to " + time(number);
      case NAME -> "starting point-in-time recovery to \"" + name + "\"";
      case LSN ->
          "starting point-in-time recovery to WAL location (LSN) \"" + Lsn.format(number) + "\"";
      case IMMEDIATE -> "starting point-in-time recovery to earliest consistent point";
    };
  }

  /// A time as PostgreSQL's log has it.
  String time(long micros) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
    ZoneOffset offset = zone.getRules().getOffset(instant);
    String text = offset.getId();
    String shown =
        offset.getTotalSeconds() == 0 ? "+00" : text.endsWith(":00") ? text.substring(0, 3) : text;
    return TIME.format(instant.atOffset(offset)) + shown;
  }

  /// Whether to stop before this record is repeated; null to go on.
  @Nullable Stop before(WalRecord record, boolean consistent) {
    if (kind == Kind.IMMEDIATE && consistent) {
      return consistency();
    }
    if (kind == Kind.LSN && !inclusive && record.lsn() >= number) {
      return new Stop(
          false,
          "recovery stopping before WAL location (LSN) \"" + Lsn.format(record.lsn()) + "\"",
          "before LSN " + Lsn.format(record.lsn()) + "\n");
    }
    if (record.rmgr() != Rmgr.XACT) {
      return null;
    }
    if (kind == Kind.XID && !inclusive && record.xid() == number) {
      return atEndOf(record, false, "before transaction " + record.xid());
    }
    if (kind == Kind.TIME) {
      long ended = XactRecord.timeMicros(record);
      if (inclusive ? ended > number : ended >= number) {
        return atEndOf(record, false, "before " + time(ended) + "\n");
      }
    }
    return null;
  }

  /// Whether to stop after this record was repeated; null to go on.
  @Nullable Stop after(WalRecord record, boolean consistent) {
    if (kind == Kind.NAME
        && record.rmgr() == Rmgr.XLOG
        && record.info() == XlogRecords.RESTORE_POINT) {
      RestorePoint point = RestorePoint.parse(record);
      if (point.name().equals(name)) {
        return new Stop(
            true,
            "recovery stopping at restore point \"%s\", time %s"
                .formatted(name, time(point.timeMicros())),
            "at restore point \"" + name + "\"");
      }
    }
    if (kind == Kind.LSN && inclusive && record.lsn() >= number) {
      return new Stop(
          true,
          "recovery stopping after WAL location (LSN) \"" + Lsn.format(record.lsn()) + "\"",
          "after LSN " + Lsn.format(record.lsn()) + "\n");
    }
    if (kind == Kind.XID && inclusive && record.rmgr() == Rmgr.XACT && record.xid() == number) {
      return atEndOf(record, true, "after transaction " + record.xid());
    }
    return kind == Kind.IMMEDIATE && consistent ? consistency() : null;
  }

  private static Stop consistency() {
    return new Stop(true, "recovery stopping after reaching consistency", "reached consistency");
  }

  private Stop atEndOf(WalRecord record, boolean after, String reason) {
    String message =
        "recovery stopping %s %s of transaction %d, time %s"
            .formatted(
                after ? "after" : "before",
                record.info() == XlogRecords.COMMIT ? "commit" : "abort",
                record.xid(),
                time(XactRecord.timeMicros(record)));
    return new Stop(after, message, reason);
  }
}
