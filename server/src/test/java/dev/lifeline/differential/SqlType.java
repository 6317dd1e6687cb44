package dev.lifeline.differential;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The types that statements are made of, each with values that meet often enough for joins and
/// groups to have something to do.
enum SqlType {
  BOOL(16, "boolean", "true", "false"),
  INT2(21, "smallint", "0", "1", "2", "3", "5", "7", "10", "-1", "-3", "100"),
  INT4(23, "integer", "0", "1", "2", "3", "5", "7", "10", "-1", "-7", "42", "1000"),
  INT8(20, "bigint", "0", "1", "2", "3", "5", "10", "-1", "-9", "42", "4294967296"),
  NUMERIC(1700, "numeric", "0", "1", "1.5", "2.50", "-3.25", "10", "100.00", "0.001"),
  FLOAT4(700, "real", "0", "0.5", "1", "1.5", "-2.25", "100"),
  FLOAT8(701, "double precision", "0", "0.5", "1", "2.5", "-3.75", "1000", "0.125"),
  TEXT(25, "text", "", "a", "b", "A", "abc", "ab c", "foo", "Foo Bar", "42", "ä€", "50%", "a_b"),
  VARCHAR(1043, "character varying", "", "a", "b", "abc", "foo", "bar", "x y", "7"),
  BPCHAR(1042, "character(6)", "a", "b", "abc", "foo", "bar  ", "zz"),
  DATE(
      1082,
      "date",
      "2020-01-01",
      "2020-02-29",
      "1999-12-31",
      "2024-03-10",
      "2000-01-01",
      "2020-01-31"),
  TIME(1083, "time without time zone", "00:00:00", "12:30:00", "23:59:59.5", "08:15:01"),
  TIMESTAMP(
      1114,
      "timestamp without time zone",
      "2020-01-01 00:00:00",
      "2020-02-29 12:30:00",
      "1999-12-31 23:59:59.999999",
      "2024-03-31 02:30:00"),
  TIMESTAMPTZ(
      1184,
      "timestamp with time zone",
      "2020-01-01 00:00:00+00",
      "2020-07-01 12:00:00+02",
      "1999-12-31 23:59:59-08"),
  INTERVAL(1186, "interval", "1 day", "2 hours", "1 mon", "-3 days", "1 year 2 mons", "90 min"),
  UUID(
      2950,
      "uuid",
      "00000000-0000-0000-0000-000000000000",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      "ffffffff-ffff-ffff-ffff-ffffffffffff"),
  BYTEA(17, "bytea", "\\x", "\\x00", "\\x616263", "\\xff00ff"),
  JSON(114, "json", "{\"a\": 1}", "[1,2,3]", "null", "\"x\"", "{\"a\":{\"b\":[1,null]}}"),
  JSONB(
      3802,
      "jsonb",
      "{\"a\": 1}",
      "[1,2,3]",
      "null",
      "\"x\"",
      "{\"a\":{\"b\":[1,null]}}",
      "{\"b\":2,\"a\":1}",
      "1.50",
      "[]",
      "{}"),
  INT4_ARRAY(1007, "integer[]", "{}", "{1,2,3}", "{NULL,1}", "{7}", "{3,1,2}"),
  TEXT_ARRAY(1009, "text[]", "{}", "{a,b}", "{\"a b\",NULL}", "{abc}", "{\"\",\"x\\\"y\"}"),
  TIMETZ(1266, "time with time zone", "00:00:00+00", "12:30:00+02", "23:59:59-08"),
  OID(26, "oid", "0", "1", "42", "4294967295"),
  NAME(19, "name", "a", "pg_class", "Foo Bar");

  /// Values at the ends of the types' ranges and other strange ones, for single calls.
  private static final List<List<String>> EXTREMES =
      List.of(
          List.of("INT2", "32767", "-32768"),
          List.of("INT4", "2147483647", "-2147483648"),
          List.of("INT8", "9223372036854775807", "-9223372036854775808"),
          List.of(
              "NUMERIC", "NaN", "Infinity", "-Infinity", "1e30", "123456789.123456789", "1e-20"),
          List.of("FLOAT4", "NaN", "Infinity", "-0", "3.4e38", "1e-40"),
          List.of("FLOAT8", "NaN", "-Infinity", "-0", "1e308", "1e-310", "0.1"),
          List.of("TEXT", "{\"a\":1}", "2020-01-01", "-1.5", "\\", "^(a|b)+$", "😀", "YYYY-MM-DD"),
          List.of("DATE", "infinity", "-infinity", "0044-03-15 BC", "5874897-12-31"),
          List.of("TIMESTAMP", "infinity", "0001-01-01 00:00:00 BC", "294276-12-31 23:59:59"),
          List.of("TIMESTAMPTZ", "-infinity", "0001-01-01 00:00:00+00", "2024-03-31 01:30:00+00"),
          List.of("TIME", "24:00:00", "23:59:59.999999"),
          List.of("INTERVAL", "178000000 years", "-1 mon +30 days", "00:00:00.000001", "0"),
          List.of("INT4_ARRAY", "[0:1]={1,2}", "{2147483647}", "{{1,2},{3,4}}"));

  private final int oid;
  private final String sqlName;

  // List.of makes lists that do not change.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> samples;

  SqlType(int oid, String sqlName, String... samples) {
    this.oid = oid;
    this.sqlName = sqlName;
    this.samples = List.of(samples);
  }

  String sqlName() {
    return sqlName;
  }

  static @Nullable SqlType byOid(int oid) {
    return Arrays.stream(values()).filter(type -> type.oid == oid).findFirst().orElse(null);
  }

  /// Whether its values can be compared, and so grouped and sorted by.
  boolean ordered() {
    return this != JSON;
  }

  boolean isInteger() {
    return this == INT2 || this == INT4 || this == INT8;
  }

  String literal(Dice dice) {
    return literal(dice.pick(samples), dice);
  }

  /// As [#literal(Dice)], now and then a strange one.
  String anyLiteral(Dice dice) {
    for (List<String> extremes : EXTREMES) {
      if (extremes.getFirst().equals(name()) && dice.percent(25)) {
        return quoted(extremes.get(dice.between(1, extremes.size() - 1))) + "::" + sqlName;
      }
    }
    return literal(dice);
  }

  private String literal(String value, Dice dice) {
    if (this == BOOL) {
      return value;
    }
    boolean number = this == INT4 || (this == NUMERIC && value.contains("."));
    if (number && dice.percent(80)) {
      return value.startsWith("-") ? "(" + value + ")" : value;
    }
    return quoted(value) + "::" + sqlName;
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
