package dev.lifeline.observe.message;

import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import org.jspecify.annotations.Nullable;

/// An event that a record of the log tells of, before it has a sequence and a cause.
///
/// @param main whether it is what the record itself says, and not what follows from it (that the
///   process exists, that it is gone); it gets the record's own id
public record Draft(
    Subject subject, LifecycleEvent event, @Nullable TraceContext trace, boolean main) {

  static Draft main(Subject subject, LifecycleEvent event) {
    return new Draft(subject, event, null, true);
  }

  static Draft also(Subject subject, LifecycleEvent event) {
    return new Draft(subject, event, null, false);
  }
}
