package dev.lifeline.postmaster;

/// What each type of process runs.
final class Programs {
  private Programs() {}

  static ServerProcess create(
      ProcessEnvironment env, Generation generation, Postmaster postmaster) {
    return switch (env.type()) {
      case STARTUP -> new StartupProcess(env, postmaster::shell, postmaster::recoveryStarted);
      case CHECKPOINTER -> new Checkpointer(env, postmaster::stopWalSenders);
      case BACKGROUND_WRITER -> new BgWriter(env);
      case WAL_WRITER -> new WalWriter(env);
      case AUTOVACUUM_LAUNCHER ->
          new AutovacuumLauncher(
              env,
              generation.autovacuum(env.subject(), env.timers(), postmaster.hooks()),
              postmaster.autovacuumWorkers(),
              postmaster::forkAutovacuumWorker);
      case AUTOVACUUM_WORKER ->
          new AutovacuumWorker(
              env,
              generation.autovacuum(env.subject(), env.timers(), postmaster.hooks()),
              postmaster.autovacuumWorkers());
      case STATS_COLLECTOR -> new StatsCollector(env, postmaster.slots());
      case ARCHIVER -> new PgArch(env, postmaster.disk(), postmaster::shell);
      case SYSLOGGER -> postmaster.logCollection().newProcess(env);
      case LOGICAL_REPLICATION_LAUNCHER ->
          new LogicalReplicationLauncher(
              env,
              generation.logicalReplication(env.subject(), env.timers(), postmaster.hooks()),
              () -> postmaster.forkLogicalReplicationWorker(env.forkSequence()));
      case LOGICAL_REPLICATION_WORKER ->
          new LogicalReplicationWorker(
              env, generation.logicalReplication(env.subject(), env.timers(), postmaster.hooks()));
      case POSTMASTER, WAL_SENDER, CLIENT_BACKEND ->
          throw new IllegalArgumentException("the postmaster does not fork a " + env.type());
    };
  }
}
