/// Events for other programs: selections of a log as CloudEvents, as a trace that Perfetto and
/// Chrome open, or as CSV.
@NullMarked
package dev.lifeline.events.export;

import org.jspecify.annotations.NullMarked;
