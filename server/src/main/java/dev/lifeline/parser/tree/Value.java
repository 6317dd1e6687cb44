package dev.lifeline.parser.tree;

/// The value of a literal or of an option, as the lexer understood it. Its type is still open: a
/// quoted string in an expression is of type `unknown`, digits become int8 or numeric later.
public sealed interface Value extends Node {

  /// Digits that fit into 32 bits.
  record Int(int value) implements Value {}

  /// A number that is no [Int]: with a point, an exponent, or too large. In decimal, or with the
  /// prefix `0x`, `0o` or `0b`, without underscores.
  record Numeric(String digits) implements Value {}

  /// `TRUE` or `FALSE`.
  record Bool(boolean value) implements Value {}

  /// A string, with its escapes resolved.
  record Str(String value) implements Value {}

  /// `B'...'` or `X'...'`: the text with its prefix letter in lower case.
  record BitStr(String value) implements Value {}

  /// `NULL`.
  record Null() implements Value {}
}
