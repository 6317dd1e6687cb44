package dev.lifeline.commands.amcheck;

import dev.lifeline.access.transam.Clog;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.page.PageLayout;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The commit log covers every transaction from the oldest that may be asked for to the next one,
/// and says nothing of those that have not begun.
final class CommitLogCheck {
  private static final int XIDS_PER_BYTE = 4;
  private static final long FILE_SIZE = Clog.PAGES_PER_FILE * (long) PageLayout.PAGE_SIZE;
  private static final long XIDS_PER_FILE = FILE_SIZE * XIDS_PER_BYTE;

  private final Disk disk;
  private final Findings findings;
  private final long oldestXid;
  private final long nextXid;

  CommitLogCheck(Disk disk, Findings findings, long oldestXid, long nextXid) {
    this.disk = disk;
    this.findings = findings;
    this.oldestXid = oldestXid;
    this.nextXid = nextXid;
  }

  Future<Void> run() {
    return disk.list(Clog.DIRECTORY)
        .compose(names -> {
          Set<String> expected = new HashSet<>();
          for (long n = oldestXid / XIDS_PER_FILE; n <= (nextXid - 1) / XIDS_PER_FILE; n++) {
            String name = "%04X".formatted(n);
            expected.add(name);
            if (!names.contains(name)) {
              findings.add(
                  Clog.DIRECTORY + "/" + name,
                  "missing, but transactions %d to %d are in use".formatted(oldestXid, nextXid));
            }
          }
          // Of a transaction whose xid was given out, and which a crash has undone altogether: that
          // xid will be given out again.
          expected.add("%04X".formatted((nextXid - 1) / XIDS_PER_FILE + 1));
          return files(names, 0, expected);
        });
  }

  private Future<Void> files(List<String> names, int at, Set<String> expected) {
    if (at == names.size()) {
      return Future.succeededFuture();
    }
    String name = names.get(at);
    Future<Void> checked = Future.succeededFuture();
    if (expected.contains(name)) {
      checked = file(name);
    } else {
      findings.add(
          Clog.DIRECTORY + "/" + name,
          "not needed: transactions %d to %d are in use".formatted(oldestXid, nextXid));
    }
    return checked.compose(ignored -> files(names, at + 1, expected));
  }

  private Future<Void> file(String name) {
    String path = Clog.DIRECTORY + "/" + name;
    MemorySegment memory = Arena.ofAuto().allocate(FILE_SIZE, 8);
    return disk.open(path)
        .compose(file -> file.read(memory, 0).eventually(file::close))
        .map(bytes -> {
          content(path, memory, bytes, Long.parseLong(name, 16) * XIDS_PER_FILE);
          return null;
        });
  }

  private void content(String path, MemorySegment memory, int bytes, long firstXid) {
    if (bytes % PageLayout.PAGE_SIZE != 0) {
      findings.add(path, "its size of %d bytes is not whole pages".formatted(bytes));
    }
    long needed = Math.min(FILE_SIZE, (nextXid - 1 - firstXid) / XIDS_PER_BYTE + 1);
    if (bytes < needed) {
      findings.add(
          path,
          "ends after %d bytes, transaction %d is in byte %d"
              .formatted(bytes, nextXid - 1, needed));
    }
    for (long xid = firstXid; (xid - firstXid) / XIDS_PER_BYTE < bytes; xid++) {
      long at = (xid - firstXid) / XIDS_PER_BYTE;
      int status = memory.get(PageLayout.BYTE, at) >>> (xid % XIDS_PER_BYTE * 2) & 3;
      if (status == 3) {
        findings.add(path, "transaction %d has status 3, which there is not".formatted(xid));
      } else if (status != 0 && xid >= nextXid) {
        findings.add(path, "transaction %d has ended, but was never begun".formatted(xid));
        return;
      }
    }
  }
}
