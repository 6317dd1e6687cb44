/// Help for tests of rooms that emit events. Nothing in production uses it.
@NullMarked
package dev.lifeline.events.testing;

import org.jspecify.annotations.NullMarked;
