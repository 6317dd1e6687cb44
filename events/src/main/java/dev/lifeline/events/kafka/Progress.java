package dev.lifeline.events.kafka;

import dev.lifeline.events.Wide;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.RecordCodec;
import java.lang.invoke.MethodHandles;
import java.time.Instant;
import java.util.List;

/// How far the publishing of a cluster has come, as `lifeline.progress.v1` holds it.
///
/// @param sequence the last that is published
/// @param publisher who wrote this: a random id of each [KafkaPublisher], by which one that was
///   fenced can tell whether somebody took over or only its transaction timed out
/// @param time when it was written
record Progress(@Wide long sequence, String publisher, Instant time) {
  private static final RecordCodec JSON = new RecordCodec(Progress.class, MethodHandles.lookup());

  byte[] toJson() {
    JsonWriter out = new JsonWriter();
    JSON.write(out, this);
    return out.toByteArray();
  }

  static String jsonSchema() {
    return JSON.objectSchema("", List.of());
  }

  static Progress fromJson(byte[] json) {
    return (Progress) JSON.read(json);
  }
}
