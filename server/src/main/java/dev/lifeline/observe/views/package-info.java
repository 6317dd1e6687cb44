/// What is never logged, from differences of the statistics views: processes that came and went
/// without a word, counters, vacuums while they run, walsenders, archived segments, waits for
/// locks.
///
/// [dev.lifeline.observe.views.Snapshot] is what the views showed at one time;
/// [dev.lifeline.observe.views.Differences] compares two of them. Both are plain; the questions, in
/// each version's words, are asked by `ServerViews` in the room above.
@NullMarked
package dev.lifeline.observe.views;

import org.jspecify.annotations.NullMarked;
