/// Rows on their way through the executor: batches of typed columns. A value is a `long`, a
/// `double` or an object according to its type's [Rep], never a boxed primitive.
@NullMarked
package dev.lifeline.utils.batch;

import org.jspecify.annotations.NullMarked;
