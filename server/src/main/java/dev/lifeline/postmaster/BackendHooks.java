package dev.lifeline.postmaster;

import dev.lifeline.tcop.BackendSignal;
import dev.lifeline.tcop.CanAcceptConnections;
import dev.lifeline.tcop.PostmasterHooks;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one backend may ask of the postmaster, answered from what all event loops see.
final class BackendHooks implements PostmasterHooks {
  private final CanAcceptConnections atFork;
  private final Postmaster postmaster;
  private final ProcessTable table;
  private final ConnectionSlots slots;

  /// @param atFork whether connections were taken when this backend was forked: one that was forked
  ///   to be refused is refused, also when the server has become ready meanwhile, because it
  ///   belongs to no generation of shared memory
  BackendHooks(
      CanAcceptConnections atFork,
      Postmaster postmaster,
      ProcessTable table,
      ConnectionSlots slots) {
    this.atFork = atFork;
    this.postmaster = postmaster;
    this.table = table;
    this.slots = slots;
  }

  @Override
  public CanAcceptConnections canAcceptConnections() {
    return atFork == CanAcceptConnections.OK ? postmaster.admission().canAccept() : atFork;
  }

  @Override
  public void cancelRequest(int pid, int cancelKey) {
    if (backend(pid) instanceof BackendProcess process
        && process.backend().cancelKey() == cancelKey) {
      process.signal(ProcessSignal.SIGINT, false);
    }
  }

  @Override
  public @Nullable Integer roleOf(int pid) {
    return backend(pid) instanceof BackendProcess process
        ? process.backend().activity().userOid()
        : null;
  }

  @Override
  public Future<Void> ended(int pid) {
    return backend(pid) instanceof BackendProcess process
        ? process.ended().future().mapEmpty()
        : Future.succeededFuture();
  }

  @Override
  public boolean signalBackend(int pid, BackendSignal signal) {
    ProcessTable.Entry entry = table.get(pid);
    if (entry == null) {
      return false;
    }
    if (!(entry.handle() instanceof BackendProcess process)) {
      return signalAuxiliary(entry, signal);
    }
    switch (signal) {
      case CANCEL -> process.signal(ProcessSignal.SIGINT, false);
      case TERMINATE -> process.signal(ProcessSignal.SIGTERM, false);
      case CRASH -> postmaster.drills().kill(entry, "lifeline_crash_backend");
    }
    return true;
  }

  /// Only a drill may kill one of them: who cancels or terminates is told that it is no backend.
  private boolean signalAuxiliary(ProcessTable.Entry entry, BackendSignal signal) {
    if (signal != BackendSignal.CRASH) {
      return false;
    }
    postmaster.drills().kill(entry, "lifeline_crash_backend");
    return true;
  }

  private ProcessTable.@Nullable Handle backend(int pid) {
    ProcessTable.Entry entry = table.get(pid);
    return entry == null ? null : entry.handle();
  }

  @Override
  public long startTime() {
    return postmaster.startTimeMicros();
  }

  @Override
  public long configurationLoadTime() {
    return postmaster.configurationLoadTimeMicros();
  }

  @Override
  public String serverAddress() {
    return postmaster.serverAddress();
  }

  @Override
  public int serverPort() {
    return Math.toIntExact(postmaster.config().get(Gucs.PORT));
  }

  @Override
  public @Nullable Object serverFunction(String name, List<@Nullable Object> arguments) {
    if (name.equals("pg_reload_conf")) {
      postmaster.requestReload();
      return true;
    }
    if (name.equals("pg_rotate_logfile")) {
      return postmaster.rotateLog();
    }
    if (name.equals("pg_current_logfile")) {
      String file =
          postmaster.logCollection().currentFile(arguments.isEmpty() ? null : arguments.getFirst());
      return file == null ? null : Text.of(file);
    }
    return PostmasterHooks.super.serverFunction(name, arguments);
  }

  @Override
  public boolean becomesWalSender(int pid, long most) {
    boolean room = table.becomesWalSender(pid, most);
    if (room) {
      postmaster.becameWalSender(pid);
    }
    return room;
  }

  @Override
  public boolean takeConnectionSlot(int pid) {
    return slots.take(pid);
  }

  @Override
  public int freeConnectionSlots() {
    return slots.free();
  }

  @Override
  public void authorized(int pid, int databaseOid, int roleOid) {
    slots.authorized(pid, databaseOid, roleOid);
  }

  @Override
  public int connectionsToDatabase(int databaseOid) {
    return slots.ofDatabase(databaseOid);
  }

  @Override
  public int connectionsOfRole(int roleOid) {
    return slots.ofRole(roleOid);
  }
}
