package dev.lifeline.events.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/// Journal lines as Kafka records and back, by the CloudEvents Kafka protocol binding 1.0.
///
/// Nothing is lost on the way: the headers keep the order of the line's members, so the line that
/// comes back is the journal's, byte for byte, with its CRC and its chain hash.
public final class CloudEventBinding {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String CONTENT_TYPE = "content-type";
  private static final String STRUCTURED = "application/cloudevents+json; charset=UTF-8";
  private static final String PREFIX = "ce_";
  private static final byte[] NO_DATA = new byte[0];

  private CloudEventBinding() {}

  /// A record in binary mode.
  static ProducerRecord<byte[], byte[]> binary(
      String topic, byte[] key, long timestampMs, byte[] line) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, timestampMs, key, NO_DATA);
    Headers headers = record.headers();
    byte[] data = NO_DATA;
    try (JsonParser in = JSON.createParser(line)) {
      in.nextToken();
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        JsonToken token = in.nextToken();
        if (token == JsonToken.START_OBJECT) {
          int from = (int) in.currentTokenLocation().getByteOffset();
          in.skipChildren();
          data = Arrays.copyOfRange(line, from, (int) in.currentLocation().getByteOffset());
        } else {
          String header = name.equals("datacontenttype") ? CONTENT_TYPE : PREFIX + name;
          headers.add(header, in.getText().getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      throw new EventFormatException("not a journal line: " + e.getMessage(), e);
    }
    return new ProducerRecord<>(topic, null, timestampMs, key, data, headers);
  }

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
