package dev.lifeline.events.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.lifeline.events.codec.EventFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Journal lines as records in CloudEvents' binary mode. For one thread.
///
/// A line is cut where its members end, without reading it as JSON: it was written by
/// [dev.lifeline.events.codec.LineWriter], which puts no blanks. Most attributes of an event are
/// those of the event before it, and so are their headers.
final class BinaryRecords {
  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] NO_DATA = new byte[0];
  private static final int HEADERS = 16;

  /// A member of the line before, by its place.
  private static final class Member {
    final byte[] name;
    final String key;
    Header header;

    Member(byte[] name, byte[] value) {
      this.name = name;
      String attribute = new String(name, StandardCharsets.US_ASCII);
      key =
          attribute.equals("datacontenttype")
              ? CloudEventBinding.CONTENT_TYPE
              : CloudEventBinding.PREFIX + attribute;
      header = new RecordHeader(key, value);
    }
  }

  private final List<Member> members = new ArrayList<>();
  private final String topic;
  private final byte[] key;

  BinaryRecords(String topic, byte[] key) {
    this.topic = topic;
    this.key = key;
  }

  /// The record of a line.
  ///
  /// @throws EventFormatException when it is not one
  ProducerRecord<byte[], byte[]> record(long timestampMs, byte[] line) {
    List<Header> headers = new ArrayList<>(HEADERS);
    byte[] data = NO_DATA;
    int at = 0;
    char before = '{';
    while (true) {
      expect(line, at, before);
      expect(line, at + 1, '"');
      int name = at + 2;
      int nameEnd = stringEnd(line, name);
      expect(line, nameEnd + 1, ':');
      int value = nameEnd + 2;
      switch (byteAt(line, value)) {
        case '{' -> {
          at = objectEnd(line, value);
          data = Arrays.copyOfRange(line, value, at);
        }
        case '"' -> {
          int end = stringEnd(line, value + 1);
          headers.add(header(headers.size(), line, name, nameEnd, value + 1, end));
          at = end + 1;
        }
        default -> {
          at = bareEnd(line, value);
          headers.add(header(headers.size(), line, name, nameEnd, value, at));
        }
      }
      if (byteAt(line, at) == '}') {
        return new ProducerRecord<>(topic, null, timestampMs, key, data, headers);
      }
      before = ',';
    }
  }

  private Header header(int place, byte[] line, int name, int nameEnd, int value, int valueEnd) {
    boolean escaped = false;
    for (int i = value; i < valueEnd; i++) {
      escaped |= line[i] == '\\';
    }
    if (place < members.size()) {
      Member known = members.get(place);
      if (Arrays.equals(known.name, 0, known.name.length, line, name, nameEnd)) {
        byte[] last = known.header.value();
        if (escaped || !Arrays.equals(last, 0, last.length, line, value, valueEnd)) {
          known.header = new RecordHeader(known.key, text(line, value, valueEnd, escaped));
        }
        return known.header;
      }
      members.subList(place, members.size()).clear();
    }
    Member member =
        new Member(Arrays.copyOfRange(line, name, nameEnd), text(line, value, valueEnd, escaped));
    members.add(member);
    return member.header;
  }

  private static byte[] text(byte[] line, int from, int to, boolean escaped) {
    if (!escaped) {
      return Arrays.copyOfRange(line, from, to);
    }
    try (JsonParser in = JSON.createParser(line, from - 1, to - from + 2)) {
      in.nextToken();
      return in.getText().getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new EventFormatException("not a journal line: " + e.getMessage(), e);
    }
  }

  /// Where the closing quote stands.
  private static int stringEnd(byte[] line, int from) {
    int at = from;
    while (byteAt(line, at) != '"') {
      at += line[at] == '\\' ? 2 : 1;
    }
    return at;
  }

  /// What stands behind the closing brace.
  private static int objectEnd(byte[] line, int from) {
    int depth = 0;
    for (int at = from; ; at++) {
      switch (byteAt(line, at)) {
        case '{' -> depth++;
        case '}' -> {
          if (--depth == 0) {
            return at + 1;
          }
        }
        case '"' -> at = stringEnd(line, at + 1);
        default -> {}
      }
    }
  }

  /// Where a number ends.
  private static int bareEnd(byte[] line, int from) {
    int at = from;
    while (byteAt(line, at) != ',' && line[at] != '}') {
      at++;
    }
    return at;
  }

  private static void expect(byte[] line, int at, char c) {
    if (byteAt(line, at) != c) {
      throw new EventFormatException("not a journal line: no " + c + " at byte " + at);
    }
  }

  private static byte byteAt(byte[] line, int at) {
    if (at >= line.length) {
      throw new EventFormatException("not a journal line: it has no end");
    }
    return line[at];
  }
}
