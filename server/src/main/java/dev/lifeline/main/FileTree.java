package dev.lifeline.main;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// A directory with all that is in it.
final class FileTree {
  private FileTree() {}

  static void remove(Path directory) throws IOException {
    removeContents(directory);
    Files.deleteIfExists(directory);
  }

  static void removeContents(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
