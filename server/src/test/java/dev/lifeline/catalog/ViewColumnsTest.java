package dev.lifeline.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The system catalogs and views have the columns of a real PostgreSQL 15, where one is installed:
/// asked of it in single-user mode, which needs no port.
class ViewColumnsTest {
  private static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");

  @TempDir private Path dir;

  /// Runs a program, as `postgres` where the test runs as root, because PostgreSQL refuses that.
  private String run(String input, String... command) throws Exception {
    List<String> line = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    line.addAll(List.of(command));
    Path in = Files.writeString(dir.resolve("input"), input);
    Path out = dir.resolve("output");
    Process process =
        new ProcessBuilder(line)
            .directory(dir.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it takes too long");
    assertEquals(0, process.exitValue(), () -> String.join(" ", line));
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  /// Every relation of `pg_catalog` and `information_schema`, and of an extension that is built in
  /// here: its oid, kind and columns, where a domain (the information schema has some, Lifeline has
  /// none) counts as the type under it.
  private Map<String, String> real() throws Exception {
    Path data = dir.resolve("data");
    assertTrue(dir.toFile().setWritable(true, false));
    assertTrue(dir.toFile().setExecutable(true, false));
    assertTrue(dir.toFile().setReadable(true, false));
    run("", BIN.resolve("initdb").toString(), "-D", data.toString(), "-N", "-U", "postgres");
    String query =
        "select 'row=' || n.nspname || '.' || c.relname || ' ' || c.oid || ' ' || c.relkind::text || ' '"
            + " || string_agg(a.attname || ' ' || coalesce(b.typname, t.typname), ', ' order by a.attnum) as line"
            + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            + " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            + " join pg_type t on t.oid = a.atttypid"
            + " left join pg_type b on b.oid = t.typbasetype"
            + " where n.nspname in ('pg_catalog', 'information_schema', 'public')"
            + " and c.relkind in ('r', 'v')"
            + " group by n.nspname, c.relname, c.oid, c.relkind\n";
    String answer =
        run(
            "create extension pg_stat_statements\n" + query,
            BIN.resolve("postgres").toString(),
            "--single",
            "-D",
            data.toString(),
            "postgres");
    Map<String, String> real = new TreeMap<>();
    for (String line : answer.split("\n", -1)) {
      int at = line.indexOf("\"row=");
      if (at >= 0) {
        String row = line.substring(at + 5, line.indexOf('"', at + 5));
        int space = row.indexOf(' ');
        real.put(row.substring(0, space), row.substring(space + 1));
      }
    }
    return real;
  }

  @Test
  void columnsAreThoseOfPostgres() throws Exception {
    assumeTrue(Files.isExecutable(BIN.resolve("initdb")), "no PostgreSQL 15 is installed");
    Map<String, String> real = real();
    assertTrue(real.size() > 150, () -> "what was read: " + real);
    Map<String, String> ours = new TreeMap<>();
    Map<String, String> theirs = new TreeMap<>();
    for (CatalogDef def : CatalogDef.all()) {
      if (def.namespaceName().equals("lifeline")) {
        continue; // what PostgreSQL does not have
      }
      boolean extension = def.name().startsWith("pg_stat_statements");
      String name = (extension ? "public" : def.namespaceName()) + "." + def.name();
      boolean ownOid = def.namespaceName().equals("pg_catalog") && !extension;
      String columns =
          def.columns().stream()
              .map(column -> column.name() + " " + column.typeName())
              .collect(Collectors.joining(", "));
      ours.put(name, (ownOid ? def.oid() + " " : "") + def.kind().code() + " " + columns);
      String expected = real.getOrDefault(name, "no such relation");
      theirs.put(name, ownOid ? expected : expected.substring(expected.indexOf(' ') + 1));
    }
    assertEquals(String.join("\n", theirs.values()), String.join("\n", ours.values()));
  }
}
