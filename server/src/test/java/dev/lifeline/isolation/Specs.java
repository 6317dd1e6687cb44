package dev.lifeline.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The files of `src/test/isolation`. As a program it makes the expected files with a real
/// PostgreSQL 15:
///
/// ```text
/// Specs <host> <port> [name of a specification]...
/// ```
///
/// The role is the superuser `postgres`, without a password, and the database `postgres`.
public final class Specs {
  private Specs() {}

  private static Path directory() {
    Path here = Path.of("src/test/isolation");
    return Files.isDirectory(here) ? here : Path.of("server/src/test/isolation");
  }

  /// The names of all specifications.
  public static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory().resolve("specs"))) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.spec$", ""))
          .sorted()
          .toList();
    }
  }

  /// How many permutations a specification has.
  public static int permutations(String name) throws IOException {
    return read(name).permutations().size();
  }

  private static Spec read(String name) throws IOException {
    return Spec.read(directory().resolve("specs").resolve(name + ".spec"));
  }

  private static Path expectedFile(String name) {
    return directory().resolve("expected").resolve(name + ".out");
  }

  /// What PostgreSQL answered.
  public static String expected(String name) throws IOException {
    return Files.readString(expectedFile(name));
  }

  /// What a server answers.
  public static String run(String name, String host, int port)
      throws IOException, InterruptedException {
    return new SpecRunner(host, port).run(read(name));
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> names = args.length > 2 ? List.of(args).subList(2, args.length) : names();
    for (String name : names) {
      Files.writeString(expectedFile(name), run(name, args[0], Integer.parseInt(args[1])));
      System.out.println(name + ": " + permutations(name));
    }
  }
}
