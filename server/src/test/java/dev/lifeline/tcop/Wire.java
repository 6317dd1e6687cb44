package dev.lifeline.tcop;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A client's messages, and the server's in words.
final class Wire {
  private Wire() {}

  static Buffer startup(String... parameters) {
    Buffer body = Buffer.buffer().appendInt(3 << 16);
    for (String parameter : parameters) {
      cstring(body, parameter);
    }
    body.appendByte((byte) 0);
    return Buffer.buffer().appendInt(body.length() + 4).appendBuffer(body);
  }

  static Buffer request(int code, int... rest) {
    Buffer body = Buffer.buffer().appendInt(code);
    for (int word : rest) {
      body.appendInt(word);
    }
    return Buffer.buffer().appendInt(body.length() + 4).appendBuffer(body);
  }

  static Buffer message(char type, Buffer body) {
    return Buffer.buffer().appendByte((byte) type).appendInt(body.length() + 4).appendBuffer(body);
  }

  static Buffer message(char type) {
    return message(type, Buffer.buffer());
  }

  static Buffer query(String sql) {
    return message('Q', cstring(Buffer.buffer(), sql));
  }

  static Buffer password(String text) {
    return message('p', cstring(Buffer.buffer(), text));
  }

  static Buffer parse(String name, String sql, int... types) {
    Buffer body = cstring(cstring(Buffer.buffer(), name), sql).appendShort((short) types.length);
    for (int type : types) {
      body.appendInt(type);
    }
    return message('P', body);
  }

  static Buffer bind(String portal, String statement, @Nullable String... values) {
    Buffer body = cstring(cstring(Buffer.buffer(), portal), statement).appendShort((short) 0);
    body.appendShort((short) values.length);
    for (String value : values) {
      if (value == null) {
        body.appendInt(-1);
      } else {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        body.appendInt(bytes.length).appendBytes(bytes);
      }
    }
    return message('B', body.appendShort((short) 0));
  }

  static Buffer bindBinary(String portal, String statement) {
    Buffer body = cstring(cstring(Buffer.buffer(), portal), statement).appendShort((short) 0);
    return message('B', body.appendShort((short) 0).appendShort((short) 1).appendShort((short) 1));
  }

  static Buffer describe(char kind, String name) {
    return message('D', cstring(Buffer.buffer().appendByte((byte) kind), name));
  }

  static Buffer close(char kind, String name) {
    return message('C', cstring(Buffer.buffer().appendByte((byte) kind), name));
  }

  static Buffer execute(String portal, int rows) {
    return message('E', cstring(Buffer.buffer(), portal).appendInt(rows));
  }

  static Buffer sync() {
    return message('S');
  }

  static Buffer copyData(String data) {
    return message('d', Buffer.buffer(data));
  }

  static Buffer all(Buffer... messages) {
    Buffer all = Buffer.buffer();
    for (Buffer message : messages) {
      all.appendBuffer(message);
    }
    return all;
  }

  private static Buffer cstring(Buffer to, String text) {
    return to.appendString(text).appendByte((byte) 0);
  }

  private static final Map<Character, String> NAMES =
      Map.ofEntries(
          Map.entry('1', "ParseComplete"),
          Map.entry('2', "BindComplete"),
          Map.entry('3', "CloseComplete"),
          Map.entry('I', "EmptyQuery"),
          Map.entry('n', "NoData"),
          Map.entry('s', "Suspended"),
          Map.entry('c', "CopyDone"),
          Map.entry('G', "CopyIn"),
          Map.entry('H', "CopyOut"));

  /// The server's messages, each in one line.
  static List<String> read(Buffer bytes) {
    List<String> messages = new ArrayList<>();
    int at = 0;
    while (at < bytes.length()) {
      char type = (char) bytes.getByte(at);
      int length = bytes.getInt(at + 1);
      messages.add(describe(type, bytes.getBuffer(at + 5, at + 1 + length)));
      at += 1 + length;
    }
    return messages;
  }

  private static String describe(char type, Buffer body) {
    return switch (type) {
      case 'Z' -> "Ready " + (char) body.getByte(0);
      case 'C' -> "Complete " + body.getString(0, body.length() - 1);
      case 'D' -> "Row" + row(body);
      case 'T' -> "Columns" + columns(body);
      case 't' -> "Parameters " + body.getShort(0);
      case 'E' -> "Error " + fields(body);
      case 'A' -> "Notification " + body.getString(4, body.length() - 1).replace('\0', ' ');
      case 'N' -> "Notice " + fields(body);
      case 'S' -> "Parameter " + strings(body).get(0) + "=" + strings(body).get(1);
      case 'K' -> "Key " + body.getInt(0) + " " + body.getInt(4);
      case 'R' -> "Auth " + body.getInt(0) + text(body.getBuffer(4, body.length()));
      case 'd' -> "Data " + body.toString().strip();
      case 'v' -> "Negotiate " + body.getInt(0) + " " + body.getInt(4);
      default -> NAMES.getOrDefault(type, "Unknown " + type);
    };
  }

  private static String text(Buffer bytes) {
    String text = bytes.toString().replace("\0", " ").strip();
    return text.isEmpty() ? "" : " " + text;
  }

  private static String row(Buffer body) {
    StringBuilder row = new StringBuilder();
    int at = 2;
    for (int i = 0; i < body.getShort(0); i++) {
      int length = body.getInt(at);
      at += 4;
      row.append(' ').append(length < 0 ? "null" : body.getString(at, at + length));
      at += Math.max(length, 0);
    }
    return row.toString();
  }

  private static String columns(Buffer body) {
    StringBuilder columns = new StringBuilder();
    int at = 2;
    for (int i = 0; i < body.getShort(0); i++) {
      int end = at;
      while (body.getByte(end) != 0) {
        end++;
      }
      columns.append(' ').append(body.getString(at, end));
      int type = body.getInt(end + 7);
      columns.append(':').append(type).append(':').append(body.getShort(end + 17));
      at = end + 19;
    }
    return columns.toString();
  }

  private static List<String> strings(Buffer body) {
    return List.of(body.toString().split("\0", -1));
  }

  /// `ERROR 22012 division by zero`, with what else is told.
  private static String fields(Buffer body) {
    StringBuilder rest = new StringBuilder();
    String severity = "";
    String code = "";
    String message = "";
    for (String field : strings(body)) {
      if (field.isEmpty()) {
        break;
      }
      String value = field.substring(1);
      switch (field.charAt(0)) {
        case 'S' -> severity = value;
        case 'C' -> code = value;
        case 'M' -> message = value;
        case 'V' -> {}
        default -> rest.append(" | ").append(field.charAt(0)).append(':').append(value);
      }
    }
    return severity + " " + code + " " + message + rest;
  }
}
