package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `lifeline waldump` prints what `pg_waldump` (15) would: the lines were compared with its own.
class WaldumpTest {
  private static final String SEGMENT = "000000010000000000000001";
  private static final Pattern LINE =
      Pattern.compile(
          "rmgr: (\\S+) +len \\(rec/tot\\): +(\\d+)/ *(\\d+), tx: +(\\d+), lsn: (0/[0-9A-F]{8}),"
              + " prev (0/[0-9A-F]{8}), desc: ([A-Z_+]+)( .*?)?"
              + "((?:, blkref #\\d: rel 166[34]/\\d+/\\d+(?: fork (?:fsm|vm))? blk \\d+(?: FPW)?)*)");

  @TempDir private static Path dir;
  private static Path data;

  private record Output(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  @BeforeAll
  static void makeCluster() throws Exception {
    data = dir.resolve("data");
    try (LifelineProcess server = LifelineProcess.start(data)) {
      try (Connection connection = server.connect("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t (id int PRIMARY KEY)");
        connection.setAutoCommit(false);
        statement.execute("INSERT INTO t VALUES (1)");
        connection.setSavepoint();
        statement.execute("INSERT INTO t VALUES (2)");
        connection.commit();
        statement.execute("DROP TABLE t");
        connection.commit();
      }
      assertEquals(0, server.stop("INT"), server.log());
    }
  }

  private static Output waldump(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    WaldumpCommand command =
        new WaldumpCommand(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    String[] all = new String[arguments.length + 2];
    all[0] = "-p";
    all[1] = data.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    int code = new CommandLine(command).execute(all);
    return new Output(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Matcher parse(String line) {
    Matcher parsed = LINE.matcher(line);
    assertTrue(parsed.matches(), line);
    return parsed;
  }

  @Test
  void everyRecordIsALineThatLeadsToTheOneBefore() {
    Output all = waldump(SEGMENT);
    assertEquals(1, all.exitCode(), "the WAL ends in the segment");
    assertTrue(
        all.err()
            .matches(
                "lifeline waldump: error: error in WAL record at 0/[0-9A-F]+: invalid record length at"
                    + " 0/[0-9A-F]+: wanted 32, got 0\n"),
        all.err());
    String previous = "0/00000000";
    for (String line : all.lines()) {
      Matcher parsed = parse(line);
      assertEquals(previous, parsed.group(6), line);
      previous = parsed.group(5);
      assertTrue(Integer.parseInt(parsed.group(2)) <= Integer.parseInt(parsed.group(3)), line);
    }
    assertTrue(all.lines().size() > 1000, "only " + all.lines().size() + " records");
    assertTrue(
        all.lines().getLast().matches(".* desc: CHECKPOINT_SHUTDOWN redo .*; shutdown"), all.out());
  }

  @Test
  void aTransactionIsFound() {
    List<String> commits = waldump("-r", "transaction", SEGMENT).lines();
    String commit =
        commits.stream().filter(line -> line.contains("; subxacts: ")).findFirst().orElseThrow();
    Matcher parsed = parse(commit);
    assertTrue(
        commit.matches(
            ".* desc: COMMIT \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} UTC; subxacts: \\d+"),
        commit);
    List<String> own = waldump("-x", parsed.group(4), SEGMENT).lines();
    assertTrue(own.size() >= 2, own.toString());
    assertTrue(own.stream().allMatch(l -> parse(l).group(4).equals(parsed.group(4))));
    assertTrue(
        commits.stream().anyMatch(line -> line.matches(".*; rels: base/5/\\d+ base/5/\\d+")),
        commits.toString());
  }

  @Test
  void aRangeAndALimit() {
    List<String> all = waldump(SEGMENT).lines();
    String from = parse(all.get(500)).group(5);
    String to = parse(all.get(510)).group(5);
    Output range = waldump("-s", from, "-e", to);
    assertEquals(0, range.exitCode(), range.err());
    assertEquals(all.subList(500, 510), range.lines());
    Output limited = waldump("-s", from, "-n", "3");
    assertEquals(0, limited.exitCode(), limited.err());
    assertEquals(all.subList(500, 503), limited.lines());
    String within = from.substring(0, 9) + (from.endsWith("8") ? "9" : "1");
    List<String> skipped = waldump("-s", within, "-n", "1").lines();
    assertTrue(
        skipped.getFirst().matches("first record is after .*, at .*, skipping over \\d+ bytes"));
    assertEquals(all.get(501), skipped.get(1));
  }

  @Test
  void detailsOfFullPages() {
    String line = waldump("-w", "-n", "1", SEGMENT).lines().getFirst();
    assertTrue(line.endsWith(" FPW"), line);
    List<String> details = waldump("-w", "-b", "-n", "1", SEGMENT).lines();
    assertTrue(
        details.stream()
            .anyMatch(l ->
                l.matches(
                    "\tblkref #\\d: rel \\d+/\\d+/\\d+ fork main blk \\d+ \\(FPW\\); hole:"
                        + " offset: \\d+, length: \\d+")),
        details.toString());
  }

  @Test
  void statistics() {
    List<String> all = waldump(SEGMENT).lines();
    long records = all.size();
    long bytes = all.stream().mapToLong(l -> Long.parseLong(parse(l).group(3))).sum();
    for (String option : new String[] {"-z", "--stats", "--stats=record"}) {
      List<String> table = waldump(option, SEGMENT).lines();
      assertTrue(
          table.getFirst().matches("WAL statistics between 0/1000028 and 0/[0-9A-F]+:"), option);
      String total = table.getLast();
      assertTrue(
          total.matches(
              "Total +" + records + " +\\d+ \\[.*%\\] +\\d+ \\[.*%\\] +" + bytes + " \\[100%\\]"),
          total);
      String heap = option.equals("--stats=record") ? "Heap/INSERT" : "Heap";
      assertTrue(table.stream().anyMatch(l -> l.startsWith(heap + " ")), table.toString());
    }
  }

  @Test
  void mistakesAreToldAsPostgresDoes() throws Exception {
    refused("resource manager \"nope\" does not exist", "-r", "nope", SEGMENT);
    refused("could not locate WAL file \"000000010000000000000009\"", "000000010000000000000009");
    refused("no start WAL location given");
    refused("invalid WAL location: \"zz\"", "-s", "zz");
    refused("invalid transaction ID specification: \"abc\"", "-x", "abc", SEGMENT);
    Path bad = data.resolve("pg_wal/000000010000000000000008");
    Files.write(bad, new byte[100]);
    try {
      refused(
          "WAL segment \"" + bad.getFileName() + "\" has no valid header", "" + bad.getFileName());
    } finally {
      Files.delete(bad);
    }
    assertEquals(
        List.of("XLOG", "Transaction", "Storage", "Database", "Heap", "Btree", "LogicalMessage"),
        waldump("-r", "list").lines());
  }

  private static void refused(String message, String... arguments) {
    Output output = waldump(arguments);
    assertEquals(1, output.exitCode());
    assertTrue(output.err().startsWith("lifeline waldump: error: " + message + "\n"), output.err());
  }
}
