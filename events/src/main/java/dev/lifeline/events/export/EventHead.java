package dev.lifeline.events.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.journal.JournalLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What a line says before its data begins, and the data as it is written. Types that this version
/// does not know are read as well as any other.
///
/// @param type the CloudEvents `type`
/// @param subject process type and pid
/// @param cause the sequence as it is written, empty for a root cause
/// @param traceparent empty where there is none
/// @param data the data's JSON
record EventHead(
    JournalLine line, String type, String subject, String cause, String traceparent, String data) {
  private static final JsonFactory JSON = new JsonFactory();

  static EventHead of(JournalLine line) {
    byte[] bytes = line.bytes();
    String type = "";
    String subject = "";
    String cause = "";
    String traceparent = "";
    String data = "";
    try (JsonParser in = JSON.createParser(bytes)) {
      in.nextToken();
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        if (in.nextToken() == JsonToken.START_OBJECT) {
          int from = (int) in.currentTokenLocation().getByteOffset();
          in.skipChildren();
          int to = (int) in.currentLocation().getByteOffset();
          data = new String(bytes, from, to - from, StandardCharsets.UTF_8);
          continue;
        }
        switch (name) {
          case "type" -> type = in.getText();
          case "subject" -> subject = in.getText();
          case "cause" -> cause = in.getText();
          case "traceparent" -> traceparent = in.getText();
          default -> {}
        }
      }
    } catch (IOException e) {
      throw new EventFormatException("not a journal line: " + e.getMessage(), e);
    }
    return new EventHead(line, type, subject, cause, traceparent, data);
  }

  String processType() {
    return subject.substring(0, Math.max(0, subject.lastIndexOf('/')));
  }

  String pid() {
    return subject.substring(subject.lastIndexOf('/') + 1);
  }
}
