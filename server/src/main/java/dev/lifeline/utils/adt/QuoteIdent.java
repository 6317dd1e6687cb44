package dev.lifeline.utils.adt;

/// Identifiers as SQL would have to write them.
public final class QuoteIdent {
  private QuoteIdent() {}

  public static String quote(String identifier) {
    return isSafe(identifier) ? identifier : '"' + identifier.replace("\"", "\"\"") + '"';
  }

  private static boolean isSafe(String identifier) {
    if (identifier.isEmpty() || SqlKeywords.needQuotes(identifier)) {
      return false;
    }
    for (int i = 0; i < identifier.length(); i++) {
      char c = identifier.charAt(i);
      boolean ok = (c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9');
      if (!ok) {
        return false;
      }
    }
    return true;
  }
}
