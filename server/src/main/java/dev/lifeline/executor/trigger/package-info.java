/// What happens after a row was inserted, replaced or deleted: the triggers of foreign keys, which
/// look for the row that is referred to, or for the rows that refer.
///
/// The executor tells [TableTriggers] of each change; that queues events in [AfterTriggers], which
/// belongs to the transaction and survives its savepoints. They are fired when the statement has
/// ended or, where the constraint is deferred, before the transaction commits or when SET
/// CONSTRAINTS says so. What one of them does is in [RiAction].
@NullMarked
package dev.lifeline.executor.trigger;

import org.jspecify.annotations.NullMarked;
