package dev.lifeline.observe.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ServerEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.observe.log.LogRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a day's log does not have because it is rare, needs a second server, or is worded otherwise
/// by some version: `wordings.txt` has it, line by line.
class WordingsTest {
  private static final int PID = 815;
  private static final Pattern CONTEXT = Pattern.compile("(.*) \\{(.*)\\}");

  /// A line of the file.
  record Wording(
      List<String> versions, String process, String failure, String text, String becomes) {
    static Wording of(String line) {
      String[] parts = line.split(" \\| ", -1);
      assertEquals(5, parts.length, line);
      return new Wording(List.of(parts[0].split(" ")), parts[1], parts[2], parts[3], parts[4]);
    }

    LogRecord record() {
      Matcher context = CONTEXT.matcher(text);
      boolean quoted = context.matches();
      String[] severity = failure.split(" ", -1);
      return new LogRecord(
          Instant.EPOCH,
          null,
          null,
          PID,
          null,
          null,
          "6b03baae.32f",
          1,
          severity[0],
          severity.length < 2 ? null : severity[1],
          lines(quoted ? context.group(1) : text),
          null,
          null,
          quoted ? lines(context.group(2)) : null,
          null,
          null,
          process,
          0);
    }

    private static String lines(String text) {
      return text.replace("\\n", "\n");
    }

    @Override
    public String toString() {
      return String.join(",", versions) + " " + text;
    }
  }

  static Stream<Wording> wordings() throws IOException {
    try (InputStream in = WordingsTest.class.getResourceAsStream("/observe/wordings.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).map(Wording::of);
    }
  }

  @ParameterizedTest
  @MethodSource("wordings")
  void isKnown(Wording wording) {
    List<Draft> drafts =
        new Interpreter(new Story(), new Redaction(true)).interpret(wording.record());
    Draft own = drafts.stream().filter(Draft::main).findFirst().orElseThrow();
    List<String> wanted = Arrays.asList(wording.becomes().split("; ", -1));
    LifecycleEvent event = own.event();
    String told = text(own.subject(), event);
    assertEquals(wanted.getFirst(), topic(event), told);
    for (String part : wanted.subList(1, wanted.size())) {
      assertTrue(told.contains(part), () -> part + " in " + told);
    }
  }

  private static @Nullable String topic(LifecycleEvent event) {
    return event instanceof ServerEvent.Logged logged
        ? logged.topic()
        : EventType.of(event).shortName();
  }

  private static String text(Subject subject, LifecycleEvent event) {
    if (event instanceof ServerEvent.Logged logged) {
      StringBuilder figures = new StringBuilder();
      logged.figures().forEach(f -> figures.append(f.name() + "=" + f.value() + ";"));
      return figures.toString();
    }
    return subject + " " + event;
  }

  /// No version is forgotten, and none is meant that there is not.
  @Test
  void everyVersionHasItsWordings() throws IOException {
    Set<String> versions = new HashSet<>();
    wordings().forEach(wording -> versions.addAll(wording.versions()));
    assertEquals(Set.of("13", "14", "15", "16", "17", "18"), versions);
  }
}
