/// What every room stands on, and nothing that knows a room: the seams to the outside world (clock,
/// timers), the text files that lie beside classes, and the signal by which storage says that it
/// must wait.
@NullMarked
package dev.lifeline.utils;

import org.jspecify.annotations.NullMarked;
