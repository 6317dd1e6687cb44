package dev.lifeline.events.codec;

import java.util.Locale;

/// Java's spelling to the log's.
public final class Names {
  private Names() {}

  /// `walBytes` to `wal_bytes`, `SegmentSwitched` to `segment_switched`.
  static String snakeCase(String camelCase) {
    StringBuilder snake = new StringBuilder(camelCase.length() + 4);
    for (int i = 0; i < camelCase.length(); i++) {
      char c = camelCase.charAt(i);
      if (Character.isUpperCase(c)) {
        if (i > 0) {
          snake.append('_');
        }
        snake.append(Character.toLowerCase(c));
      } else {
        snake.append(c);
      }
    }
    return snake.toString();
  }

  /// `END_OF_RECOVERY` to `end-of-recovery`, as PostgreSQL's log writes such words.
  public static String enumText(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
