package dev.lifeline.utils.adt;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// `json`: the text as it was written, once it is known to be JSON. It has no order.
final class JsonOps extends ObjectOps<Text> {
  @Override
  Text parse(String text, int typmod, EvalContext context) {
    JsonParser.check(text);
    return Text.of(text);
  }

  @Override
  void format(Text value, EvalContext context, ByteWriter out) {
    out.bytes(value.bytes());
  }

  @Override
  Text receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    return parse(new String(data, offset, length, StandardCharsets.UTF_8), typmod, context);
  }

  @Override
  void send(Text value, EvalContext context, ByteWriter out) {
    out.bytes(value.bytes());
  }

  @Override
  int compareValues(Text a, Text b) {
    return a.compareTo(b);
  }

  @Override
  void encodeKey(Text value, ByteWriter out) {
    encodeBytes(value.bytes(), out);
  }

  @Override
  void store(Text value, ByteWriter out) {
    out.bytes(value.bytes());
  }

  @Override
  Text load(MemorySegment page, long offset, int length) {
    return Text.wrap(copy(page, offset, length));
  }
}
