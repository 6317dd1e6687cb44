package dev.lifeline.events.codec;

import com.fasterxml.jackson.core.JsonParser;
import dev.lifeline.events.LifecycleEvent;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One version of a type of event: its CloudEvents `type`, the JSON Schema of its data, and the way
/// from there to what the event is today.
///
/// A log is never rewritten. Whoever reads an old line gets the event of today, because its data is
/// read in the shape that it was written in and raised from version to version; whoever passes the
/// line on, such as the Kafka publisher, passes on what was written.
public final class EventVersion {
  /// What every event's data has beside the members of its record.
  private static final List<String> EXTRA =
      List.of(
          "\"pid\": {\"type\": \"integer\", \"minimum\": 0}",
          "\"backend_type\": {\"type\": \"string\"}");

  private final int number;
  private final String name;
  private final Class<? extends Record> shape;
  private final UnaryOperator<Record> upcaster;
  private final @Nullable EventVersion next;

  /// Made when the version is first written or read: a codec has a method handle for every
  /// component, and a server that starts uses few of the types. Two threads may both make one;
  /// either will do.
  private volatile @Nullable RecordCodec codec;

  /// @param upcaster makes of a record of this version one of the next
  /// @param next null for the version of today
  EventVersion(
      String unversioned,
      int number,
      Class<? extends Record> shape,
      UnaryOperator<Record> upcaster,
      @Nullable EventVersion next) {
    this.number = number;
    this.name = unversioned + ".v" + number;
    this.shape = shape;
    this.upcaster = upcaster;
    this.next = next;
  }

  RecordCodec codec() {
    RecordCodec made = codec;
    if (made == null) {
      made = new RecordCodec(shape);
      codec = made;
    }
    return made;
  }

  /// Counted from 1.
  public int number() {
    return number;
  }

  /// The CloudEvents `type`, `dev.lifeline.wal.flushed.v1`.
  public String name() {
    return name;
  }

  /// What the data was in this version; of today's, the event's own record.
  public Class<? extends Record> shape() {
    return shape;
  }

  /// The CloudEvents `dataschema`, also the schema's `$id`.
  public String schemaId() {
    return "urn:lifeline:schema:" + name;
  }

  /// Where the schema lies in the jar.
  public String schemaResource() {
    return "/schemas/" + name + ".json";
  }

  /// The JSON Schema 2020-12 of the event's `data`, derived from the record.
  public String schema() {
    return codec()
        .objectSchema(
            "\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$id\": \""
                + schemaId()
                + "\", \"title\": \""
                + name
                + "\", ",
            EXTRA);
  }

  /// The same without its identity, for documents that hold many.
  public String payloadSchema() {
    return codec().objectSchema("", EXTRA);
  }

  /// Reads data of this version as the event that it is today.
  LifecycleEvent read(JsonParser in) throws IOException {
    Record value = (Record) codec().read(in);
    for (EventVersion at = this; at.next != null; at = at.next) {
      value = at.upcaster.apply(value);
    }
    return (LifecycleEvent) value;
  }

  @Override
  public String toString() {
    return name;
  }
}
