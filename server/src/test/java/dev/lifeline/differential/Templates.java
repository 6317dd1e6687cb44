package dev.lifeline.differential;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Expressions with gaps, by the type of their result, from a resource.
final class Templates {
  private static final Pattern GAP = Pattern.compile("\\{([a-z0-9_]+)([#!]?)(\\d*)}");

  private final Map<SqlType, List<String>> byType = new EnumMap<>(SqlType.class);

  private Templates() {}

  static Templates read(String resource) {
    Templates templates = new Templates();
    try (InputStream in = Templates.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource);
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(templates::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return templates;
  }

  private void add(String line) {
    String[] parts = line.split("\t", 2);
    byType.computeIfAbsent(type(parts[0]), type -> new ArrayList<>()).add(parts[1]);
  }

  static SqlType type(String name) {
    return SqlType.valueOf(name.toUpperCase(Locale.ROOT));
  }

  List<SqlType> types() {
    return List.copyOf(byType.keySet());
  }

  List<String> of(SqlType type) {
    return byType.getOrDefault(type, List.of());
  }

  /// A gap of a template.
  ///
  /// @param name a type, or another word
  /// @param constant whether it wants a constant
  record Gap(String name, boolean constant) {}

  static String fill(String template, Function<Gap, String> filler) {
    Map<String, String> remembered = new HashMap<>();
    StringBuilder sql = new StringBuilder();
    Matcher gap = GAP.matcher(template);
    while (gap.find()) {
      Gap wanted = new Gap(gap.group(1), gap.group(2).equals("!"));
      String text =
          gap.group(2).equals("#")
              ? remembered.computeIfAbsent(gap.group(), same -> filler.apply(wanted))
              : filler.apply(wanted);
      gap.appendReplacement(sql, Matcher.quoteReplacement(text));
    }
    return gap.appendTail(sql).toString();
  }
}
