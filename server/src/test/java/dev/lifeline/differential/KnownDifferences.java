package dev.lifeline.differential;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/// The differences that are as they should be, each written down with its reason: a regular
/// expression for the kind of statement, another one for what the two servers said.
public final class KnownDifferences {
  private final List<Known> known;

  private record Known(Pattern shape, Pattern difference) {}

  private KnownDifferences(List<Known> known) {
    this.known = known;
  }

  /// Reads `differences.txt`.
  public static KnownDifferences read() {
    try (InputStream in = KnownDifferences.class.getResourceAsStream("differences.txt")) {
      if (in == null) {
        throw new IllegalStateException("differences.txt");
      }
      return new KnownDifferences(
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> line.split("\t", 2))
              .map(parts -> new Known(Pattern.compile(parts[0]), Pattern.compile(parts[1])))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean covers(Generated statement, String difference) {
    return known.stream()
        .anyMatch(one ->
            one.shape().matcher(statement.shape()).matches()
                && one.difference().matcher(difference).matches());
  }
}
