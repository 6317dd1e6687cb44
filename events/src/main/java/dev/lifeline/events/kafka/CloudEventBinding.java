package dev.lifeline.events.kafka;

import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.JsonWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/// Journal lines as Kafka records and back, by the CloudEvents Kafka protocol binding 1.0.
///
/// What goes out in binary mode is made by [BinaryRecords]. Nothing is lost on the way: the headers
/// keep the order of the line's members, so the line that comes back is the journal's, byte for
/// byte, with its CRC and its chain hash.
public final class CloudEventBinding {
  static final String CONTENT_TYPE = "content-type";
  static final String PREFIX = "ce_";

  private static final String STRUCTURED = "application/cloudevents+json; charset=UTF-8";

  private CloudEventBinding() {}

  /// A record in structured mode.
  static ProducerRecord<byte[], byte[]> structured(
      String topic, byte[] key, long timestampMs, byte[] line) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, timestampMs, key, line);
    record.headers().add(CONTENT_TYPE, STRUCTURED.getBytes(StandardCharsets.UTF_8));
    return record;
  }

  /// The journal line of a record in either mode.
  ///
  /// @throws EventFormatException when it is not one of ours
  public static byte[] line(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      throw new EventFormatException("a record without a value is not an event");
    }
    Header contentType = record.headers().lastHeader(CONTENT_TYPE);
    if (contentType == null) {
      throw new EventFormatException("a record without content-type is not an event");
    }
    if (text(contentType).startsWith("application/cloudevents")) {
      return record.value();
    }
    JsonWriter out = new JsonWriter();
    char separator = '{';
    boolean dataWritten = false;
    for (Header header : record.headers()) {
      boolean type = header.key().equals(CONTENT_TYPE);
      if (!type && !header.key().startsWith(PREFIX)) {
        continue; // somebody else's, e.g. a tracing agent's
      }
      String name = type ? "datacontenttype" : header.key().substring(PREFIX.length());
      if (!dataWritten && (name.equals("durable") || name.equals("chain"))) {
        out.raw(separator).ascii("\"data\":").raw(record.value());
        separator = ',';
        dataWritten = true;
      }
      out.raw(separator).string(name).raw(':');
      if (name.equals("dropped")) {
        out.ascii(text(header)); // the only attribute that is a number
      } else {
        out.string(text(header));
      }
      separator = ',';
    }
    return out.raw('}').toByteArray();
  }

  private static String text(Header header) {
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
