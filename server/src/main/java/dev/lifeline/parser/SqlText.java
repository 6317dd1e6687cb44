package dev.lifeline.parser;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The small change of printing SQL: names, strings, lists. Words that are null or empty are left
/// out.
final class SqlText {
  private SqlText() {}

  /// Words with a space between them.
  static String join(@Nullable String... words) {
    StringBuilder out = new StringBuilder();
    for (String word : words) {
      if (word != null && !word.isEmpty()) {
        if (!out.isEmpty()) {
          out.append(' ');
        }
        out.append(word);
      }
    }
    return out.toString();
  }

  static String when(boolean condition, String text) {
    return condition ? text : "";
  }

  /// A clause of words and a value, where there is one.
  static <T> String opt(String words, @Nullable T value, Function<? super T, String> printer) {
    return value == null ? "" : join(words, printer.apply(value));
  }

  static String optName(String words, @Nullable String name) {
    return opt(words, name, SqlText::name);
  }

  static <T> String list(List<? extends T> items, Function<? super T, String> printer) {
    return items.stream().map(printer).collect(Collectors.joining(", "));
  }

  static <T> String words(List<? extends T> items, Function<? super T, String> printer) {
    return items.stream().map(printer).collect(Collectors.joining(" "));
  }

  static String parens(String text) {
    return "(" + text + ")";
  }

  /// A list in parentheses, or nothing where it is empty.
  static <T> String optParens(List<? extends T> items, Function<? super T, String> printer) {
    return items.isEmpty() ? "" : parens(list(items, printer));
  }

  static String optNames(List<String> names) {
    return optParens(names, SqlText::name);
  }

  static String names(List<String> names) {
    return list(names, SqlText::name);
  }

  /// A name, in quotes where it would be read as something else without them.
  static String name(String name) {
    int keyword = StatementShape.keyword(name);
    boolean free = keyword < 0 || Keywords.category(keyword) == Keywords.UNRESERVED;
    return free ? label(name) : quoted(name);
  }

  /// A name where no keyword is read as one.
  static String label(String name) {
    return StatementShape.isPlainWord(name) ? name : quoted(name);
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String qualified(List<String> names) {
    return names.stream().map(SqlText::name).collect(Collectors.joining("."));
  }

  static String optQualified(String words, List<String> names) {
    return names.isEmpty() ? "" : join(words, qualified(names));
  }

  static String string(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /// An operator, in its long form where it has a schema.
  static String operator(List<String> name) {
    return name.size() == 1 ? name.get(0) : "OPERATOR(" + anyOperator(name) + ")";
  }

  /// `any_operator`
  static String anyOperator(List<String> name) {
    int last = name.size() - 1;
    String schema = qualified(name.subList(0, last));
    return schema.isEmpty() ? name.get(last) : schema + "." + name.get(last);
  }

  /// An enum's constant as the words that it is named after.
  static String keyword(Enum<?> constant) {
    return constant.name().replace('_', ' ');
  }
}
