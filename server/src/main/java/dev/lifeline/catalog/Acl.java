package dev.lifeline.catalog;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// An access control list: who was granted what by whom. Immutable; its text form is that of
/// PostgreSQL's `aclitem[]`, `{ann=arw/postgres,=r/postgres}`.
///
/// @param items at most one for each pair of grantee and grantor
public record Acl(List<Item> items) {

  /// One grantee's privileges.
  ///
  /// @param grantee a role's name; empty for PUBLIC
  /// @param grantable those of the privileges that the grantee may grant to others
  public record Item(
      String grantee, Set<Privilege> privileges, Set<Privilege> grantable, String grantor) {
    public Item {
      privileges = Set.copyOf(privileges);
      grantable = Set.copyOf(grantable);
    }
  }

  public Acl {
    items = List.copyOf(items);
  }

  /// What an owner has where nothing was ever granted.
  public static Acl ofOwner(String owner, Set<Privilege> all) {
    return new Acl(List.of(new Item(owner, all, Set.of(), owner)));
  }

  /// The text of an ACL column, or null where it is null.
  static @Nullable String read(CatalogRow row, String column) {
    return row.isNull(column) ? null : "{" + String.join(",", row.texts(column)) + "}";
  }

  public static Acl parse(String text) {
    List<Item> items = new ArrayList<>();
    for (String item : elements(text)) {
      items.add(parseItem(item));
    }
    return new Acl(items);
  }

  private static List<String> elements(String text) {
    List<String> elements = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    boolean quoted = false;
    for (int i = 1; i < text.length() - 1; i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      }
      if (c == ',' && !quoted) {
        elements.add(element.toString());
        element.setLength(0);
      } else {
        element.append(c);
      }
    }
    if (!element.isEmpty()) {
      elements.add(element.toString());
    }
    return elements;
  }

  static Item parseItem(String item) {
    int equals = endOfName(item, 0);
    int slash = item.indexOf('/', equals);
    Set<Privilege> privileges = EnumSet.noneOf(Privilege.class);
    Set<Privilege> grantable = EnumSet.noneOf(Privilege.class);
    Privilege last = null;
    for (char c : item.substring(equals + 1, slash).toCharArray()) {
      if (c == '*' && last != null) {
        grantable.add(last);
      } else {
        last = Privilege.of(c);
        if (last != null) {
          privileges.add(last);
        }
      }
    }
    return new Item(
        unquote(item.substring(0, equals)),
        privileges,
        grantable,
        unquote(item.substring(slash + 1)));
  }

  private static int endOfName(String item, int from) {
    boolean quoted = false;
    for (int i = from; i < item.length(); i++) {
      if (item.charAt(i) == '"') {
        quoted = !quoted;
      } else if (item.charAt(i) == '=' && !quoted) {
        return i;
      }
    }
    throw new IllegalArgumentException("aclitem " + item);
  }

  private static String unquote(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name;
  }

  private static String quote(String name) {
    boolean plain = name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_');
    return plain ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /// The items in text form, as they are stored.
  public List<String> texts() {
    return items.stream().map(Acl::text).toList();
  }

  private static String text(Item item) {
    StringBuilder text = new StringBuilder(quote(item.grantee())).append('=');
    for (Privilege privilege : Privilege.values()) {
      if (item.privileges().contains(privilege)) {
        text.append(privilege.code());
        if (item.grantable().contains(privilege)) {
          text.append('*');
        }
      }
    }
    return text.append('/').append(quote(item.grantor())).toString();
  }

  /// Whether the privilege was granted to PUBLIC or to a role that `acts` says yes to.
  public boolean allows(Privilege privilege, Predicate<String> acts) {
    for (Item item : items) {
      if (item.privileges().contains(privilege)
          && (item.grantee().isEmpty() || acts.test(item.grantee()))) {
        return true;
      }
    }
    return false;
  }

  /// Whether a role that `acts` says yes to may grant the privilege to others.
  boolean grantable(Privilege privilege, Predicate<String> acts) {
    return items.stream()
        .anyMatch(item -> item.grantable().contains(privilege) && acts.test(item.grantee()));
  }

  /// This and what is granted now.
  public Acl grant(
      String grantee, Set<Privilege> privileges, boolean withGrantOption, String grantor) {
    List<Item> changed = new ArrayList<>();
    Set<Privilege> all = EnumSet.noneOf(Privilege.class);
    all.addAll(privileges);
    Set<Privilege> grantable = EnumSet.noneOf(Privilege.class);
    if (withGrantOption) {
      grantable.addAll(privileges);
    }
    boolean found = false;
    for (Item item : items) {
      if (item.grantee().equals(grantee) && item.grantor().equals(grantor)) {
        all.addAll(item.privileges());
        grantable.addAll(item.grantable());
        changed.add(new Item(grantee, all, grantable, grantor));
        found = true;
      } else {
        changed.add(item);
      }
    }
    if (!found) {
      changed.add(new Item(grantee, all, grantable, grantor));
    }
    return new Acl(changed);
  }

  /// This without what is revoked, or without the right to grant it only.
  public Acl revoke(String grantee, Set<Privilege> privileges, boolean grantOptionOnly) {
    List<Item> changed = new ArrayList<>();
    for (Item item : items) {
      if (!item.grantee().equals(grantee)) {
        changed.add(item);
        continue;
      }
      Set<Privilege> left = EnumSet.noneOf(Privilege.class);
      left.addAll(item.privileges());
      Set<Privilege> grantable = EnumSet.noneOf(Privilege.class);
      grantable.addAll(item.grantable());
      grantable.removeAll(privileges);
      if (!grantOptionOnly) {
        left.removeAll(privileges);
      }
      if (!left.isEmpty()) {
        changed.add(new Item(grantee, left, grantable, item.grantor()));
      }
    }
    return new Acl(changed);
  }

  /// Whether anything was granted to or by that role.
  public boolean mentions(String role) {
    return items.stream().anyMatch(i -> i.grantee().equals(role) || i.grantor().equals(role));
  }
}
