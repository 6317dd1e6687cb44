/// How rows are reached and made durable. [SharedMemory] is everything that the processes of one
/// generation of the server share; after a crash it is abandoned and another one is made.
@NullMarked
package dev.lifeline.access;

import org.jspecify.annotations.NullMarked;
