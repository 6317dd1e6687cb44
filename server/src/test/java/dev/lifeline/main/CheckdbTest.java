package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lifeline.commands.amcheck.ClusterCheck;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageChecksum;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.error.PgException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever is broken on purpose, `checkdb` finds; where nothing is, it finds nothing.
class CheckdbTest {
  private static final int PAGE = PageLayout.PAGE_SIZE;
  private static final int TUPLE_XMIN = 0;
  private static final int BTREE_NEXT = PAGE - 16 + 4;

  @TempDir private static Path dir;
  private static Path data;
  private static String table;
  private static String index;
  private static long insertXid;

  @BeforeAll
  static void makeCluster() throws Exception {
    data = dir.resolve("data");
    try (LifelineProcess server = LifelineProcess.start(data)) {
      try (Connection connection = server.connect("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
        statement.execute("INSERT INTO t SELECT g, 'row ' || g FROM generate_series(1, 2000) g");
        statement.execute("UPDATE t SET v = v || '!' WHERE id % 10 = 0");
        statement.execute("DELETE FROM t WHERE id % 7 = 0");
        connection.setAutoCommit(false);
        statement.execute("INSERT INTO t VALUES (-1, 'never')");
        connection.rollback();
        table = file(statement, "t");
        index = file(statement, "t_pkey");
        connection.commit();
      }
      assertEquals(0, server.stop("INT"), server.log());
    }
    MemorySegment pages = MemorySegment.ofArray(Files.readAllBytes(data.resolve(table)));
    insertXid = pages.get(PageLayout.LONG, item(pages, 1) + TUPLE_XMIN);
  }

  private static String file(Statement statement, String relation) throws Exception {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT relfilenode FROM pg_class WHERE relname = '" + relation + "'")) {
      row.next();
      return "base/5/" + row.getLong(1);
    }
  }

  private static ClusterCheck.Report check() {
    return LifelineProcess.check(data);
  }

  @Test
  void aHealthyClusterIsCleanAndStaysAsItIs() throws Exception {
    Map<String, Integer> before = contents();
    ClusterCheck.Report report = check();
    assertEquals("[]", report.findings().toString());
    assertEquals(3, report.databases());
    assertTrue(report.pages() > 100 && report.relations() > 100, report.toString());
    assertEquals(before, contents());
  }

  private static Map<String, Integer> contents() throws Exception {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  @Test
  void theCommandPrintsALineForEachFindingAndFails() throws Exception {
    Path orphan = data.resolve("base/5/99999");
    Files.createFile(orphan);
    try {
      Tools.Result result =
          Tools.run("", LifelineProcess.command("checkdb", "-D", data.toString()));
      assertEquals(1, result.exitCode(), result.both());
      assertEquals("base/5/99999: no relation has it\n", result.out());
    } finally {
      Files.delete(orphan);
    }
    Tools.Result clean = Tools.run("", LifelineProcess.command("checkdb", "-D", data.toString()));
    assertEquals(0, clean.exitCode(), clean.both());
    assertTrue(clean.out().startsWith("no damage found: 3 databases, "), clean.out());
  }

  /// A change of one page, whose checksum is then made right again.
  private record PageDamage(int block, Consumer<MemorySegment> change) implements Damage {
    @Override
    public byte[] apply(byte[] content) {
      MemorySegment page = MemorySegment.ofArray(content).asSlice((long) block * PAGE, PAGE);
      MemorySegment copy = MemorySegment.ofArray(new byte[PAGE]).copyFrom(page);
      change.accept(copy);
      PageLayout.setChecksum(copy, 0, PageChecksum.of(copy, 0, block));
      page.copyFrom(copy);
      return content;
    }
  }

  interface Damage {
    byte[] apply(byte[] content);
  }

  private static Damage page(int block, Consumer<MemorySegment> change) {
    return new PageDamage(block, change);
  }

  private static Damage bytes(Consumer<byte[]> change) {
    return content -> {
      change.accept(content);
      return content;
    };
  }

  private static long item(MemorySegment page, int number) {
    return ItemId.offset(PageItems.id(page, 0, number));
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        arguments(
            "a flipped bit of a heap page",
            "t",
            bytes(content -> content[PAGE + 4000] ^= 1),
            "base/5/\\d+: block 1: checksum [0-9a-f]{8}, but [0-9a-f]{8} is calculated"),
        arguments(
            "a page in another's place",
            "t",
            bytes(content -> System.arraycopy(content, 0, content, PAGE, PAGE)),
            "base/5/\\d+: block 1: checksum .*"),
        arguments(
            "a header that makes no sense",
            "t",
            page(1, page -> PageLayout.setLower(page, 0, 8000)),
            "base/5/\\d+: block 1: broken page header"),
        arguments(
            "garbage in a new page",
            "t",
            bytes(content -> Arrays.fill(content, PAGE, PAGE + 40, (byte) 0)),
            "base/5/\\d+: block 1: a new page that is not all zeros"),
        arguments(
            "a file that is cut off in a page",
            "t",
            (Damage) content -> Arrays.copyOf(content, content.length - 100),
            "base/5/\\d+: its size of \\d+ bytes is not whole pages"),
        arguments(
            "a transaction that was never begun",
            "t",
            page(0, page -> page.set(PageLayout.LONG, item(page, 2) + TUPLE_XMIN, 1L << 40)),
            "table \"public.t\": block 0: item 2: xmin 1099511627776 was never given out"),
        arguments(
            "a line pointer outside of the page",
            "t",
            page(0, page -> PageItems.setId(page, 0, 3, ItemId.pack(8180, ItemId.NORMAL, 200))),
            "table \"public.t\": block 0: item 3 is outside of the page's items"),
        arguments(
            "two line pointers to one tuple",
            "t",
            page(0, page -> PageItems.setId(page, 0, 3, PageItems.id(page, 0, 2))),
            "table \"public.t\": block 0: item 3 overlaps another"),
        arguments(
            "a row whose line pointer is gone",
            "t",
            page(0, page -> PageItems.setId(page, 0, 3, 0)),
            "index \"public.t_pkey\": an entry leads to \\(0,3\\), where no row can be"),
        arguments(
            "a row with another key than its entry",
            "t",
            page(0, page -> page.set(PageLayout.INT, item(page, 3) + 32, 123_456)),
            "index \"public.t_pkey\": the entry for row \\(0,3\\) has another key"),
        arguments(
            "a row that no entry leads to",
            "t_pkey",
            page(1, page -> PageItems.remove(page, 0, 5)),
            "index \"public.t_pkey\": no entry for row \\(0,\\d+\\)"),
        arguments(
            "an entry out of order",
            "t_pkey",
            page(1, CheckdbTest::swapItems),
            "index \"public.t_pkey\": page 1: item \\d+ is out of order"),
        arguments(
            "a right link to nowhere",
            "t_pkey",
            page(1, page -> page.set(PageLayout.INT, BTREE_NEXT, 4711)),
            "index \"public.t_pkey\": block 4711 does not exist"),
        arguments(
            "a commit log that says aborted where a row says committed",
            "pg_xact",
            bytes(CheckdbTest::forgetInsert),
            "table \".*\": block \\d+: item \\d+: xmin \\d+ is marked as committed, which the commit"
                + " log denies"),
        arguments(
            "a status that there is not",
            "pg_xact",
            bytes(content -> content[1] = (byte) 0xff),
            "pg_xact/0000: transaction 4 has status 3, which there is not"),
        arguments(
            "the end of a transaction that was never begun",
            "pg_xact",
            (Damage) CheckdbTest::withAnotherPage,
            "pg_xact/0000: transaction 32768 has ended, but was never begun"));
  }

  /// The transaction that filled the table has not committed.
  private static void forgetInsert(byte[] commitLog) {
    int xid = (int) insertXid;
    commitLog[xid / 4] &= (byte) ~(3 << (xid % 4 * 2));
  }

  private static byte[] withAnotherPage(byte[] commitLog) {
    byte[] longer = Arrays.copyOf(commitLog, 2 * PAGE);
    longer[PAGE] = 1;
    return longer;
  }

  private static void swapItems(MemorySegment page) {
    int second = PageItems.id(page, 0, 3);
    PageItems.setId(page, 0, 3, PageItems.id(page, 0, 4));
    PageItems.setId(page, 0, 4, second);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void damageIsFound(String what, String where, Damage damage, String expected) throws Exception {
    Path file =
        data.resolve(
            switch (where) {
              case "t" -> table;
              case "t_pkey" -> index;
              default -> "pg_xact/0000";
            });
    byte[] content = Files.readAllBytes(file);
    Files.write(file, damage.apply(content.clone()));
    try {
      found(what, expected);
    } finally {
      Files.write(file, content);
    }
  }

  private static void found(String what, String expected) {
    ClusterCheck.Report report = check();
    assertTrue(
        report.findings().stream().anyMatch(finding -> finding.matches(expected)),
        what + ": " + report.findings());
  }

  @Test
  void missingFilesAreFound() throws Exception {
    for (String name : new String[] {table, index, "base/4"}) {
      Path file = data.resolve(name);
      Path away = dir.resolve("away");
      Files.move(file, away);
      try {
        found(name, name + ": missing.*");
      } finally {
        Files.move(away, file);
      }
    }
  }

  /// Nothing may be asked then, for everything would be taken for aborted.
  @Test
  void aClusterWithoutItsCommitLogIsRefused() throws Exception {
    Path file = data.resolve("pg_xact/0000");
    Path away = dir.resolve("away");
    Files.move(file, away);
    try {
      PgException e = assertThrows(PgException.class, CheckdbTest::check);
      assertEquals("could not access status of transaction 0", e.message());
      assertEquals("Could not open file \"pg_xact/0000\": No such file or directory.", e.detail());
    } finally {
      Files.move(away, file);
    }
  }

  @Test
  void strayFilesAreFound() throws Exception {
    for (String name :
        new String[] {"base/5/99999_vm", "base/1/core", "pg_xact/0123", "base/777/x"}) {
      Path file = data.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "", StandardCharsets.US_ASCII);
      try {
        String path = name.startsWith("base/777") ? "base/777" : name;
        found(
            name,
            path + ": (no relation has it|not a relation's file|not needed.*|no database has it)");
      } finally {
        Files.delete(file);
        if (name.startsWith("base/777")) {
          Files.delete(file.getParent());
        }
      }
    }
  }
}
