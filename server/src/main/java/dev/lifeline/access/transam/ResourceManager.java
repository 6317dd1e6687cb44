package dev.lifeline.access.transam;

/// Repeats what the WAL records of one room did.
///
/// The pages that a record names are pinned and exclusively latched before [#redo] is called, and
/// released, marked dirty and stamped with the LSN after it: redo only edits them. It must be
/// repeatable: recovery may itself be interrupted anywhere and start again.
public interface ResourceManager {
  /// One of [Rmgr].
  int id();

  /// As `waldump` calls it: `Heap`.
  String name();

  /// Edits the pages for which [RedoContext#needsRedo] is true. May throw NotYet before its first
  /// change; it is then called again.
  void redo(WalRecord record, RedoContext context);

  /// What the record did, for people: `INSERT off 3`.
  String describe(WalRecord record);
}
