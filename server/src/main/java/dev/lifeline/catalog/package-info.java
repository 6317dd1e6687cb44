/// The system catalogs: which databases, roles, schemas, tables, columns and indexes there are.
///
/// Those that DDL changes (`pg_class`, `pg_attribute`, ...) are ordinary heap tables with B-tree
/// indexes, so a transaction's DDL is seen, committed, rolled back and recovered exactly as its
/// rows are. Those that only a new version of Lifeline changes (`pg_type`, `pg_proc`, ...) are
/// [VirtualTable]s over the registries of the types and functions.
///
/// A statement asks its session's [SessionCatalog] for a [Relation], the immutable description of a
/// table, and compares [SessionCatalog#generation] before it uses what it kept.
@NullMarked
package dev.lifeline.catalog;

import org.jspecify.annotations.NullMarked;
