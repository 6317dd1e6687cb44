package dev.lifeline.utils.adt;

import dev.lifeline.utils.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// What an expression may know of its surroundings: settings of the session that change how values
/// are read and written, the statement's and the transaction's time, and, behind [SessionHooks] and
/// [CatalogHooks], the session and the catalog. Belongs to one session and so to one event loop;
/// the session sets the times before each statement, and the settings whenever one changes.
public final class EvalContext {
  /// Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL's timestamps begin.
  public static final long EPOCH_SHIFT = 946_684_800_000_000L;

  private final Clock clock;
  private final SessionHooks session;
  private final CatalogHooks catalog;
  private final Waits waits;
  private final RegexCache regexCache = new RegexCache();
  private RandomGenerator random;

  private DateTimeStyle dateStyle = DateTimeStyle.ISO_MDY;
  private IntervalStyle intervalStyle = IntervalStyle.POSTGRES;
  private ZoneId timeZone = ZoneOffset.UTC;
  private String timeZoneName = "UTC";
  private boolean byteaHex = true;
  private int extraFloatDigits = 1;
  private long transactionTimestamp;
  private long statementTimestamp;

  public EvalContext(Clock clock, SessionHooks session, CatalogHooks catalog) {
    this.clock = clock;
    this.session = session;
    this.catalog = catalog;
    this.waits = new Waits(clock);
    this.random = new SplittableRandom(clock.nanoTime());
  }

  /// The same surroundings with the default settings: for values that other sessions will read.
  public EvalContext withDefaults() {
    return new EvalContext(clock, session, catalog);
  }

  public SessionHooks session() {
    return session;
  }

  public CatalogHooks catalog() {
    return catalog;
  }

  /// Where a function that must wait (`pg_sleep`) keeps what it has waited for already.
  public Waits waits() {
    return waits;
  }

  public DateTimeStyle dateStyle() {
    return dateStyle;
  }

  public EvalContext dateStyle(DateTimeStyle style) {
    dateStyle = style;
    return this;
  }

  public IntervalStyle intervalStyle() {
    return intervalStyle;
  }

  public EvalContext intervalStyle(IntervalStyle style) {
    intervalStyle = style;
    return this;
  }

  public ZoneId timeZone() {
    return timeZone;
  }

  /// The time zone as the user wrote it, which is how `SHOW` and some formats tell it.
  public String timeZoneName() {
    return timeZoneName;
  }

  public EvalContext timeZone(String name, ZoneId zone) {
    timeZoneName = name;
    timeZone = zone;
    return this;
  }

  /// Whether `bytea_output` is `hex` rather than `escape`.
  public boolean byteaHex() {
    return byteaHex;
  }

  public EvalContext byteaHex(boolean hex) {
    byteaHex = hex;
    return this;
  }

  public int extraFloatDigits() {
    return extraFloatDigits;
  }

  public EvalContext extraFloatDigits(int digits) {
    extraFloatDigits = digits;
    return this;
  }

  /// When the transaction began, in microseconds since 2000-01-01 UTC: `now()`.
  public long transactionTimestamp() {
    return transactionTimestamp;
  }

  /// When the client's current message came, in microseconds since 2000-01-01 UTC.
  public long statementTimestamp() {
    return statementTimestamp;
  }

  /// Sets the times of `now()` and `statement_timestamp()`, both in microseconds since 1970-01-01.
  public EvalContext timestamps(long transactionEpochMicros, long statementEpochMicros) {
    transactionTimestamp = transactionEpochMicros - EPOCH_SHIFT;
    statementTimestamp = statementEpochMicros - EPOCH_SHIFT;
    return this;
  }

  /// The time right now, in microseconds since 2000-01-01 UTC: `clock_timestamp()`.
  public long clockTimestamp() {
    return clock.epochMicros() - EPOCH_SHIFT;
  }

  RegexCache regexCache() {
    return regexCache;
  }

  /// The session's generator behind `random()`.
  public RandomGenerator random() {
    return random;
  }

  /// As `setseed()`: makes `random()` repeatable.
  public EvalContext seed(long seed) {
    random = new SplittableRandom(seed);
    return this;
  }
}
