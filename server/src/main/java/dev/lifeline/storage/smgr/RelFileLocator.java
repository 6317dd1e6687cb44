package dev.lifeline.storage.smgr;

/// Which file a relation's data is in.
///
/// @param dbOid the database, or 0 for one that all databases share (in `global/`)
/// @param relNumber the file's number, another one after TRUNCATE
public record RelFileLocator(int dbOid, long relNumber) {}
