package dev.lifeline.main;

import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where Vert.x unpacks from its jar what the dashboard serves. It removes that at a clean end;
/// left to itself it would do so below `/tmp`, and every kill would leave a copy there for ever. So
/// it is in the directory of the server, and the next start removes what a kill has left.
///
/// Each process has a part of its own: one that is refused because another one holds the directory
/// takes nothing away from that one.
final class WebFiles {
  static final String DIRECTORY = "pg_dashboard";

  private final Path directory;
  private final String own = ProcessHandle.current().pid() + "-" + System.nanoTime();

  /// Makes nothing yet.
  ///
  /// @param parent the data directory, or that of an observer's logs
  WebFiles(Path parent) {
    this.directory = parent.resolve(DIRECTORY);
  }

  /// Nothing is served, and so nothing is unpacked.
  static FileSystemOptions none() {
    return new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
  }

  /// Vert.x makes the directory when it starts.
  FileSystemOptions options() {
    return new FileSystemOptions()
        .setFileCacheDir(directory.resolve(own).toString())
        .setFileCacheDirAsExactPath(true);
  }

  /// Removes what those left who were killed. Only for who holds the parent: so nobody else lives.
  void removeOthers() {
    for (Path other : list(directory)) {
      if (!other.getFileName().toString().equals(own)) {
        remove(other);
      }
    }
  }

  private static void remove(Path directory) {
    try {
      FileTree.remove(directory);
    } catch (NoSuchFileException e) {
      // Its process has removed it meanwhile.
    } catch (IOException e) {
      System.err.println("lifeline: WARNING:  could not remove \"" + directory + "\": " + e);
    }
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      System.err.println("lifeline: WARNING:  could not read \"" + directory + "\": " + e);
      return List.of();
    }
  }
}
