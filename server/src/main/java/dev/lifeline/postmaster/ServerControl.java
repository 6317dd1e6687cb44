package dev.lifeline.postmaster;

import dev.lifeline.utils.activity.ServerActivity;

/// What statements may see of the server's processes and do to other sessions, from any thread.
public interface ServerControl extends ServerActivity {
  /// How many backends have a session in the database, not counting the one with this pid.
  int sessionsIn(int databaseOid, int exceptPid);

  /// Ends these backends, as `pg_terminate_backend` does.
  void terminateSessionsIn(int databaseOid, int exceptPid);
}
