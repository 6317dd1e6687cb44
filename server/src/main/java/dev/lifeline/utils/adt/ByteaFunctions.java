package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/// Functions over `bytea`.
final class ByteaFunctions {
  private static final int BASE64_LINE = 76;

  private ByteaFunctions() {}

  static void register(FnTable t) {
    t.ol("byteaoctetlen", Bytea::length);
    t.ol("bit_length(17)", (Bytea a) -> a.length() * 8L);
    t.o2("byteacat", ByteaFunctions::concat);
    t.callObject(
        "bytea_substr", c -> substring(c.get(0, Bytea.class), c.getLong(1), c.getLong(2), true));
    t.callObject(
        "bytea_substr_no_len", c -> substring(c.get(0, Bytea.class), c.getLong(1), 0, false));
    t.callLong(
        "byteapos",
        c ->
            TextFunctions.indexOf(c.get(0, Bytea.class).bytes(), c.get(1, Bytea.class).bytes(), 0)
                + 1L);
    t.callLong("byteaGetByte", c -> byteAt(c, c.get(0, Bytea.class)) & 0xFF);
    t.callObject("byteaSetByte", ByteaFunctions::setByte);
    t.callObject("binary_encode", ByteaFunctions::encode);
    t.callObject("binary_decode", ByteaFunctions::decode);
    t.callObject("pg_convert_from", ByteaFunctions::convertFrom);
    t.callObject("pg_convert_to", ByteaFunctions::convertTo);
  }

  private static Bytea concat(Bytea a, Bytea b) {
    byte[] both = Arrays.copyOf(a.bytes(), a.length() + b.length());
    System.arraycopy(b.bytes(), 0, both, a.length(), b.length());
    return Bytea.wrap(both);
  }

  private static Bytea substring(Bytea a, long from, long length, boolean hasLength) {
    if (hasLength && length < 0) {
      throw PgException.error(SqlState.SUBSTRING_ERROR, "negative substring length not allowed");
    }
    long end = hasLength ? from + length - 1 : a.length();
    long first = Math.max(from, 1) - 1;
    long last = Math.min(end, a.length());
    return Bytea.wrap(
        first >= last ? new byte[0] : Arrays.copyOfRange(a.bytes(), (int) first, (int) last));
  }

  private static byte byteAt(Call c, Bytea a) {
    return a.bytes()[checkIndex(c.getLong(1), a)];
  }

  private static int checkIndex(long index, Bytea a) {
    if (index < 0 || index >= a.length()) {
      throw PgException.error(
          SqlState.ARRAY_ELEMENT_ERROR,
          "index %d out of valid range, 0..%d",
          index,
          a.length() - 1);
    }
    return (int) index;
  }

  private static Bytea setByte(Call c) {
    Bytea a = c.get(0, Bytea.class);
    byte[] bytes = a.bytes().clone();
    bytes[checkIndex(c.getLong(1), a)] = (byte) c.getLong(2);
    return Bytea.wrap(bytes);
  }

  private static Text encode(Call c) {
    byte[] bytes = c.get(0, Bytea.class).bytes();
    ByteWriter out = new ByteWriter(bytes.length * 2);
    switch (c.string(1).toLowerCase(Locale.ROOT)) {
      case "hex" -> ByteaOps.hex(bytes, out);
      case "escape" -> escape(bytes, out);
      case "base64" ->
          out.bytes(Base64.getMimeEncoder(BASE64_LINE, new byte[] {'\n'}).encode(bytes));
      default -> throw unknownEncoding(c.string(1));
    }
    return Text.wrap(out.toBytes());
  }

  /// Unlike the escape format of bytea, only zero bytes and those beyond ASCII are escaped.
  private static void escape(byte[] bytes, ByteWriter out) {
    for (byte b : bytes) {
      if (b <= 0) {
        ByteaOps.escape(new byte[] {b}, out);
      } else if (b == '\\') {
        out.ascii("\\\\");
      } else {
        out.int8(b);
      }
    }
  }

  private static Bytea decode(Call c) {
    byte[] text = c.text(0).bytes();
    return switch (c.string(1).toLowerCase(Locale.ROOT)) {
      case "hex" -> Bytea.wrap(ByteaOps.decodeHex(text, 0, text.length));
      case "escape" -> ByteaOps.parse(text, 0, text.length);
      case "base64" -> Bytea.wrap(decodeBase64(c.string(0)));
      default -> throw unknownEncoding(c.string(1));
    };
  }

  private static byte[] decodeBase64(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean ok =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '+'
              || c == '/'
              || c == '='
              || c == ' '
              || c == '\n'
              || c == '\r'
              || c == '\t';
      if (!ok) {
        throw Errors.invalidParameter(
            "invalid symbol \"%s\" found while decoding base64 sequence", c);
      }
    }
    try {
      return Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Errors.invalidParameter("invalid base64 end sequence")
          .hint("Input data is missing padding, is truncated, or is otherwise corrupted.");
    }
  }

  private static PgException unknownEncoding(String name) {
    return Errors.invalidParameter("unrecognized encoding: \"%s\"", name);
  }

  private static Text convertFrom(Call c) {
    checkUtf8(c.string(1), "source");
    byte[] bytes = c.get(0, Bytea.class).bytes();
    return WireFormat.text(bytes, 0, bytes.length);
  }

  private static Bytea convertTo(Call c) {
    checkUtf8(c.string(1), "destination");
    return Bytea.wrap(c.string(0).getBytes(StandardCharsets.UTF_8));
  }

  private static void checkUtf8(String encoding, String which) {
    String name = encoding.toUpperCase(Locale.ROOT).replace("-", "").replace("_", "");
    if (!name.equals("UTF8") && !name.equals("UNICODE") && !name.equals("SQLASCII")) {
      throw PgException.notSupported(which + " encoding " + encoding);
    }
  }
}
