package dev.lifeline.utils.adt;

import dev.lifeline.utils.TextResource;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The key words of PostgreSQL 15's SQL, for who asks what must be quoted: `pg_get_keywords`,
/// `quote_ident` and the texts of definitions. Written by `bootstrap-catalog.sh`; the grammar has
/// its own list, which is newer.
final class SqlKeywords {
  /// A word, the letter of its category, and whether it may be a label without AS.
  private record Keyword(String word, char category, boolean bareLabel) {
    private static Keyword of(String[] fields) {
      return new Keyword(fields[0], fields[1].charAt(0), fields[2].equals("t"));
    }

    private String categoryText() {
      return switch (category) {
        case 'U' -> "unreserved";
        case 'C' -> "unreserved (cannot be function or type name)";
        case 'T' -> "reserved (can be function or type name)";
        case 'R' -> "reserved";
        default -> throw new IllegalStateException("category " + category);
      };
    }
  }

  private static final List<Keyword> ALL =
      TextResource.rows(SqlKeywords.class, "keywords.tsv", Keyword::of);

  /// Those that are not free to be a column's name.
  private static final Set<String> QUOTED =
      ALL.stream()
          .filter(keyword -> keyword.category() != 'U')
          .map(Keyword::word)
          .collect(Collectors.toUnmodifiableSet());

  private SqlKeywords() {}

  static boolean needQuotes(String word) {
    return QUOTED.contains(word);
  }

  /// The rows of `pg_get_keywords`.
  static SetIterator rows() {
    ServerRows rows = new ServerRows();
    for (Keyword keyword : ALL) {
      rows.add(
          Text.of(keyword.word()),
          (long) keyword.category(),
          keyword.bareLabel() ? 1L : 0L,
          Text.of(keyword.categoryText()),
          Text.of(keyword.bareLabel() ? "can be bare label" : "requires AS"));
    }
    return rows.iterator();
  }
}
