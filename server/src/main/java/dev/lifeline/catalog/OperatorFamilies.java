package dev.lifeline.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/// What the operator families of the B-tree consist of, `pg_amop` and `pg_amproc`: read from
/// `btree-families.tsv`, where a line has the kind of member, its oid, its family, the types on its
/// left and right, its number in the family, and the oid of the operator or function.
final class OperatorFamilies {
  private record Member(
      String kind, int oid, int family, int left, int right, int number, int object) {}

  private static final List<Member> ALL = read();

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

  private static List<Member> read() {
    List<Member> all = new ArrayList<>();
    try (InputStream in = OperatorFamilies.class.getResourceAsStream("btree-families.tsv");
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] f = line.split("\t", -1);
        all.add(
            new Member(
                f[0],
                Integer.parseInt(f[1]),
                Integer.parseInt(f[2]),
                Integer.parseInt(f[3]),
                Integer.parseInt(f[4]),
                Integer.parseInt(f[5]),
                Integer.parseInt(f[6])));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }
}
