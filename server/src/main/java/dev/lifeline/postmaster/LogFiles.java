package dev.lifeline.postmaster;

import dev.lifeline.utils.error.LogFormat;
import dev.lifeline.utils.error.LogTime;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// The files that the logging collector writes: one for each format, named by `log_filename`, begun
/// anew at `log_rotation_age` and `log_rotation_size`; `current_logfiles` in the data directory
/// tells which they are. Blocks; belongs to the log's thread.
final class LogFiles implements AutoCloseable {
  /// Where the data directory tells which files are written now.
  static final String CURRENT = "current_logfiles";

  private final Path dataDirectory;
  private final Map<LogFormat, LogFile> open = new EnumMap<>(LogFormat.class);

  /// What `current_logfiles` says; read by all threads.
  private volatile Map<LogFormat, String> names = Map.of();

  private long nextRotationSeconds = Long.MAX_VALUE;

  /// What decides which files there are: when one of these changes, they are begun anew.
  private String pattern = "";

  private Set<LogFormat> formats = EnumSet.noneOf(LogFormat.class);
  private long ageMinutes;

  private static final class LogFile {
    private final Path path;
    private final OutputStream out;
    private long bytes;

    LogFile(Path path, OutputStream out, long bytes) {
      this.path = path;
      this.out = out;
      this.bytes = bytes;
    }
  }

  LogFiles(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
  }

  /// Opens what the configuration asks for, for the first time or after a reload.
  void configure(ServerConfig config, long nowMicros) throws IOException {
    String wantedPattern = config.get(Gucs.LOG_DIRECTORY) + "/" + config.get(Gucs.LOG_FILENAME);
    Set<LogFormat> wanted = formats(config);
    long wantedAge = config.get(Gucs.LOG_ROTATION_AGE);
    boolean first = open.isEmpty();
    if (!wantedPattern.equals(pattern) || !wanted.equals(formats)) {
      pattern = wantedPattern;
      formats = wanted;
      rotate(config, nowMicros, false);
    }
    if (first || wantedAge != ageMinutes) {
      ageMinutes = wantedAge;
      planRotation(config, nowMicros);
    }
  }

  /// The formats of `log_destination` that go into files. The plain one is always there, for what
  /// goes wrong with the others.
  private static Set<LogFormat> formats(ServerConfig config) {
    Set<LogFormat> formats = EnumSet.of(LogFormat.STDERR);
    for (String name : config.get(Gucs.LOG_DESTINATION).split(",", -1)) {
      LogFormat format = LogFormat.of(name.strip());
      if (format != null) {
        formats.add(format);
      }
    }
    return formats;
  }

  /// The files that are written now. From any thread.
  Map<LogFormat, String> names() {
    return names;
  }

  void write(LogFormat format, String text, ServerConfig config, long nowMicros)
      throws IOException {
    if (nowMicros / 1_000_000 >= nextRotationSeconds) {
      rotate(config, nowMicros, true);
      planRotation(config, nowMicros);
    }
    LogFile file = open.get(format);
    if (file == null) {
      return;
    }
    long limit = config.get(Gucs.LOG_ROTATION_SIZE) * 1024;
    if (limit > 0 && file.bytes >= limit) {
      reopen(format, config, nowMicros, false);
      writeCurrent();
      file = open.get(format);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (file != null) {
      file.out.write(bytes);
      file.bytes += bytes.length;
    }
  }

  void flush() throws IOException {
    for (LogFile file : open.values()) {
      file.out.flush();
    }
  }

  /// Begins all files anew.
  ///
  /// @param byAge only then may a file of the same name be overwritten
  void rotate(ServerConfig config, long nowMicros, boolean byAge) throws IOException {
    for (LogFormat format : LogFormat.values()) {
      if (formats.contains(format)) {
        reopen(format, config, nowMicros, byAge);
      } else {
        close(format);
      }
    }
    writeCurrent();
  }

  private void reopen(LogFormat format, ServerConfig config, long nowMicros, boolean byAge)
      throws IOException {
    Path path = path(format, config, nowMicros);
    LogFile old = open.get(format);
    boolean truncate =
        byAge && config.get(Gucs.LOG_TRUNCATE_ON_ROTATION) && old != null && !old.path.equals(path);
    if (truncate) {
      Files.deleteIfExists(path);
    }
    Path directory = path.getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    boolean exists = Files.exists(path);
    OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    if (!exists) {
      setMode(path, config.get(Gucs.LOG_FILE_MODE));
    }
    LogFile fresh = new LogFile(path, out, Files.size(path));
    close(format);
    open.put(format, fresh);
  }

  private static void setMode(Path path, long mode) throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_WRITE);
    PosixFilePermission[] inOrder = PosixFilePermission.values();
    for (int bit = 0; bit < inOrder.length; bit++) {
      if ((mode >> (inOrder.length - 1 - bit) & 1) != 0) {
        permissions.add(inOrder[bit]);
      }
    }
    try {
      Files.setPosixFilePermissions(path, permissions);
    } catch (UnsupportedOperationException e) {
      // A file system without POSIX permissions.
    }
  }

  private Path path(LogFormat format, ServerConfig config, long nowMicros) {
    String name = StrfTime.format(config.get(Gucs.LOG_FILENAME), now(config, nowMicros));
    if (!format.suffix().isEmpty()) {
      String stem = name.endsWith(".log") ? name.substring(0, name.length() - 4) : name;
      name = stem + format.suffix();
    }
    return dataDirectory.resolve(config.get(Gucs.LOG_DIRECTORY)).resolve(name);
  }

  private static ZonedDateTime now(ServerConfig config, long micros) {
    return Instant.ofEpochSecond(micros / 1_000_000)
        .atZone(LogTime.zone(config.get(Gucs.LOG_TIMEZONE)));
  }

  /// At multiples of the age, by the clock on the wall: a file a day begins at midnight.
  private void planRotation(ServerConfig config, long nowMicros) {
    long interval = ageMinutes * 60;
    if (interval <= 0) {
      nextRotationSeconds = Long.MAX_VALUE;
      return;
    }
    long now = nowMicros / 1_000_000;
    long offset = now(config, nowMicros).getOffset().getTotalSeconds();
    nextRotationSeconds = now + interval - Math.floorMod(now + offset, interval);
  }

  private void writeCurrent() throws IOException {
    Map<LogFormat, String> found = new EnumMap<>(LogFormat.class);
    open.forEach((format, file) ->
        found.put(
            format,
            file.path.startsWith(dataDirectory)
                ? dataDirectory.relativize(file.path).toString()
                : file.path.toString()));
    names = Collections.unmodifiableMap(found);
    StringBuilder text = new StringBuilder();
    found.forEach(
        (format, name) -> text.append(format.destination()).append(' ').append(name).append('\n'));
    Path fresh = dataDirectory.resolve(CURRENT + ".tmp");
    Files.writeString(fresh, text);
    setMode(fresh, 0600);
    Files.move(
        fresh,
        dataDirectory.resolve(CURRENT),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void close(LogFormat format) {
    LogFile file = open.remove(format);
    if (file != null) {
      try {
        file.out.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// A server without a collector says so: there are no current files.
  static void forget(Path dataDirectory) throws IOException {
    Files.deleteIfExists(dataDirectory.resolve(CURRENT));
  }

  /// What they were stays known until the next start.
  @Override
  public void close() {
    for (LogFormat format : LogFormat.values()) {
      close(format);
    }
  }
}
