/// Logical replication: WAL to changes (decoding), changes to messages (output plugins), and
/// messages to rows (the apply workers of a subscription).
///
/// Decoding differs from PostgreSQL's in one thing: the WAL describes the tables itself (see
/// [dev.lifeline.access.transam.LoggedTable]), so there is no historic snapshot of the catalogs,
/// and no slot holds vacuum back: it has no `catalog_xmin`. What a transaction saw of a table, its
/// publications included, is what its subscribers are told. Whether a publication exists at all is
/// looked up as it is now: where one was dropped, a stream fails as PostgreSQL's does, but goes on
/// when there is a new one of that name, without what was changed in between.
@NullMarked
package dev.lifeline.replication.logical;

import org.jspecify.annotations.NullMarked;
