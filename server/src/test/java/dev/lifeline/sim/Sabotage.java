package dev.lifeline.sim;

import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.catalog.Invalidations;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.journal.JournalFiles;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.List;

/// A defect that is planted to see whether the simulator finds it. Each works at a seam of the
/// server; the server itself knows nothing of it.
interface Sabotage {
  Sabotage NONE = new Sabotage() {};

  /// The disk that the server gets.
  default Disk disk(Disk disk) {
    return disk;
  }

  /// A life is about to begin on what is on the disk.
  ///
  /// @param walSegmentSize of its WAL
  default void beforeStart(SimPlatter platter, int walSegmentSize) {}

  /// How sessions learn of each other's changes to the catalogs.
  default Invalidations invalidations() {
    return Invalidations.AT_ONCE;
  }

  /// Repeats the WAL records of a room.
  default ResourceManager room(ResourceManager room) {
    return room;
  }

  /// Whether pages are to be logged whole after a checkpoint.
  default boolean fullPageWrites() {
    return true;
  }

  /// What else the server is configured with.
  default List<ServerConfig.Option> options() {
    return List.of();
  }

  /// What the server takes a client's statement for.
  default String understood(String statement) {
    return statement;
  }

  /// How processes that wait are continued.
  default Wakeup wakeup(Wakeup wakeup) {
    return wakeup;
  }

  /// The files that the event log gets.
  default JournalFiles journal(JournalFiles files) {
    return files;
  }

  /// Where the server tells what happens to it.
  default Emitter emitter(Emitter emitter) {
    return emitter;
  }
}
