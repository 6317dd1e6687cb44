package dev.lifeline.observe;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file that lists servers: the part of YAML that a list of servers needs.
///
/// ```yaml
/// servers:
///   - name: orders
///     url: postgresql://lifeline@orders.example.com/postgres?sslmode=verify-full
///   - url: postgresql://lifeline@stock.example.com/postgres
/// ```
public final class TargetList {
  private final List<Target> targets = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private @Nullable String name;
  private @Nullable String url;
  private boolean open;

  private TargetList() {}

  /// Reads the text of a file.
  ///
  /// @throws IllegalArgumentException with the line that is not understood
  public static List<Target> parse(String text) {
    TargetList list = new TargetList();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      try {
        list.line(line);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
      }
    }
    list.end();
    return List.copyOf(list.targets);
  }

  /// A target from a URL alone: called by its host, port and database.
  public static Target ofUrl(String url) {
    return new Target(nameOf(url), url);
  }

  private static String nameOf(String url) {
    int at = url.lastIndexOf('@');
    int begin = at >= 0 ? at + 1 : url.indexOf("//") + 2;
    int query = url.indexOf('?', begin);
    return url.substring(begin, query < 0 ? url.length() : query);
  }

  private void line(String raw) {
    String line = withoutComment(raw).strip();
    if (line.isEmpty() || line.equals("---") || line.equals("servers:")) {
      return;
    }
    if (line.startsWith("- ")) {
      end();
      open = true;
      line = line.substring(2).strip();
      if (!line.startsWith("name:") && !line.startsWith("url:")) {
        url = unquoted(line);
        return;
      }
    }
    int colon = line.indexOf(':');
    if (!open || colon < 0) {
      throw new IllegalArgumentException("expected \"- name: ...\", \"url: ...\"");
    }
    String value = unquoted(line.substring(colon + 1).strip());
    switch (line.substring(0, colon)) {
      case "name" -> name = value;
      case "url" -> url = value;
      default ->
          throw new IllegalArgumentException(
              "unknown key \"" + line.substring(0, colon) + "\", there are name and url");
    }
  }

  private static String withoutComment(String line) {
    if (line.strip().startsWith("#")) {
      return "";
    }
    int comment = line.indexOf(" #");
    return comment < 0 ? line : line.substring(0, comment);
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() > 1
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(value.length() - 1) == value.charAt(0);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private void end() {
    if (!open) {
      return;
    }
    String address = url;
    if (address == null) {
      throw new IllegalArgumentException("a server has no url");
    }
    Target target = new Target(name == null ? nameOf(address) : name, address);
    if (!names.add(target.name())) {
      throw new IllegalArgumentException("two servers are called \"" + target.name() + "\"");
    }
    targets.add(target);
    name = null;
    url = null;
    open = false;
  }
}
