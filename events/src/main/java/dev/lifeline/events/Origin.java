package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// Where an event of an observed server was read, and from where its observer reads on.
///
/// Every event that an observer writes carries the place up to which it had read the server's log
/// by then. So the place and the events before it are on disk together or not at all, and an
/// observer that was killed reads on from the last event of its journal: nothing is lost, nothing
/// is there twice.
///
/// @param server the observer's name for the server; several that share a system identifier (a
///   primary and its standbys) are told apart by it
/// @param id the end of the CloudEvents `id`, made of the log line's `session_id` and `line_num`,
///   so that a second reading of the same line gives the same id; absent for what was not read in a
///   log
/// @param logFile the server's log file, without its folder; empty when no log is read
/// @param logOffset where in the file the next record begins
/// @param logEvents how many events of that record have been written already
public record Origin(
    String server, @Nullable String id, String logFile, long logOffset, int logEvents) {

  public Origin {
    if (server.isBlank() || logOffset < 0 || logEvents < 0) {
      throw new IllegalArgumentException("not a place in a log: " + logFile + " " + logOffset);
    }
  }

  /// The place as one text, `<offset>+<events>@<file>`.
  public String place() {
    return logOffset + "+" + logEvents + "@" + logFile;
  }

  /// The reverse of [#place].
  ///
  /// @throws IllegalArgumentException when the text is not a place
  public static Origin of(String server, @Nullable String id, String place) {
    int plus = place.indexOf('+');
    int at = place.indexOf('@', plus + 1);
    if (plus < 1 || at < plus + 2) {
      throw new IllegalArgumentException("not a place in a log: " + place);
    }
    return new Origin(
        server,
        id,
        place.substring(at + 1),
        Long.parseLong(place, 0, plus, 10),
        Integer.parseInt(place, plus + 1, at, 10));
  }
}
