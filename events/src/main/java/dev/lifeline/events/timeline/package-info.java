/// The index of the timeline: what is needed to draw any stretch of a log at any scale, without
/// reading the log.
///
/// [dev.lifeline.events.timeline.TimelineIndex] is the entry point. It reads the log once, in
/// order, and keeps
/// - for each event a *tick*: when, on which row, of what type, for how long, by which cause;
/// - for each thing that lasts a *slice*: a process's life, a session, a checkpoint, a lock wait;
/// - for every so many events a *block*, a file with the ticks, the slices and a summary that
///   counts the ticks by [dev.lifeline.events.timeline.Axis], row and group.
///
/// Out of these it makes *tiles*: a part of an axis that is cut into buckets. A tile with few
/// events has the ticks themselves, any other has counts; so a page that draws tiles does the same
/// work for ten million events as for a thousand.
///
/// The blocks lie in `timeline/` beside the log. They are never trusted over it: each knows the
/// checksum of the last line that went into it, and where the log has another line there, that
/// block and all after it are made again. Deleting them costs nothing but the time to read the log.
@NullMarked
package dev.lifeline.events.timeline;

import org.jspecify.annotations.NullMarked;
