package dev.lifeline.libpq;

/// One word of `pg_hba.conf`.
///
/// @param quoted whether it began with a quote, which takes its meaning as a keyword away
public record HbaToken(String text, boolean quoted) {
  boolean isKeyword(String keyword) {
    return !quoted && text.equals(keyword);
  }
}
