package dev.lifeline.catalog;

import dev.lifeline.utils.adt.QuoteIdent;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keeps the defaults of columns right when sequences get other names: the catalogs keep a default
/// as a text, which names the sequence that it takes its values from.
public final class SequenceNames {
  /// How a default names a relation.
  static final Pattern REGCLASS = Pattern.compile("'((?:[^']|'')+)'::regclass");

  private final CatalogWriter writer;

  public SequenceNames(CatalogWriter writer) {
    this.writer = writer;
  }

  /// A name as a default has it.
  public static String qualified(String schema, String name) {
    return QuoteIdent.quote(schema) + "." + QuoteIdent.quote(name);
  }

  /// Adds the steps that write the defaults anew that name one of these sequences.
  ///
  /// @param names the new names, as of [#qualified], by the sequences' oids
  public void rename(Map<Integer, String> names) {
    if (names.isEmpty()) {
      return;
    }
    for (CatalogRow row :
        writer.catalog().reader().scan("pg_attrdef", r -> r.text("adbin").contains("::regclass"))) {
      String before = row.text("adbin");
      String after = REGCLASS.matcher(before).replaceAll(found -> renamed(found.group(1), names));
      if (!after.equals(before)) {
        writer.update(row.copy().set("adbin", after));
      }
    }
  }

  private String renamed(String literal, Map<Integer, String> names) {
    CatalogFunctions functions = new CatalogFunctions(writer.catalog());
    int oid =
        writer
            .catalog()
            .readingStored(
                () -> functions.relationOid(SearchPath.nameParts(literal.replace("''", "'"))));
    String name = names.get(oid);
    String shown = name == null ? literal : name.replace("'", "''");
    return Matcher.quoteReplacement("'" + shown + "'::regclass");
  }
}
