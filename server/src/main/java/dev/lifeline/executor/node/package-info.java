/// The operators: one class for each way to make, combine or store rows, as PostgreSQL has a
/// `nodeXxx.c` for each.
///
/// The rules that every operator keeps:
///
/// 1. [Operator#next] returns a batch with at least one row, or null at the end, and after the end
///    null again. The batch is the operator's own and is good until it is asked for the next.
/// 2. It never blocks. It may throw [dev.lifeline.utils.NotYet], from its storage, from its inputs
///    or because the statement's time slice is over ([dev.lifeline.executor.ExecState#tick]); asked
///    again, it goes on where it stopped. So whatever it must not lose or do twice is in fields.
/// 3. An operator that waits holds neither latch nor pin.
/// 4. Operators belong to one execution; what several executions share is in the plan.
@NullMarked
package dev.lifeline.executor.node;

import org.jspecify.annotations.NullMarked;
