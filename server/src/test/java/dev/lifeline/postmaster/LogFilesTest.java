package dev.lifeline.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.utils.error.LogFormat;
import dev.lifeline.utils.guc.ConfigFile;
import dev.lifeline.utils.guc.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When the collector begins another file, and what becomes of one that has its name.
class LogFilesTest {
  @TempDir private Path dir;

  private ServerConfig config(String text) throws Exception {
    Path file = dir.resolve("postgresql.conf");
    Files.writeString(file, text);
    return ServerConfig.load(List.of(ConfigFile.read(file)), List.of()).config();
  }

  private static long at(String time) {
    Instant instant = Instant.parse(time);
    return instant.getEpochSecond() * 1_000_000;
  }

  private List<String> names() throws Exception {
    try (var files = Files.list(dir.resolve("log"))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void anotherFileAtEachMultipleOfTheAge() throws Exception {
    ServerConfig config = config("log_filename = 'l-%H%M.log'\nlog_rotation_age = 1h\n");
    try (LogFiles files = new LogFiles(dir)) {
      files.configure(config, at("2026-11-22T08:17:04Z"));
      files.write(LogFormat.STDERR, "a\n", config, at("2026-11-22T08:59:59Z"));
      files.write(LogFormat.STDERR, "b\n", config, at("2026-11-22T09:00:00Z"));
      files.write(LogFormat.STDERR, "c\n", config, at("2026-11-22T09:59:59Z"));
    }

    assertEquals(List.of("l-0817.log", "l-0900.log"), names());
    assertEquals("b\nc\n", Files.readString(dir.resolve("log/l-0900.log")));
    assertEquals("stderr log/l-0900.log\n", Files.readString(dir.resolve("current_logfiles")));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(dir.resolve("log/l-0900.log")));
  }

  @Test
  void aFullFileIsFollowedByAnother() throws Exception {
    ServerConfig config =
        config("log_filename = 'l-%S.log'\nlog_rotation_size = 1kB\nlog_rotation_age = 0\n");
    try (LogFiles files = new LogFiles(dir)) {
      files.configure(config, at("2026-11-22T08:00:01Z"));
      files.write(LogFormat.STDERR, "x".repeat(1024), config, at("2026-11-22T08:00:01Z"));
      files.write(LogFormat.STDERR, "y", config, at("2026-11-22T08:00:02Z"));
    }

    assertEquals(List.of("l-01.log", "l-02.log"), names());
  }

  @Test
  void aFileOfTheSameNameIsOverwrittenOnlyWhenItsTimeHasCome() throws Exception {
    ServerConfig config =
        config("log_filename = 'l-%H.log'\nlog_rotation_age = 1h\nlog_truncate_on_rotation = on\n");
    Files.createDirectories(dir.resolve("log"));
    Files.writeString(dir.resolve("log/l-08.log"), "yesterday\n");
    Files.writeString(dir.resolve("log/l-09.log"), "yesterday\n");
    try (LogFiles files = new LogFiles(dir)) {
      files.configure(config, at("2026-11-22T08:30:00Z"));
      files.write(LogFormat.STDERR, "a\n", config, at("2026-11-22T08:30:00Z"));
      files.write(LogFormat.STDERR, "b\n", config, at("2026-11-22T09:00:00Z"));
    }

    assertEquals("yesterday\na\n", Files.readString(dir.resolve("log/l-08.log")), "a start");
    assertEquals("b\n", Files.readString(dir.resolve("log/l-09.log")), "a rotation");
  }

  @Test
  void theClockOnTheWallDecides() throws Exception {
    ServerConfig config =
        config(
            """
            log_filename = '%Y-%m-%d.log'
            log_rotation_age = 1d
            log_timezone = 'Asia/Tokyo'
            """);
    try (LogFiles files = new LogFiles(dir)) {
      files.configure(config, at("2026-11-22T14:59:59Z"));
      files.write(LogFormat.STDERR, "a\n", config, at("2026-11-22T14:59:59Z"));
      files.write(LogFormat.STDERR, "b\n", config, at("2026-11-22T15:00:00Z"));
    }

    assertEquals(List.of("2026-11-22.log", "2026-11-23.log"), names());
  }

  @Test
  void namesAreStrftimes() {
    String text =
        StrfTime.format(
            "%Y%m%d_%H%M%S %y %j %e %a %b %p %I %% %Q",
            Instant.parse("2026-01-05T15:04:09Z").atZone(ZoneOffset.UTC));

    assertEquals("20260105_150409 26 005  5 Mon Jan PM 03 % %Q", text);
  }
}
