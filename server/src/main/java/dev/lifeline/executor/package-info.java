/// Runs plans: operators that are pulled for batches and never block, the driver that pulls them,
/// and the interfaces by which a session hands statements in and takes rows out ([SessionContext],
/// [DestReceiver], [Statement], [Execution]).
///
/// Operators obey the rules of [dev.lifeline.utils.NotYet]: whatever they must not lose is in
/// fields.
@NullMarked
package dev.lifeline.executor;

import org.jspecify.annotations.NullMarked;
