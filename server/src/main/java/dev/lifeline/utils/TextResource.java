package dev.lifeline.utils;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/// Reads the text files that lie beside a class, such as the contents of PostgreSQL's catalogs.
public final class TextResource {
  private TextResource() {}

  /// The lines of a file; one that is missing is a defect of the build.
  ///
  /// @param owner the class that it lies beside
  public static List<String> lines(Class<?> owner, String file) {
    try (InputStream in = owner.getResourceAsStream(file);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in, file), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the lines of a file with fields between tabs say.
  public static <T> List<T> rows(Class<?> owner, String file, Function<String[], T> row) {
    return lines(owner, file).stream().map(line -> row.apply(line.split("\t", -1))).toList();
  }
}
