/// The storage manager: which files hold a relation's forks, how many blocks they have, and which
/// of them the next checkpoint must sync. Knows no transactions: creating and dropping a relation
/// so that a crash leaves nothing behind is `access.transam.RelationStorage`.
@NullMarked
package dev.lifeline.storage.smgr;

import org.jspecify.annotations.NullMarked;
