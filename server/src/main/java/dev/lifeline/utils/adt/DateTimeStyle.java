package dev.lifeline.utils.adt;

/// How dates are written and read: the two halves of `DateStyle`.
///
/// @param format how they are written
/// @param order how an ambiguous date is read, and in which order the day and month are written
public record DateTimeStyle(Format format, Order order) {
  public static final DateTimeStyle ISO_MDY = new DateTimeStyle(Format.ISO, Order.MDY);

  /// The output format.
  public enum Format {
    ISO,
    SQL,
    POSTGRES,
    GERMAN
  }

  /// The order of year, month and day in an ambiguous date.
  public enum Order {
    DMY,
    MDY,
    YMD
  }
}
