package dev.lifeline.events.kafka;

import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.EventVersion;
import dev.lifeline.events.state.ProcessState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The AsyncAPI 3 document of the topics. What it says of the events follows from their records, so
/// it cannot lag behind them.
public final class AsyncApi {
  private static final String TEMPLATE = "/asyncapi/asyncapi.yaml";
  private static final String DOCUMENT = document();

  private AsyncApi() {}

  /// The document, in YAML.
  public static String yaml() {
    return DOCUMENT;
  }

  private static String document() {
    StringBuilder references = new StringBuilder();
    StringBuilder messages = new StringBuilder();
    for (EventType type : EventType.all()) {
      // A topic may hold what was published before a type's meaning changed.
      for (EventVersion version : type.versions()) {
        boolean current = version.equals(type.current());
        String key = current ? type.shortName() : type.shortName() + ".v" + version.number();
        references.append(
            """
                  %1$s:
                    $ref: '#/components/messages/%1$s'
            """
                .formatted(key));
        messages.append(
            """
                %1$s:
                  name: %2$s
                  traits:
                    - $ref: '#/components/messageTraits/event'
                  payload: %3$s
            """
                .formatted(key, version.name(), version.payloadSchema()));
      }
    }
    return template()
        .replace("@EVENT_REFERENCES@\n", references)
        .replace("@EVENT_MESSAGES@\n", messages)
        .replace("@PROCESS@", ProcessState.jsonSchema())
        .replace("@PROGRESS@", Progress.jsonSchema());
  }

  private static String template() {
    try (InputStream in = AsyncApi.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IllegalStateException("not in the jar: " + TEMPLATE);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("could not read " + TEMPLATE, e);
    }
  }
}
