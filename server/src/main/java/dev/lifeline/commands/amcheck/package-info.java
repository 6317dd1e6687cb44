/// Proves that a cluster's files are what they should be, as PostgreSQL's `amcheck` and
/// `pg_checksums` do together: every page, every heap, every index against its heap in both
/// directions, the commit log, and the files against the catalogs. [ClusterCheck] is the entry: for
/// `lifeline checkdb`, and for every test that has broken something.
///
/// It looks at a cluster that nobody is changing.
@NullMarked
package dev.lifeline.commands.amcheck;

import org.jspecify.annotations.NullMarked;
