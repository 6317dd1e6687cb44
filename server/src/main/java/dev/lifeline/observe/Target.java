package dev.lifeline.observe;

import java.util.regex.Pattern;

/// A server to observe.
///
/// @param name what it is called on the console and in its events
/// @param uri `postgresql://user:password@host:port/database?sslmode=...`
public record Target(String name, String uri) {
  private static final Pattern SECRET = Pattern.compile("(//[^/@]*?:)[^@/]*@|(password=)[^&]*");

  public Target {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a server without a name");
    }
  }

  /// The URI as it may be shown.
  public String shown() {
    return SECRET
        .matcher(uri)
        .replaceAll(
            found -> found.group(1) != null ? found.group(1) + "***@" : found.group(2) + "***");
  }

  @Override
  public String toString() {
    return name + " (" + shown() + ")";
  }
}
