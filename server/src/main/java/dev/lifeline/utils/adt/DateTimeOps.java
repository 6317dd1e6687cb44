package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.time.LocalDate;
import java.time.ZoneId;

/// `date`, `time`, `timestamp` and `timestamptz`: the types of dates and times that are held as a
/// long.
final class DateTimeOps {
  private DateTimeOps() {}

  /// `date`: days since 2000-01-01.
  static final class Date extends LongOps {
    Date() {
      super(4, true);
    }

    @Override
    long parse(String text, int typmod, EvalContext context) {
      DateTimeParser parsed = DateTimeParser.parse(text, "date", context);
      return switch (parsed.special) {
        case INFINITY -> DateMath.DATE_INFINITY;
        case NEGATIVE_INFINITY -> DateMath.DATE_NEGATIVE_INFINITY;
        case EPOCH -> -DateMath.EPOCH_DAYS;
        case NOW ->
            DateMath.timestampToDate(
                DateMath.toLocal(context.transactionTimestamp(), context.timeZone()));
        case NONE -> {
          LocalDate day = parsed.day;
          if (day == null) {
            throw parsed.badFormat();
          }
          long date = DateMath.fromLocalDate(day);
          if (!DateMath.isValidDate(date)) {
            throw PgException.error(
                SqlState.DATETIME_FIELD_OVERFLOW, "date out of range: \"%s\"", text);
          }
          yield date;
        }
      };
    }

    @Override
    void format(long value, EvalContext context, ByteWriter out) {
      DateTimeFormat.date(value, context, out);
    }

    @Override
    public void receive(
        byte[] data, int offset, int length, int typmod, EvalContext context, Column out, int row) {
      super.receive(data, offset, length, typmod, context, out, row);
      long date = out.getLong(row);
      if (DateMath.isFiniteDate(date)) {
        DateMath.checkDate(date);
      }
    }
  }

  /// `time`: microseconds since midnight.
  static final class Time extends LongOps {
    Time() {
      super(8, true);
    }

    @Override
    long parse(String text, int typmod, EvalContext context) {
      DateTimeParser parsed = DateTimeParser.parse(text, "time", context);
      long time = timeOf(parsed, context);
      return DateMath.round(time, typmod);
    }

    static long timeOf(DateTimeParser parsed, EvalContext context) {
      if (parsed.special == DateTimeParser.Special.NOW) {
        return DateMath.timeOf(
            DateMath.toLocal(context.transactionTimestamp(), context.timeZone()));
      }
      if (parsed.special != DateTimeParser.Special.NONE || parsed.time < 0) {
        throw parsed.badFormat();
      }
      return parsed.time;
    }

    @Override
    void format(long value, EvalContext context, ByteWriter out) {
      DateTimeFormat.time(value, out);
    }

    @Override
    public void receive(
        byte[] data, int offset, int length, int typmod, EvalContext context, Column out, int row) {
      super.receive(data, offset, length, typmod, context, out, row);
      long time = out.getLong(row);
      if (time < 0 || time > DateMath.MICROS_PER_DAY) {
        throw PgException.error(SqlState.DATETIME_FIELD_OVERFLOW, "time out of range");
      }
      out.setLong(row, DateMath.round(time, typmod));
    }
  }

  /// `timestamp` and `timestamptz`: microseconds since 2000-01-01, local or UTC.
  static final class Timestamp extends LongOps {
    private final boolean withZone;

    Timestamp(boolean withZone) {
      super(8, true);
      this.withZone = withZone;
    }

    @Override
    long parse(String text, int typmod, EvalContext context) {
      DateTimeParser parsed =
          DateTimeParser.parse(text, withZone ? "timestamp with time zone" : "timestamp", context);
      long value =
          switch (parsed.special) {
            case INFINITY -> DateMath.INFINITY;
            case NEGATIVE_INFINITY -> DateMath.NEGATIVE_INFINITY;
            case EPOCH -> -EvalContext.EPOCH_SHIFT;
            case NOW ->
                withZone
                    ? context.transactionTimestamp()
                    : DateMath.toLocal(context.transactionTimestamp(), context.timeZone());
            case NONE -> assemble(parsed, text, context);
          };
      return DateMath.round(value, typmod);
    }

    private long assemble(DateTimeParser parsed, String text, EvalContext context) {
      LocalDate day = parsed.day;
      if (day == null) {
        throw parsed.badFormat();
      }
      try {
        long local = DateMath.timestamp(day, Math.max(parsed.time, 0));
        if (!withZone) {
          return local;
        }
        ZoneId zone = parsed.zone;
        return DateMath.toInstant(local, zone == null ? context.timeZone() : zone);
      } catch (PgException e) {
        throw PgException.error(
            SqlState.DATETIME_FIELD_OVERFLOW, "timestamp out of range: \"%s\"", text);
      }
    }

    @Override
    void format(long value, EvalContext context, ByteWriter out) {
      if (withZone) {
        DateTimeFormat.timestampTz(value, context, out);
      } else {
        DateTimeFormat.timestamp(value, context, out);
      }
    }

    @Override
    public void receive(
        byte[] data, int offset, int length, int typmod, EvalContext context, Column out, int row) {
      super.receive(data, offset, length, typmod, context, out, row);
      long value = out.getLong(row);
      if (DateMath.isFinite(value)) {
        out.setLong(row, DateMath.round(DateMath.checkTimestamp(value), typmod));
      }
    }
  }
}
