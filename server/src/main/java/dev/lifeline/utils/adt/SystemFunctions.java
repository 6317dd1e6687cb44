package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Functions over `pg_lsn`, sizes, names of catalog objects, and uuids.
final class SystemFunctions {
  private static final String[] SIZE_UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB"};

  private SystemFunctions() {}

  static void register(FnTable t) {
    registerLsn(t);
    registerNames(t);
    t.lo("pg_size_pretty", a -> Text.of(pretty(BigInteger.valueOf(a))));
    t.o1("pg_size_pretty_numeric", SystemFunctions::prettyNumeric);
    t.ol("pg_size_bytes", (Text a) -> sizeBytes(a.toString()));
    t.callObject(
        "gen_random_uuid",
        c -> {
          long high = c.context().random().nextLong();
          long low = c.context().random().nextLong();
          // Version 4, variant 2.
          return new Uuid(
              (high & ~0xF000L) | 0x4000L, (low & 0x3FFF_FFFF_FFFF_FFFFL) | Long.MIN_VALUE);
        });
  }

  private static void registerLsn(FnTable t) {
    t.callObject("pg_lsn_mi", c -> difference(c.getLong(0), c.getLong(1)));
    t.callObject("pg_wal_lsn_diff(3220,3220)", c -> difference(c.getLong(0), c.getLong(1)));
    t.callLong("pg_lsn_pli", c -> shift(c.getLong(0), c.numeric(1), false));
    t.callLong("pg_lsn_mii", c -> shift(c.getLong(0), c.numeric(1), true));
    t.callLong("numeric_pl_pg_lsn(1700,3220)", c -> shift(c.getLong(1), c.numeric(0), false));
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  private static Numeric difference(long a, long b) {
    return Numeric.of(unsigned(a).subtract(unsigned(b)));
  }

  private static long shift(long lsn, Numeric by, boolean back) {
    if (by.isNan()) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "cannot %s NaN %s pg_lsn",
          back ? "subtract" : "add",
          back ? "from" : "to");
    }
    BigInteger distance =
        by.isNumber()
            ? by.number().setScale(0, RoundingMode.HALF_UP).toBigInteger()
            : BigInteger.ONE.shiftLeft(80);
    BigInteger result = unsigned(lsn).add(back ? distance.negate() : distance);
    if (result.signum() < 0 || result.bitLength() > 64) {
      throw PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "pg_lsn out of range");
    }
    return result.longValue();
  }

  private static void registerNames(FnTable t) {
    for (String type :
        new String[] {
          "class", "type", "proc", "procedure", "oper", "operator", "namespace", "role", "collation"
        }) {
      int oid = Objects.requireNonNull(Types.find("reg" + type)).oid();
      t.callLong("to_reg" + type, c -> toReg(c, oid));
    }
    t.callLong(
        "text_regclass", c -> new RegOps(Types.REGCLASS).parse(c.string(0), -1, c.context()));
    t.set("pg_get_keywords", c -> SqlKeywords.rows());
    t.o1("oidvectortypes", SystemFunctions::typeNames);
    t.callObject(
        "pg_get_userbyid",
        c -> {
          String name = c.context().catalog().roleName((int) c.getLong(0));
          return Text.of(name == null ? "unknown (OID=" + c.getLong(0) + ")" : name);
        });
  }

  private static Text typeNames(PgArray oids) {
    StringJoiner names = new StringJoiner(", ");
    for (int i = 0; i < oids.size(); i++) {
      names.add(FormatType.name((int) oids.elements().getLong(i)));
    }
    return Text.of(names.toString());
  }

  private static long toReg(Call c, int type) {
    long oid;
    try {
      oid = RegOps.lookup(type, c.string(0), c.context());
    } catch (PgException e) {
      if (e.sqlState() == SqlState.AMBIGUOUS_FUNCTION) {
        return c.returnNull();
      }
      throw e;
    }
    return oid == 0 ? c.returnNull() : oid;
  }

  /// In the largest unit in which the number is at least 10 (or 20480 of the one below).
  private static String pretty(BigInteger size) {
    BigInteger limit = BigInteger.valueOf(10 * 1024);
    BigInteger doubled = size;
    int unit = 0;
    // From kB on the number is kept doubled, so that halving it rounds.
    while (unit < SIZE_UNITS.length - 1) {
      BigInteger bound = unit == 0 ? limit : limit.shiftLeft(1).subtract(BigInteger.ONE);
      if (doubled.abs().compareTo(bound) < 0) {
        break;
      }
      doubled =
          unit == 0
              ? doubled.divide(BigInteger.valueOf(512))
              : doubled.divide(BigInteger.valueOf(1024));
      unit++;
    }
    if (unit > 0) {
      BigInteger half = doubled.signum() < 0 ? BigInteger.ONE.negate() : BigInteger.ONE;
      doubled = doubled.add(half).divide(BigInteger.TWO);
    }
    return doubled + " " + SIZE_UNITS[unit];
  }

  private static Text prettyNumeric(Numeric size) {
    if (!size.isNumber()) {
      return Text.of(size + " bytes");
    }
    BigDecimal value = size.number();
    if (value.abs().compareTo(BigDecimal.valueOf(10 * 1024)) < 0) {
      return Text.of(value.toPlainString() + " bytes");
    }
    return Text.of(pretty(value.toBigInteger()));
  }

  private static long sizeBytes(String text) {
    Matcher m =
        Pattern.compile("\\s*([+-]?[0-9]*\\.?[0-9]*(?:[eE][+-]?[0-9]+)?)\\s*([A-Za-z]*)\\s*")
            .matcher(text);
    BigDecimal number;
    try {
      number = m.matches() ? new BigDecimal(m.group(1)) : null;
    } catch (NumberFormatException e) {
      number = null;
    }
    if (number == null) {
      throw Errors.invalidParameter("invalid size: \"%s\"", text);
    }
    int shift =
        switch (m.group(2).toLowerCase(Locale.ROOT)) {
          case "", "b", "bytes" -> 0;
          case "kb" -> 10;
          case "mb" -> 20;
          case "gb" -> 30;
          case "tb" -> 40;
          case "pb" -> 50;
          default ->
              throw Errors.invalidParameter("invalid size: \"%s\"", text)
                  .detail("Invalid size unit: \"%s\".", m.group(2))
                  .hint(
                      "Valid units are \"bytes\", \"B\", \"kB\", \"MB\", \"GB\", \"TB\", and"
                          + " \"PB\".");
        };
    return NumericFunctions.toInt(
        Numeric.of(number.multiply(BigDecimal.valueOf(1L << shift))),
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        "bigint");
  }
}
