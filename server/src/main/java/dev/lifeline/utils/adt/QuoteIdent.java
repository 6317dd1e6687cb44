package dev.lifeline.utils.adt;

import java.util.Set;

/// Identifiers as SQL would have to write them.
public final class QuoteIdent {
  /// The keywords that are not free to be a column's name: only these need quotes.
  private static final Set<String> RESERVED =
      Set.of(
          ("all analyse analyze and any array as asc asymmetric authorization between bigint binary"
                  + " bit boolean both case cast char character check coalesce collate collation"
                  + " column concurrently constraint create cross current_catalog current_date"
                  + " current_role current_schema current_time current_timestamp current_user dec"
                  + " decimal default deferrable desc distinct do else end except exists extract"
                  + " false fetch float for foreign freeze from full grant greatest group grouping"
                  + " having ilike in initially inner inout int integer intersect interval into is"
                  + " isnull join lateral leading least left like limit localtime localtimestamp"
                  + " national natural nchar none normalize not notnull null nullif numeric offset"
                  + " on only or order out outer overlaps overlay placing position precision primary"
                  + " real references returning right row select session_user setof similar"
                  + " smallint some substring symmetric table tablesample then time timestamp to"
                  + " trailing treat trim true union unique user using values varchar variadic"
                  + " verbose when where window with xmlattributes xmlconcat xmlelement xmlexists"
                  + " xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable")
              .split(" "));

  private QuoteIdent() {}

  public static String quote(String identifier) {
    return isSafe(identifier) ? identifier : '"' + identifier.replace("\"", "\"\"") + '"';
  }

  private static boolean isSafe(String identifier) {
    if (identifier.isEmpty() || RESERVED.contains(identifier)) {
      return false;
    }
    for (int i = 0; i < identifier.length(); i++) {
      char c = identifier.charAt(i);
      boolean ok = (c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9');
      if (!ok) {
        return false;
      }
    }
    return true;
  }
}
