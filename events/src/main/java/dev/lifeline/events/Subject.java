package dev.lifeline.events;

/// Whom an event is about: a process of the cluster, written `checkpointer/12`.
///
/// @param processType the process's name as in `pg_stat_activity.backend_type` (`client backend`,
///   `checkpointer`, `walwriter`, ...) and `postmaster` for the postmaster
/// @param pid its process id, which is unique among the live processes of a cluster
public record Subject(String processType, int pid) {
  /// The event log itself, for what it has to say about its own state.
  public static final Subject JOURNAL = new Subject("journal", 0);

  public Subject {
    if (processType.isBlank() || processType.indexOf('/') >= 0) {
      throw new IllegalArgumentException("not a process type: \"" + processType + "\"");
    }
    if (pid < 0) {
      throw new IllegalArgumentException("not a process id: " + pid);
    }
  }

  /// The reverse of [#toString].
  public static Subject parse(String text) {
    int slash = text.lastIndexOf('/');
    if (slash < 1) {
      throw new IllegalArgumentException("not a subject: \"" + text + "\"");
    }
    try {
      return new Subject(
          text.substring(0, slash), Integer.parseInt(text, slash + 1, text.length(), 10));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a subject: \"" + text + "\"", e);
    }
  }

  @Override
  public String toString() {
    return processType + "/" + pid;
  }
}
