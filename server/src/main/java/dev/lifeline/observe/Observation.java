package dev.lifeline.observe;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.ServerEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.observe.log.LogReading;
import dev.lifeline.observe.log.LogRecord;
import dev.lifeline.observe.message.Draft;
import dev.lifeline.observe.message.Interpreter;
import dev.lifeline.observe.message.Redaction;
import dev.lifeline.observe.message.Story;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One observed server: what was read of it becomes events, each once.
///
/// Every event carries the place up to which the log was read by then ([Origin]), in the same
/// journal line. An observer that was killed reads on from the last one: a record whose events were
/// all written is behind the place, and of one that was half written the place counts how many.
public final class Observation {
  /// Where the events go.
  @FunctionalInterface
  public interface Sink {
    /// Puts an event on the log and returns its sequence.
    long emit(
        Subject subject,
        LifecycleEvent event,
        long cause,
        @Nullable TraceContext trace,
        Instant time,
        Origin origin);
  }

  /// The observer itself, for what it says of its own work.
  public static final Subject OBSERVER = new Subject("observer", 0);

  private static final Pattern RECORD_ID = Pattern.compile("([0-9a-f]+\\.[0-9a-f]+)-.*");

  private final String server;
  private final Story story;
  private final Interpreter interpreter;
  private final Redaction redaction;
  private final Sink sink;
  private final @Nullable String prefix;

  private String file = "";
  private long offset;
  private int written;
  private long lines;
  private Instant lastTime = Instant.EPOCH;
  private String lastSession = "";

  /// The events of a record that the observer before was killed within.
  private List<Envelope> half = List.of();

  /// An observation of a server.
  ///
  /// @param prefix what the lanes of a server are called by that shares its journal with others;
  ///   null for one that has it for itself
  public Observation(
      String server, @Nullable String prefix, Story story, Redaction redaction, Sink sink) {
    this.server = server;
    this.prefix =
        prefix == null ? null : prefix.replace('/', ' '); // which a lane has before its pid
    this.story = story;
    this.redaction = redaction;
    this.sink = sink;
    interpreter = new Interpreter(story, redaction);
  }

  /// Goes on where the events of this server on the journal end.
  ///
  /// @param events the last ones of this server, in order; the story learns them
  public void resume(List<Envelope> events) {
    if (events.isEmpty()) {
      return;
    }
    Origin place = Objects.requireNonNull(events.getLast().origin(), "an observed server's event");
    file = place.logFile();
    offset = place.logOffset();
    written = place.logEvents();
    // What belongs to a record that was half written is learned when the record is read again: the
    // record must mean the same as it did the first time.
    half = written == 0 ? List.of() : events.stream().filter(this::isOfHalf).toList();
    for (Envelope event : events) {
      if (!half.contains(event)) {
        learn(event);
      }
      lastTime = event.time();
      String session = session(event);
      if (session != null) {
        lastSession = session;
      }
    }
  }

  /// Whose record the events before ended with; empty when nothing was read.
  public String lastSession() {
    return lastSession;
  }

  private boolean isOfHalf(Envelope event) {
    Origin origin = event.origin();
    return origin != null
        && origin.id() != null
        && origin.logEvents() > 0
        && origin.logOffset() == offset
        && origin.logFile().equals(file);
  }

  private void learn(Envelope event) {
    story.learn(
        event.sequence(), event.time(), plain(event.subject()), event.event(), session(event));
  }

  /// Whose record the event was read in; null for what was read in no record.
  private static @Nullable String session(Envelope event) {
    Origin origin = event.origin();
    Matcher id = RECORD_ID.matcher(origin == null || origin.id() == null ? "" : origin.id());
    return id.matches() ? id.group(1) : null;
  }

  private Subject plain(Subject lane) {
    String type = lane.processType();
    return prefix != null && type.startsWith(prefix + " ")
        ? new Subject(type.substring(prefix.length() + 1), lane.pid())
        : lane;
  }

  /// Where the next record begins.
  public Origin place() {
    return new Origin(server, null, file, offset, written);
  }

  public Story story() {
    return story;
  }

  /// How many records were read.
  public long lines() {
    return lines;
  }

  /// Reading goes on there, and nothing of what is there was read.
  public void moveTo(String newFile, long newOffset) {
    if (!newFile.equals(file) || newOffset != offset) {
      file = newFile;
      offset = newOffset;
      written = 0;
      half = List.of();
    }
  }

  /// Writes the events of a record.
  public void read(LogReading.Item item) {
    lines++;
    int skip = item.file().equals(file) && item.from() == offset ? half.size() : 0;
    file = item.file();
    offset = item.from();
    LogRecord record = item.record();
    List<Draft> drafts = record == null ? List.of(unread(item)) : interpreter.interpret(record);
    Instant time = record == null ? lastTime : record.timestamp();
    lastTime = time;
    String session = record == null ? null : record.sessionId();
    for (int i = 0; i < drafts.size(); i++) {
      Draft draft = drafts.get(i);
      if (i < skip) {
        learn(half.get(i)); // on the journal already
        continue;
      }
      written = i + 1;
      boolean last = written == drafts.size();
      String id = draft.main() ? item.id() : item.id() + "." + written;
      Origin origin =
          last
              ? new Origin(server, id, file, item.to(), 0)
              : new Origin(server, id, file, offset, written);
      emit(draft.subject(), draft.event(), draft.trace(), time, origin, session);
    }
    offset = item.to();
    written = 0;
    half = List.of();
  }

  private Draft unread(LogReading.Item item) {
    String text = item.text() == null ? "" : item.text();
    return new Draft(
        OBSERVER,
        new ServerEvent.Logged(
            "LOG",
            null,
            "unreadable",
            List.of(new ServerEvent.Figure("size_bytes", Long.toString(item.to() - item.from()))),
            redaction.isOn() ? null : text,
            null,
            null,
            null,
            null,
            null,
            null,
            null),
        null,
        true);
  }

  /// Writes an event that was not read in the log.
  public long tell(Subject subject, LifecycleEvent event, Instant time) {
    return emit(subject, event, null, time, new Origin(server, null, file, offset, written), null);
  }

  /// Something of the log is lost, and this is all that is known of it.
  public void gap(String reason, Instant time) {
    tell(OBSERVER, new ObserverEvent.GapDetected(server, null, 0, reason), time);
  }

  private long emit(
      Subject subject,
      LifecycleEvent event,
      @Nullable TraceContext trace,
      Instant time,
      Origin origin,
      @Nullable String session) {
    long cause = story.causeOf(subject, event);
    Subject lane =
        prefix == null ? subject : new Subject(prefix + " " + subject.processType(), subject.pid());
    long sequence = sink.emit(lane, event, cause, trace, time, origin);
    story.learn(sequence, time, subject, event, session);
    return sequence;
  }
}
