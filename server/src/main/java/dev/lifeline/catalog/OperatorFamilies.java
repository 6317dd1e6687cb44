package dev.lifeline.catalog;

import dev.lifeline.utils.TextResource;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What the operator families of the B-tree consist of, `pg_amop` and `pg_amproc`: read from
/// `btree-families.tsv`, where a line has the kind of member, its oid, its family, the types on its
/// left and right, its number in the family, and the oid of the operator or function.
final class OperatorFamilies {
  private record Member(
      String kind, int oid, int family, int left, int right, int number, int object) {
    /// Of the families of types that there are not, and of what only C calls, nothing is told.
    private boolean isKnown() {
      return kind.equals("operator")
          ? BootstrapCatalog.operator(object) != null
          : BootstrapCatalog.proc(object) != null;
    }
  }

  private static final List<Member> ALL =
      TextResource.rows(OperatorFamilies.class, "btree-families.tsv", OperatorFamilies::member)
          .stream()
          .filter(Member::isKnown)
          .toList();

  private OperatorFamilies() {}

  static List<Consumer<VirtualRow>> operators() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (Member member : ALL) {
      if (member.kind().equals("operator")) {
        rows.add(row ->
            row.oid("oid", member.oid())
                .oid("amopfamily", member.family())
                .oid("amoplefttype", member.left())
                .oid("amoprighttype", member.right())
                .set("amopstrategy", member.number())
                .set("amoppurpose", 's')
                .oid("amopopr", member.object())
                .oid("amopmethod", RelationWriter.BTREE_AM));
      }
    }
    return rows;
  }

  static List<Consumer<VirtualRow>> functions() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (Member member : ALL) {
      if (member.kind().equals("function")) {
        rows.add(row ->
            row.oid("oid", member.oid())
                .oid("amprocfamily", member.family())
                .oid("amproclefttype", member.left())
                .oid("amprocrighttype", member.right())
                .set("amprocnum", member.number())
                .oid("amproc", member.object()));
      }
    }
    return rows;
  }

  private static Member member(String[] f) {
    return new Member(
        f[0],
        Integer.parseInt(f[1]),
        Integer.parseInt(f[2]),
        Integer.parseInt(f[3]),
        Integer.parseInt(f[4]),
        Integer.parseInt(f[5]),
        Integer.parseInt(f[6]));
  }
}
