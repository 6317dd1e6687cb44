package dev.lifeline.commands.amcheck;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageChecksum;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.ForkFile;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the relation files of a directory from the disk and verifies each page's checksum and
/// header, as `pg_checksums --check` does. Nothing may be in the buffer pool that is newer.
final class PageCheck {
  private static final int PAGES = 64;

  /// A relation's file: the number, the fork, the segment.
  static final Pattern RELATION_FILE = Pattern.compile("(\\d+)(_fsm|_vm)?(?:\\.(\\d+))?");

  private final Disk disk;
  private final Findings findings;
  private final MemorySegment memory =
      Arena.ofAuto().allocate((long) PAGES * PageLayout.PAGE_SIZE, 8);
  private long pages;

  PageCheck(Disk disk, Findings findings) {
    this.disk = disk;
    this.findings = findings;
  }

  /// Pages that were read.
  long pages() {
    return pages;
  }

  Future<Void> directory(String directory) {
    return disk.list(directory).compose(names -> files(directory, names, 0));
  }

  private Future<Void> files(String directory, List<String> names, int at) {
    if (at == names.size()) {
      return Future.succeededFuture();
    }
    Matcher name = RELATION_FILE.matcher(names.get(at));
    Future<Void> checked = Future.succeededFuture();
    // A free space map is not WAL-logged: a crash may tear its pages, and who reads it heals them.
    if (name.matches() && !"_fsm".equals(name.group(2))) {
      int segment = name.group(3) == null ? 0 : Integer.parseInt(name.group(3));
      checked = file(directory + "/" + names.get(at), segment);
    }
    return checked.compose(ignored -> files(directory, names, at + 1));
  }

  private Future<Void> file(String path, int segment) {
    return disk.open(path)
        .compose(file ->
            file.size()
                .compose(size -> {
                  if (size % PageLayout.PAGE_SIZE != 0) {
                    findings.add(path, "its size of %d bytes is not whole pages".formatted(size));
                  }
                  return pages(file, segment * ForkFile.SEGMENT_BLOCKS, 0);
                })
                .eventually(file::close))
        .recover(failure -> {
          findings.add(path, message(failure));
          return Future.succeededFuture();
        });
  }

  private Future<Void> pages(DiskFile file, int firstBlock, int from) {
    return file.read(memory, (long) from * PageLayout.PAGE_SIZE)
        .compose(bytes -> {
          int read = bytes / PageLayout.PAGE_SIZE;
          for (int i = 0; i < read; i++) {
            page(file.path(), firstBlock + from + i, (long) i * PageLayout.PAGE_SIZE);
          }
          return read == PAGES ? pages(file, firstBlock, from + PAGES) : Future.succeededFuture();
        });
  }

  private void page(String path, int block, long at) {
    pages++;
    if (PageChecksum.verify(memory, at, block)) {
      return;
    }
    if (PageLayout.isNew(memory, at)) {
      findings.add(path, "block %d: a new page that is not all zeros".formatted(block));
    } else if (PageLayout.checksum(memory, at) != PageChecksum.of(memory, at, block)) {
      findings.add(
          path,
          "block %d: checksum %08x, but %08x is calculated"
              .formatted(
                  block, PageLayout.checksum(memory, at), PageChecksum.of(memory, at, block)));
    } else {
      findings.add(path, "block %d: broken page header".formatted(block));
    }
  }

  static String message(Throwable failure) {
    return failure instanceof PgException e ? e.message() : failure.toString();
  }
}
