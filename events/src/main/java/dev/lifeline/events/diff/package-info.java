/// Two logs side by side: where one server behaves otherwise than another in the same story.
@NullMarked
package dev.lifeline.events.diff;

import org.jspecify.annotations.NullMarked;
