package dev.lifeline.observe.message;

import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ServerEvent;
import dev.lifeline.events.ServerEvent.Figure;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.observe.log.LogRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record while it is being read: what is said of it so far.
final class Line {
  final LogRecord record;
  final Story story;
  final Redaction redaction;

  /// Whose record it is.
  final Subject subject;

  private final List<Draft> drafts;

  Line(LogRecord record, Story story, Redaction redaction, Subject subject, List<Draft> drafts) {
    this.record = record;
    this.story = story;
    this.redaction = redaction;
    this.subject = subject;
    this.drafts = drafts;
  }

  /// What the record itself says.
  void tell(LifecycleEvent event) {
    drafts.add(new Draft(subject, event, trace(), true));
  }

  /// The same, in the trace that the text itself names.
  void tell(LifecycleEvent event, @Nullable TraceContext trace) {
    drafts.add(new Draft(subject, event, trace, true));
  }

  /// What it says of another process.
  void tell(Subject of, LifecycleEvent event) {
    drafts.add(Draft.main(of, event));
  }

  /// What follows from it.
  void also(Subject of, LifecycleEvent event) {
    drafts.add(Draft.also(of, event));
  }

  /// Keeps the record under a topic, with what was taken out of its text: names and values in turn.
  void keep(@Nullable String topic, String... figures) {
    List<Figure> taken = new ArrayList<>();
    for (int i = 0; i + 1 < figures.length; i += 2) {
      taken.add(new Figure(figures[i], figures[i + 1]));
    }
    tell(logged(topic, taken));
  }

  ServerEvent.Logged logged(@Nullable String topic, List<Figure> figures) {
    return new ServerEvent.Logged(
        record.errorSeverity(),
        record.stateCode(),
        topic,
        figures,
        redaction.message(record),
        redaction.detail(record),
        record.hint(),
        redaction.context(record),
        redaction.query(record.statement()),
        record.user(),
        record.dbname(),
        record.applicationName());
  }

  Story.@Nullable Life life() {
    return story.life(record.pid());
  }

  private @Nullable TraceContext trace() {
    String statement = record.statement();
    return statement == null ? null : Redaction.trace(statement);
  }
}
