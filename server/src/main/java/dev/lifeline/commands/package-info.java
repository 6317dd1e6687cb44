/// The utility statements: DDL, roles, COPY, VACUUM, SET, everything that is carried out rather
/// than planned. [Utility] is the entry; each family has a class of its own, named as PostgreSQL's
/// file for it.
///
/// A command changes the catalogs through the session's transaction, so it needs no undo of its
/// own: rollback and recovery are those of the rows.
@NullMarked
package dev.lifeline.commands;

import org.jspecify.annotations.NullMarked;
