package dev.lifeline.events;

/// Notes that people leave on the timeline.
public sealed interface AnnotationEvent extends LifecycleEvent {

  record Added(String text, String author) implements AnnotationEvent {}
}
