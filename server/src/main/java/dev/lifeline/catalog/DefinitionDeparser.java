package dev.lifeline.catalog;

import dev.lifeline.utils.fmgr.PgProc;
import org.jspecify.annotations.Nullable;

/// Writes definitions as PostgreSQL tells them. The catalogs keep them as texts; who can analyze
/// these is above the catalogs, and registers here.
public interface DefinitionDeparser {
  /// For where nobody asks: the texts as they are kept.
  DefinitionDeparser STORED =
      new DefinitionDeparser() {
        @Override
        public String view(BackendCatalog catalog, Relation view, boolean pretty, int wrapColumn) {
          return " " + view.viewQuery() + ";";
        }

        @Override
        public String expression(
            BackendCatalog catalog, String source, Relation relation, boolean pretty) {
          return source;
        }

        @Override
        public @Nullable String argumentDefault(BackendCatalog catalog, PgProc proc, int argument) {
          return null;
        }
      };

  /// The query of a view.
  ///
  /// @param pretty whether parentheses that are not needed are left out
  /// @param wrapColumn how long a line of columns may become
  String view(BackendCatalog catalog, Relation view, boolean pretty, int wrapColumn);

  /// The default value of an argument of a function, which has one.
  @Nullable String argumentDefault(BackendCatalog catalog, PgProc proc, int argument);

  /// An expression over the columns of a relation, from the text that the catalogs keep.
  String expression(BackendCatalog catalog, String source, Relation relation, boolean pretty);
}
