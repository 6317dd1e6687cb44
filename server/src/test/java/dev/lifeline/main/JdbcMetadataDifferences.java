package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Where pgjdbc's metadata may differ from PostgreSQL's, and why. Whatever else differs is a
/// defect, and so is what stands here and differs no more.
final class JdbcMetadataDifferences {
  private record Difference(String reason, Predicate<String> lines) {}

  private final List<String> expected;
  private final List<Difference> known = new ArrayList<>();

  private JdbcMetadataDifferences(List<String> expected) {
    this.expected = expected;
    differ("the event log is a view in a schema of its own", "getSchemas: lifeline\\|.*");
    differ("as above", "getTables\\(tables\\): metadata\\|lifeline\\|events\\|VIEW\\|.*");
    differ(
        "a table has no row type, nor an array of that",
        "getUDTs: metadata\\|shop\\|.*\\|2002\\|.*");
    Set<String> relations = relations();
    known.add(
        new Difference(
            "as above",
            line ->
                line.startsWith("getTypeInfo: _")
                    && relations.contains(name(line).substring("_".length()))));
    differ(
        "there are no domains",
        "getTypeInfo: _?(cardinal_number|character_data|sql_identifier|time_stamp|yes_or_no)\\|.*");
    differ(
        "there are no extended statistics",
        "getTables\\((system|views)\\): [^|]*\\|pg_catalog\\|(pg_statistic_ext_data|pg_stats_ext.*?)\\|.*");
    differ(
        "a JVM's memory is not PostgreSQL's, nor was it built as that",
        "getTables\\(views\\): [^|]*\\|pg_catalog\\|(pg_backend_memory_contexts|pg_shmem_allocations"
            + "|pg_config|pg_stat_slru)\\|.*");
    differ(
        "what the running transaction has done is counted when it ends",
        "getTables\\(views\\): [^|]*\\|pg_catalog\\|pg_stat_xact_.*");
    differ(
        "a COPY does not tell how far it is",
        "getTables\\(views\\): [^|]*\\|pg_catalog\\|pg_stat_progress_copy\\|.*");
    differ(
        "the names of time zones are the JDK's",
        "getTables\\(views\\): [^|]*\\|pg_catalog\\|pg_timezone_(names|abbrevs)\\|.*");
    differ(
        "built in here, an extension there",
        "getTables\\(views\\): [^|]*\\|pg_catalog\\|pg_stat_statements(_info)?\\|.*");
    differ(
        "the views of the standard that no client is known to ask for",
        "getTables\\(information\\): .*");
    differ(
        "there are no functions over types that there are not, and none that only the planner calls",
        "getFunctions\\(system\\): [^|]*\\|pg_catalog\\|(abbrev|anyarray_recv|any(compatible)?(multi)?range_"
            + "(in|out)|anycompatiblearray_recv|area|area(join)?sel|array_recv|array_agg_.*fn"
            + "|array_subscript_handler|array_to_tsvector|array_typanalyze|array_unnest_support"
            + "|arraycont(join)?sel)\\|.*");
    differ(
        "as above",
        "getFunctionColumns\\(system\\): [^|]*\\|pg_catalog\\|(jsonpath_.*|jsonb?_(recv|to_tsvector|subscript_handler|path_.*|.*_(trans|final)fn))\\|.*");
  }

  private void differ(String reason, String regex) {
    Pattern pattern = Pattern.compile(regex);
    known.add(new Difference(reason, line -> pattern.matcher(line).matches()));
  }

  /// Of all the relations that are told of.
  private Set<String> relations() {
    Set<String> names = new HashSet<>();
    for (String line : expected) {
      if (line.startsWith("getTables(")) {
        String[] fields = line.split("\\|", -1);
        if (fields.length > 2) {
          names.add(fields[2]);
        }
      }
    }
    return names;
  }

  private static String name(String line) {
    return line.substring(line.indexOf(": ") + 2).split("\\|", -1)[0];
  }

  /// Checks that nothing differs but what is known to.
  static void check(List<String> expected, List<String> actual) {
    new JdbcMetadataDifferences(expected).check(actual);
  }

  private void check(List<String> actual) {
    Set<String> differing = new HashSet<>(expected);
    differing.removeAll(new HashSet<>(actual));
    Set<String> more = new HashSet<>(actual);
    more.removeAll(new HashSet<>(expected));
    differing.addAll(more);
    Set<String> excused = new HashSet<>();
    for (Difference difference : known) {
      List<String> found = differing.stream().filter(difference.lines()).toList();
      assertTrue(!found.isEmpty(), "nothing differs any more: " + difference.reason());
      excused.addAll(found);
    }
    assertEquals(without(expected, excused), without(actual, excused));
  }

  private static String without(List<String> lines, Set<String> excused) {
    return String.join("\n", lines.stream().filter(line -> !excused.contains(line)).toList());
  }
}
