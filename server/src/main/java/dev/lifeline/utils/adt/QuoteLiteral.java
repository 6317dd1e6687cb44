package dev.lifeline.utils.adt;

/// Writes a text as a literal of SQL.
public final class QuoteLiteral {
  private QuoteLiteral() {}

  public static String quote(String value) {
    return QuoteFunctions.literal(value);
  }
}
