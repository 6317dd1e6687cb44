package dev.lifeline.access;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XactListener;
import dev.lifeline.storage.file.TempFile;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.utils.activity.DatabaseCounters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The temporary files of a transaction: none of them outlives it, except for those that are handed
/// over ([#keep]), and all of them are counted and, where `log_temp_files` asks for it, told of.
public final class TempFiles implements XactListener {
  private final SharedMemory memory;
  private final Proc proc;
  private final DatabaseCounters counters;
  private final List<TempFile> files = new ArrayList<>(2);

  private TempFiles(SharedMemory memory, Xact xact) {
    this.memory = memory;
    this.proc = xact.proc();
    this.counters = memory.counters().database(proc.databaseOid());
  }

  public static TempFiles of(SharedMemory memory, Xact xact) {
    return xact.listener(TempFiles.class, () -> new TempFiles(memory, xact));
  }

  public TempFile create() {
    TempFile file = new TempFile(memory.disk(), proc.pid());
    files.add(file);
    return file;
  }

  /// Bytes in all of them.
  private long bytes() {
    long bytes = 0;
    for (TempFile file : files) {
      bytes += file.size();
    }
    return bytes;
  }

  /// To be asked before one of them grows.
  ///
  /// @param more by so many bytes
  /// @param limitKb `temp_file_limit`, in kB; -1 for none
  /// @throws PgException 53400 where they all would be larger than that
  public void checkLimit(long more, long limitKb) {
    if (limitKb >= 0 && bytes() + more > limitKb * 1024) {
      throw PgException.error(
          SqlState.CONFIGURATION_LIMIT_EXCEEDED,
          "temporary file size exceeds temp_file_limit (%dkB)",
          limitKb);
    }
  }

  /// Deletes one of them before its time.
  public void discard(TempFile file) {
    if (files.remove(file)) {
      end(file);
    }
  }

  /// One of them outlives the transaction: whoever has it deletes it.
  public void keep(TempFile file) {
    if (files.remove(file)) {
      count(file);
    }
  }

  private void end(TempFile file) {
    count(file);
    file.delete();
  }

  private void count(TempFile file) {
    counters.tempFiles.increment();
    counters.tempBytes.add(file.size());
    Consumer<TempFile> log = proc.tempFileLog();
    if (log != null && file.size() > 0) {
      log.accept(file);
    }
  }

  @Override
  public void ended(Xact xact, boolean committed) {
    files.forEach(this::end);
    files.clear();
  }
}
