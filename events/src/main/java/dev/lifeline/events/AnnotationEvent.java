package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// Notes that people leave on the timeline.
public sealed interface AnnotationEvent extends LifecycleEvent {

  /// A note or a mark. Its cause is the event that it stands at.
  ///
  /// @param untilSequence the last event of the stretch that it is about, absent where it is about
  ///   one instant
  record Added(String text, String author, @Nullable Long untilSequence)
      implements AnnotationEvent {}
}
