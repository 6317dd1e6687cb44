package dev.lifeline.catalog;

import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What SQL can ask of access control lists: `acldefault`, `aclexplode`, `makeaclitem`.
final class AclFunctions {
  private static final int ACLITEM = 1033;

  private final BackendCatalog catalog;

  AclFunctions(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// The privileges of an object of a kind whose ACL is null.
  PgArray defaults(char kind, int owner) {
    String name = roleName(owner);
    if (kind == 'c') {
      return array(List.of());
    }
    if (kind == 'p') {
      // Lifeline grants nothing on parameters, so it has no privileges with these letters.
      return array(List.of(name + "=sA/" + name));
    }
    List<Acl.Item> items = new ArrayList<>();
    Set<Privilege> toAll = ofPublic(kind);
    if (!toAll.isEmpty()) {
      items.add(new Acl.Item("", toAll, Set.of(), name));
    }
    items.add(new Acl.Item(name, ofKind(kind), Set.of(), name));
    return array(new Acl(items).texts());
  }

  private static Set<Privilege> ofKind(char kind) {
    return switch (kind) {
      case 'r' -> Privilege.ofTables();
      case 's' -> Privilege.ofSequences();
      case 'd' -> Privilege.ofDatabases();
      case 'f' -> EnumSet.of(Privilege.EXECUTE);
      case 'l', 'F', 'S', 'T' -> EnumSet.of(Privilege.USAGE);
      case 'L' -> EnumSet.of(Privilege.SELECT, Privilege.UPDATE);
      case 'n' -> Privilege.ofSchemas();
      case 't' -> EnumSet.of(Privilege.CREATE);
      default ->
          throw PgException.error(
              SqlState.INTERNAL_ERROR, "unrecognized objtype abbreviation: %s", kind);
    };
  }

  private static Set<Privilege> ofPublic(char kind) {
    return switch (kind) {
      case 'd' -> EnumSet.of(Privilege.TEMPORARY, Privilege.CONNECT);
      case 'f' -> EnumSet.of(Privilege.EXECUTE);
      case 'l', 'T' -> EnumSet.of(Privilege.USAGE);
      default -> Set.of();
    };
  }

  /// A row for each privilege in the list.
  ServerRows explode(PgArray acl) {
    ServerRows rows = new ServerRows();
    for (int i = 0; i < acl.size(); i++) {
      Acl.Item item = Acl.parseItem(String.valueOf(acl.elements().getObject(i)));
      item.privileges().stream()
          .sorted()
          .forEach(privilege ->
              rows.add(
                  roleOid(item.grantor()),
                  roleOid(item.grantee()),
                  Text.of(privilege.name()),
                  item.grantable().contains(privilege) ? 1L : 0L));
    }
    return rows;
  }

  /// `makeaclitem`
  Text make(int grantee, int grantor, String privilege, boolean grantable) {
    Set<Privilege> granted = EnumSet.of(named(privilege));
    Acl acl =
        new Acl(
            List.of(
                new Acl.Item(
                    grantee == 0 ? "" : roleName(grantee),
                    granted,
                    grantable ? granted : Set.of(),
                    roleName(grantor))));
    return Text.of(acl.texts().getFirst());
  }

  static Privilege named(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    for (Privilege privilege : Privilege.values()) {
      if (privilege.name().equals(upper.equals("TEMP") ? "TEMPORARY" : upper)) {
        return privilege;
      }
    }
    throw PgException.error(
        SqlState.INVALID_PARAMETER_VALUE, "unrecognized privilege type: \"%s\"", name);
  }

  private static PgArray array(List<String> texts) {
    PgType type = Types.get(ACLITEM);
    Column elements = new Column(type.rep(), Math.max(1, texts.size()));
    for (int i = 0; i < texts.size(); i++) {
      elements.setObject(i, Text.of(texts.get(i)));
    }
    return PgArray.of(type, elements, texts.size());
  }

  private String roleName(int oid) {
    String name = catalog.roleName(oid);
    return name == null ? Integer.toUnsignedString(oid) : name;
  }

  private Long roleOid(String name) {
    @Nullable Role role = name.isEmpty() ? null : catalog.role(name);
    return role == null ? 0L : Integer.toUnsignedLong(role.oid());
  }
}
