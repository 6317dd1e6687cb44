package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `numeric`. Stored as two bytes of scale and the unscaled number; a scale beyond all real ones
/// marks NaN and the infinities.
final class NumericOps extends ObjectOps<Numeric> {
  private static final int STORED_NAN = 0xFFFF;
  private static final int STORED_INFINITY = 0xFFFE;
  private static final int STORED_NEGATIVE_INFINITY = 0xFFFD;

  private static final int SIGN_POSITIVE = 0x0000;
  private static final int SIGN_NEGATIVE = 0x4000;
  private static final int SIGN_NAN = 0xC000;
  private static final int SIGN_INFINITY = 0xD000;
  private static final int SIGN_NEGATIVE_INFINITY = 0xF000;
  private static final int NBASE = 10_000;

  private static final int KEY_NEGATIVE_INFINITY = 1;
  private static final int KEY_NEGATIVE = 2;
  private static final int KEY_ZERO = 3;
  private static final int KEY_POSITIVE = 4;
  private static final int KEY_INFINITY = 5;
  private static final int KEY_NAN = 6;

  @Override
  Numeric parse(String text, int typmod, EvalContext context) {
    return NumericTypmod.apply(parse(text), typmod);
  }

  static Numeric parse(String text) {
    String trimmed = text.strip();
    Numeric special =
        switch (trimmed.toLowerCase(Locale.ROOT)) {
          case "nan" -> Numeric.NAN;
          case "infinity", "+infinity", "inf", "+inf" -> Numeric.INFINITY;
          case "-infinity", "-inf" -> Numeric.NEGATIVE_INFINITY;
          default -> null;
        };
    if (special != null) {
      return special;
    }
    checkSyntax(trimmed, text);
    BigDecimal value;
    try {
      value = new BigDecimal(trimmed);
    } catch (NumberFormatException e) {
      // The exponent is no int.
      throw NumericMath.overflow();
    }
    if (value.signum() == 0) {
      return Numeric.of(
          value.scale() < 0 ? BigDecimal.ZERO : value.setScale(Math.min(value.scale(), 16383)));
    }
    if ((long) value.precision() - value.scale() > 131_072 || value.scale() > 100_000) {
      throw NumericMath.overflow();
    }
    return NumericMath.checkRange(value);
  }

  private static void checkSyntax(String text, String shown) {
    int i = 0;
    int n = text.length();
    if (i < n && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
      i++;
    }
    int digits = 0;
    boolean point = false;
    while (i < n && (isDigit(text.charAt(i)) || (text.charAt(i) == '.' && !point))) {
      point |= text.charAt(i) == '.';
      digits += isDigit(text.charAt(i)) ? 1 : 0;
      i++;
    }
    boolean ok = digits > 0;
    if (ok && i < n && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i++;
      if (i < n && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
        i++;
      }
      ok = i < n;
      while (i < n && isDigit(text.charAt(i))) {
        i++;
      }
    }
    if (!ok || i != n) {
      throw LongOps.invalidSyntax("numeric", shown);
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  @Override
  void format(Numeric value, EvalContext context, ByteWriter out) {
    out.ascii(value.toString());
  }

  @Override
  Numeric receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    if (length < 8) {
      throw WireFormat.insufficientData();
    }
    int digits = int16(data, offset);
    int weight = (short) int16(data, offset + 2);
    int sign = int16(data, offset + 4);
    int scale = int16(data, offset + 6);
    if (sign != SIGN_POSITIVE && sign != SIGN_NEGATIVE) {
      return receiveSpecial(sign, typmod);
    }
    if ((scale & ~0x3FFF) != 0) {
      throw WireFormat.incorrect("invalid scale in external \"numeric\" value");
    }
    WireFormat.check(length, 8 + digits * 2);
    BigInteger unscaled = BigInteger.ZERO;
    BigInteger base = BigInteger.valueOf(NBASE);
    for (int i = 0; i < digits; i++) {
      int digit = int16(data, offset + 8 + i * 2);
      if (digit >= NBASE) {
        throw WireFormat.incorrect("invalid digit in external \"numeric\" value");
      }
      unscaled = unscaled.multiply(base).add(BigInteger.valueOf(digit));
    }
    BigDecimal value = new BigDecimal(unscaled, 4 * (digits - 1 - weight));
    // What the sender did not want to be seen is cut off.
    value = value.setScale(scale, RoundingMode.DOWN);
    return NumericTypmod.apply(Numeric.of(sign == SIGN_NEGATIVE ? value.negate() : value), typmod);
  }

  private static Numeric receiveSpecial(int sign, int typmod) {
    return switch (sign) {
      case SIGN_NAN -> Numeric.NAN;
      case SIGN_INFINITY -> NumericTypmod.apply(Numeric.INFINITY, typmod);
      case SIGN_NEGATIVE_INFINITY -> NumericTypmod.apply(Numeric.NEGATIVE_INFINITY, typmod);
      default -> throw WireFormat.incorrect("invalid sign in external \"numeric\" value");
    };
  }

  private static int int16(byte[] data, int at) {
    return (data[at] & 0xFF) << 8 | (data[at + 1] & 0xFF);
  }

  @Override
  void send(Numeric value, EvalContext context, ByteWriter out) {
    if (!value.isNumber()) {
      out.int32(0);
      out.int16(
          value.isNan() ? SIGN_NAN : value.sign() > 0 ? SIGN_INFINITY : SIGN_NEGATIVE_INFINITY);
      out.int16(value.isNan() ? 0 : 0x20);
      return;
    }
    BigDecimal number = value.number();
    // Digits of base 10000, the last ones first.
    int padding = Math.floorMod(-number.scale(), 4);
    BigInteger rest = number.unscaledValue().abs().multiply(BigInteger.TEN.pow(padding));
    int fractionDigits = (number.scale() + padding) / 4;
    BigInteger base = BigInteger.valueOf(NBASE);
    ArrayList<Integer> digits = new ArrayList<>();
    while (rest.signum() != 0) {
      BigInteger[] parts = rest.divideAndRemainder(base);
      digits.add(parts[1].intValue());
      rest = parts[0];
    }
    int weight = digits.isEmpty() ? 0 : digits.size() - 1 - fractionDigits;
    int trailingZeros = 0;
    while (trailingZeros < digits.size() && digits.get(trailingZeros) == 0) {
      trailingZeros++;
    }
    out.int16(digits.size() - trailingZeros);
    out.int16(weight);
    out.int16(number.signum() < 0 ? SIGN_NEGATIVE : SIGN_POSITIVE);
    out.int16(number.scale());
    for (int i = digits.size() - 1; i >= trailingZeros; i--) {
      out.int16(digits.get(i));
    }
  }

  @Override
  int compareValues(Numeric a, Numeric b) {
    return a.compareTo(b);
  }

  /// A class, then, for numbers, the decimal exponent and the digits in pairs, all of it inverted
  /// for negative ones.
  @Override
  void encodeKey(Numeric value, ByteWriter out) {
    if (!value.isNumber()) {
      out.int8(value.isNan() ? KEY_NAN : value.sign() > 0 ? KEY_INFINITY : KEY_NEGATIVE_INFINITY);
      return;
    }
    BigDecimal number = value.number();
    if (number.signum() == 0) {
      out.int8(KEY_ZERO);
      return;
    }
    boolean negative = number.signum() < 0;
    out.int8(negative ? KEY_NEGATIVE : KEY_POSITIVE);
    int from = out.size();
    out.int32((number.precision() - number.scale()) ^ Integer.MIN_VALUE);
    String digits = number.unscaledValue().abs().toString();
    int length = digits.length();
    while (digits.charAt(length - 1) == '0') {
      length--;
    }
    for (int i = 0; i < length; i += 2) {
      int second = i + 1 < length ? digits.charAt(i + 1) - '0' : 0;
      out.int8((digits.charAt(i) - '0') * 10 + second + 1);
    }
    out.int8(0);
    if (negative) {
      byte[] bytes = out.array();
      for (int i = from; i < out.size(); i++) {
        bytes[i] = (byte) ~bytes[i];
      }
    }
  }

  /// The key has not the zeros at the end of the digits.
  @Override
  public KeyForm keyForm() {
    return KeyForm.DELIMITED;
  }

  @Override
  public int decodeKey(byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    int kind = (inverted ? ~key[from] : key[from]) & 0xFF;
    if (kind != KEY_NEGATIVE && kind != KEY_POSITIVE) {
      return from + 1;
    }
    byte end = (byte) ((kind == KEY_NEGATIVE) == inverted ? 0 : 0xFF);
    int at = from + 1 + Integer.BYTES;
    while (key[at] != end) {
      at++;
    }
    return at + 1;
  }

  @Override
  void store(Numeric value, ByteWriter out) {
    if (!value.isNumber()) {
      out.int16(
          value.isNan()
              ? STORED_NAN
              : value.sign() > 0 ? STORED_INFINITY : STORED_NEGATIVE_INFINITY);
      return;
    }
    BigDecimal number = value.number();
    out.int16(number.scale());
    out.bytes(number.unscaledValue().toByteArray());
  }

  @Override
  Numeric load(MemorySegment page, long offset, int length) {
    byte[] bytes = copy(page, offset, length);
    if (length < 2) {
      throw PgException.error(SqlState.DATA_CORRUPTED, "stored numeric of %d bytes", length);
    }
    int scale = int16(bytes, 0);
    if (length == 2) {
      return switch (scale) {
        case STORED_NAN -> Numeric.NAN;
        case STORED_INFINITY -> Numeric.INFINITY;
        default -> Numeric.NEGATIVE_INFINITY;
      };
    }
    if (length <= 10) {
      long unscaled = bytes[2];
      for (int i = 3; i < length; i++) {
        unscaled = unscaled << 8 | (bytes[i] & 0xFF);
      }
      return Numeric.of(BigDecimal.valueOf(unscaled, scale));
    }
    return Numeric.of(new BigDecimal(new BigInteger(bytes, 2, length - 2), scale));
  }
}
