package dev.lifeline.events.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// The AsyncAPI document as a consumer uses it: to check what it is sent.
final class AsyncApiDocument {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode root;
  private final Map<String, JsonSchema> schemas = new HashMap<>();

  AsyncApiDocument() throws IOException {
    root = new ObjectMapper(new YAMLFactory()).readTree(AsyncApi.yaml());
  }

  JsonNode root() {
    return root;
  }

  /// What a reference within the document stands for.
  JsonNode resolve(JsonNode node) {
    JsonNode found = node;
    while (found.has("$ref")) {
      String reference = found.get("$ref").asText();
      found = root.at(reference.substring(1));
      assertFalse(found.isMissingNode(), reference);
    }
    return found;
  }

  /// Fails unless the record is one of the channel's messages.
  void check(String channel, ConsumerRecord<byte[], byte[]> record) throws IOException {
    Map<String, String> headers = new HashMap<>();
    record
        .headers()
        .forEach(header ->
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    JsonNode message = message(channel, headers);
    JsonNode payload = JSON.readTree(record.value());
    assertValid(message.get("payload"), payload);
    JsonNode key = bindings(message).at("/kafka/key");
    assertValid(
        key, JSON.getNodeFactory().textNode(new String(record.key(), StandardCharsets.UTF_8)));
    if (message.has("traits")) {
      assertValid(resolve(message.at("/traits/0")).get("headers"), JSON.valueToTree(headers));
    }
  }

  private JsonNode bindings(JsonNode message) {
    return message.has("bindings")
        ? message.get("bindings")
        : resolve(message.at("/traits/0")).get("bindings");
  }

  /// By the attribute that names the message, or else the only one that it can be.
  private JsonNode message(String channel, Map<String, String> headers) {
    JsonNode messages = root.at("/channels/" + channel + "/messages");
    String type = headers.get("ce_type");
    if (type == null) {
      String only = channel.equals("events") ? "structured" : messages.fieldNames().next();
      return resolve(messages.get(only));
    }
    for (JsonNode reference : messages) {
      JsonNode message = resolve(reference);
      if (message.get("name").asText().equals(type)) {
        return message;
      }
    }
    throw new AssertionError("the document has no message " + type);
  }

  private void assertValid(JsonNode schema, JsonNode instance) {
    assertEquals(Set.of(), compiled(schema).validate(instance), () -> instance + " by " + schema);
  }

  private JsonSchema compiled(JsonNode schema) {
    return schemas.computeIfAbsent(
        schema.toString(),
        text -> {
          ObjectNode whole = JSON.createObjectNode();
          whole.set("components", root.get("components"));
          whole.putArray("allOf").add(schema);
          return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(whole);
        });
  }
}
