/// Logical replication: WAL to changes (decoding), changes to messages (output plugins), and
/// messages to rows (the apply workers of a subscription).
///
/// Decoding differs from PostgreSQL's in one thing: the WAL describes the tables itself (see
/// [dev.lifeline.access.transam.LoggedTable]), so there is no historic snapshot of the catalogs,
/// and no slot holds vacuum back. What a transaction saw of a table, its publications included, is
/// what its subscribers are told.
@NullMarked
package dev.lifeline.replication.logical;

import org.jspecify.annotations.NullMarked;
