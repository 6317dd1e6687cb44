package dev.lifeline.observe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// A YAML file that lists servers.
///
/// ```yaml
/// servers:
///   - name: orders
///     url: postgresql://lifeline@orders.example.com/postgres?sslmode=verify-full
///   - url: postgresql://lifeline@stock.example.com/postgres
/// ```
public final class TargetList {
  private static final String EXPECTED = "expected \"- name: ...\", \"url: ...\"";

  private final List<Target> targets = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private TargetList() {}

  /// Reads the text of a file.
  ///
  /// @throws IllegalArgumentException with the line that is not understood
  public static List<Target> parse(String text) {
    TargetList list = new TargetList();
    try {
      new Compose(LoadSettings.builder().build()).composeString(text).ifPresent(list::root);
    } catch (MarkedYamlEngineException e) {
      throw wrong(e.getProblemMark().orElse(null), String.valueOf(e.getProblem()));
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
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

  private void root(Node root) {
    Node list = root;
    if (root instanceof MappingNode mapping
        && mapping.getValue().size() == 1
        && text(mapping.getValue().getFirst().getKeyNode()).equals("servers")) {
      list = mapping.getValue().getFirst().getValueNode();
    }
    if (!(list instanceof SequenceNode servers)) {
      throw wrong(list, EXPECTED);
    }
    servers.getValue().forEach(this::server);
  }

  private void server(Node node) {
    if (node instanceof ScalarNode url) {
      add(node, null, url.getValue());
      return;
    }
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, EXPECTED);
    }
    Map<String, String> values = new HashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      String key = text(entry.getKeyNode());
      if (!key.equals("name") && !key.equals("url")) {
        throw wrong(entry.getKeyNode(), "unknown key \"" + key + "\", there are name and url");
      }
      if (values.put(key, text(entry.getValueNode())) != null) {
        throw wrong(entry.getKeyNode(), "a server has two values of \"" + key + "\"");
      }
    }
    String url = values.get("url");
    if (url == null) {
      throw wrong(node, "a server has no url");
    }
    add(node, values.get("name"), url);
  }

  private void add(Node node, @Nullable String name, String url) {
    Target target = new Target(name == null ? nameOf(url) : name, url);
    if (target.name().isEmpty() || target.name().chars().anyMatch(Character::isWhitespace)) {
      // A lane's name begins with the server's, and then comes a blank.
      throw wrong(node, "\"" + target.name() + "\" is no name: it may have no blanks");
    }
    if (!names.add(target.name())) {
      throw wrong(node, "two servers are called \"" + target.name() + "\"");
    }
    targets.add(target);
  }

  private static String text(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong(node, EXPECTED);
  }

  private static IllegalArgumentException wrong(Node node, String reason) {
    return wrong(node.getStartMark().orElse(null), reason);
  }

  private static IllegalArgumentException wrong(@Nullable Mark mark, String reason) {
    String line = mark == null ? "" : "line " + (mark.getLine() + 1) + ": ";
    return new IllegalArgumentException(line + reason);
  }
}
