package dev.lifeline.main;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A file that only one process can hold: a postmaster's `postmaster.pid` in the data directory and
/// `.s.PGSQL.<port>.lock` beside a Unix socket, whose content is PostgreSQL's, line by line, so
/// that `pg_ctl` reads it; and `observer.pid` in the directory of an observer's logs.
///
/// Formally, the holder has an exclusive lock of the operating system on the file, which ends with
/// the process: so a file that a killed postmaster left behind is told from a live one without
/// trusting the pid in it, which another process may have got meanwhile.
final class LockFile implements AutoCloseable {
  /// What this JVM holds. The operating system's lock belongs to the process, and closing any other
  /// descriptor of the file would release it: so a file that is held here is not even opened.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /// Lines of `postmaster.pid`, counted from 0.
  private static final int LINE_STATUS = 7;

  private static final int LINES = 8;

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;
  private final String[] lines = new String[LINES];
  private boolean closed;

  private LockFile(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
    Arrays.fill(lines, "");
  }

  /// Takes the lock of a data directory.
  static LockFile ofDataDirectory(Path dataDirectory, long pid, long startSeconds, int port) {
    Path path = dataDirectory.resolve("postmaster.pid");
    LockFile file =
        take(
            path,
            "Is another postmaster (PID %s) running in data directory \"" + dataDirectory + "\"?");
    file.lines[0] = Long.toString(pid);
    file.lines[1] = dataDirectory.toString();
    file.lines[2] = Long.toString(startSeconds);
    file.lines[3] = Integer.toString(port);
    file.lines[LINE_STATUS] = "starting";
    file.write();
    return file;
  }

  /// Takes the lock of a Unix socket, and removes the socket that a killed postmaster left.
  static LockFile ofSocket(Path socket, Path dataDirectory, long pid, long startSeconds, int port) {
    Path path = socket.resolveSibling(socket.getFileName() + ".lock");
    LockFile file =
        take(path, "Is another postmaster (PID %s) using socket file \"" + socket + "\"?");
    file.lines[0] = Long.toString(pid);
    file.lines[1] = dataDirectory.toString();
    file.lines[2] = Long.toString(startSeconds);
    file.lines[3] = Integer.toString(port);
    file.lines[4] = String.valueOf(socket.getParent());
    file.write();
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      file.close();
      throw cannot("remove old socket file", socket, e);
    }
    return file;
  }

  /// Takes the lock of the directory that an observer keeps its logs in, which need not be there.
  static LockFile ofObserver(Path directory, long pid, long startSeconds) {
    Path path = directory.toAbsolutePath().resolve("observer.pid");
    try {
      Files.createDirectories(path.getParent());
    } catch (IOException e) {
      throw cannot("create directory", directory, e);
    }
    LockFile file =
        take(path, "Is another observer (PID %s) running in directory \"" + directory + "\"?");
    file.lines[0] = Long.toString(pid);
    file.lines[1] = directory.toString();
    file.lines[2] = Long.toString(startSeconds);
    file.write();
    return file;
  }

  private static LockFile take(Path path, String hint) {
    if (!HELD.add(path)) {
      throw exists(path, hint, Long.toString(ProcessHandle.current().pid()));
    }
    try {
      return open(path, hint);
    } catch (PgException e) {
      HELD.remove(path);
      throw e;
    }
  }

  private static LockFile open(Path path, String hint) {
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        List<String> lines = Files.readAllLines(path);
        throw exists(path, hint, lines.isEmpty() ? "unknown" : lines.get(0));
      }
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      return new LockFile(path, channel, lock);
    } catch (IOException e) {
      closeQuietly(channel);
      throw cannot("create lock file", path, e);
    } catch (PgException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  private static PgException exists(Path path, String hint, String holder) {
    return PgException.fatal(
            SqlState.LOCK_FILE_EXISTS, "lock file \"%s\" already exists", path.getFileName())
        .hint(hint, holder);
  }

  /// Where the server listens: for those who look for it by the data directory.
  synchronized void listening(String socketDirectory, String listenAddress) {
    lines[4] = socketDirectory;
    lines[5] = listenAddress;
    write();
  }

  /// `starting`, `ready`, `stopping`: what `pg_ctl` waits for. Padded to eight characters, because
  /// it is replaced in place.
  synchronized void status(String status) {
    if (closed) {
      return;
    }
    lines[LINE_STATUS] = status;
    write();
  }

  private void write() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      text.append(i == LINE_STATUS && !lines[i].isEmpty() ? "%-8s".formatted(lines[i]) : lines[i]);
      text.append('\n');
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      channel.truncate(bytes.remaining());
      channel.position(0);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw cannot("write lock file", path, e);
    }
  }

  /// Gives the lock back and removes the file.
  @Override
  public synchronized void close() {
    closed = true;
    try {
      Files.deleteIfExists(path);
      lock.release();
      channel.close();
      HELD.remove(path);
    } catch (IOException e) {
      // The process ends, and the lock with it; a file that stays behind is told from a live one.
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // It was not written to.
      }
    }
  }

  private static PgException cannot(String what, Path path, IOException e) {
    return PgException.fatal(
        SqlState.IO_ERROR, "could not %s \"%s\": %s", what, path, DataDirectory.reason(e));
  }
}
