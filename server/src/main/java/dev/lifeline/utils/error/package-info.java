/// Errors as PostgreSQL reports them: one severity, one SQLSTATE chosen where the error is thrown,
/// a message in PostgreSQL's tone, and, where there is something to say, detail, hint and position.
///
/// ERROR ends the transaction, FATAL the backend, PANIC the cluster.
@NullMarked
package dev.lifeline.utils.error;

import org.jspecify.annotations.NullMarked;
