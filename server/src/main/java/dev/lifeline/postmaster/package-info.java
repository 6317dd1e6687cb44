/// The postmaster and the processes that it forks.
///
/// Formally, each process is two things: a plain class that decides ([PostmasterStateMachine], the
/// classes that implement [ServerProcess]) and a verticle that gives it an event loop
/// ([PostmasterVerticle], [ProcessVerticle]). [ProcessType] is the one table of the processes.
///
/// 1. Only the postmaster forks. It learns of an end by the process's [ServerProcess#ended] and
///    decides with the state machine what it means.
/// 2. The postmaster never touches shared memory: it makes it, throws it away, and hands it out.
/// 3. A process that is told to quit touches it no more either: it ends at once, as it is.
@NullMarked
package dev.lifeline.postmaster;

import org.jspecify.annotations.NullMarked;
