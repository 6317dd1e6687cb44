package dev.lifeline.utils.adt;

import java.util.Locale;

/// `boolean`.
final class BoolOps extends LongOps {
  BoolOps() {
    super(1, false);
  }

  @Override
  long parse(String text, int typmod, EvalContext context) {
    int value = parse(text);
    if (value < 0) {
      throw invalidSyntax("boolean", text);
    }
    return value;
  }

  /// 1, 0, or -1 where the text is neither: any beginning of true, false, yes, no, on and off that
  /// is the beginning of one of them only, 1 and 0.
  static int parse(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.isEmpty()) {
      return -1;
    }
    return switch (word.charAt(0)) {
      case 't' -> "true".startsWith(word) ? 1 : -1;
      case 'f' -> "false".startsWith(word) ? 0 : -1;
      case 'y' -> "yes".startsWith(word) ? 1 : -1;
      case 'n' -> "no".startsWith(word) ? 0 : -1;
      case 'o' -> word.equals("on") ? 1 : word.length() >= 2 && "off".startsWith(word) ? 0 : -1;
      case '1' -> word.length() == 1 ? 1 : -1;
      case '0' -> word.length() == 1 ? 0 : -1;
      default -> -1;
    };
  }

  @Override
  void format(long value, EvalContext context, ByteWriter out) {
    out.int8(value != 0 ? 't' : 'f');
  }
}
