/// Base backups, as clients ask for them: the SQL functions around a copy that somebody else makes.
/// What a backup is to the WAL is in [dev.lifeline.access.transam.Backups]; a session has one
/// [dev.lifeline.replication.backup.WalFunctions], which gives up a backup that the session did not
/// end.
@NullMarked
package dev.lifeline.replication.backup;

import org.jspecify.annotations.NullMarked;
