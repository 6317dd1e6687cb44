package dev.lifeline.libpq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.error.PgException;
import java.net.InetAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HbaFileTest {
  private static final Path FILE = Path.of("/data/pg_hba.conf");

  private static final AddressRange.LocalNetworks NETWORKS =
      () ->
          List.of(
              new AddressRange.Cidr(InetAddress.ofLiteral("127.0.0.1"), 8),
              new AddressRange.Cidr(InetAddress.ofLiteral("192.168.7.5"), 24));

  private static HbaFile parse(String text) {
    return HbaFile.read(FILE, true, path -> text);
  }

  /// `line` of the rule that decides, or 0.
  private static int decides(HbaFile file, String host, String user, String database) {
    assertEquals(List.of(), file.messages());
    ClientAddress address =
        host.equals("local") ? ClientAddress.LOCAL : ClientAddress.of(host, 5000);
    Set<String> memberships = user.equals("joe") ? Set.of("joe", "staff", "sales") : Set.of(user);
    HbaLine line =
        file.match(
            new HbaRequest(address, ClientHost.UNRESOLVED, user, database, false, false),
            memberships,
            NETWORKS);
    return line == null ? 0 : line.number();
  }

  private static final String RULES =
      """
      # TYPE  DATABASE        USER            ADDRESS                 METHOD

      local   all             postgres                                trust
      local   sameuser        all                                     scram-sha-256
      host    mydb,"other db" joe,\\
              "all"           10.0.0.0/8                              scram-sha-256
      hostssl all             all             all                     trust
      host    samerole        +staff          samenet                 md5
      hostnossl all           amy             192.168.7.9 255.255.255.255 password
      host    all             all             10.1.2.3/32             reject
      host    all             all             ::1/128                 trust
      host    replication     all             all                     trust
      host    "replication"   all             samehost                trust
      """;

  @ParameterizedTest
  @CsvSource({
    "local, postgres, anything, 3",
    "local, joe, joe, 4",
    "local, joe, mydb, 0",
    "10.9.9.9, joe, mydb, 5",
    "10.9.9.9, all, other db, 5",
    "10.9.9.9, amy, mydb, 0",
    "11.9.9.9, joe, mydb, 0",
    "10.1.2.3, amy, mydb, 10",
    "192.168.7.99, joe, sales, 8",
    "192.168.7.99, joe, mydb, 0",
    "192.168.7.99, amy, sales, 0",
    "192.168.7.9, amy, mydb, 9",
    "::1, amy, mydb, 11",
    "0:0:0:0:0:0:0:1, amy, mydb, 11",
    "::2, amy, mydb, 0",
    "127.0.0.1, amy, replication, 13",
    "127.0.0.2, amy, replication, 0",
  })
  void theFirstRuleThatMatchesDecides(String host, String user, String database, int line) {
    assertEquals(line, decides(parse(RULES), host, user, database));
  }

  /// PostgreSQL 16 has them in these columns, too.
  @ParameterizedTest
  @CsvSource({
    "shop_2024, joe, 1",
    "shop_x, joe, 0",
    "my shop_7, joe, 0",
    "other, app-1, 2",
    "other, dev-app-22, 2",
    "other, app-, 0",
    "a,app, 0",
    "'x,y', zoe, 3",
    "x, zoe, 0",
    "all, nobody, 0",
  })
  void namesCanBeRegularExpressions(String database, String user, int line) {
    HbaFile file =
        parse(
            """
            local /^shop_\\d+$         joe        trust
            local all                  /app-[0-9]  trust
            local "/^.,.$"             zoe        trust
            local "/^all$"             +/^staff$  trust
            """);
    assertEquals(line, decides(file, "local", user, database));
  }

  @Test
  void aWalsenderMatchesReplicationOnly() {
    HbaFile file = parse("host all all all trust\nhost replication all all reject");
    HbaLine line =
        file.match(
            new HbaRequest(
                ClientAddress.of("1.2.3.4", 1), ClientHost.UNRESOLVED, "joe", "", false, true),
            Set.of(),
            NETWORKS);
    assertEquals(2, line == null ? 0 : line.number());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hots all all all trust | invalid connection type \"hots\"",
        "host,local all all all trust | multiple values specified for connection type",
        "local | end-of-line before database specification",
        "local all | end-of-line before role specification",
        "local all all | end-of-line before authentication method",
        "host all all | end-of-line before IP address specification",
        "host all all 10.0.0.0/33 trust | invalid CIDR mask in address \"10.0.0.0/33\"",
        "host all all here/8 trust | specifying both host name and CIDR mask is invalid: \"here/8\"",
        "host all all 10.0.0.0 | end-of-line before netmask specification",
        "host all all 10.0.0.0 ::1 trust | IP address and mask do not match",
        "local /^a( all trust | invalid regular expression \"^a(\": parentheses () not balanced",
        "local all all magic | invalid authentication method \"magic\"",
        "local all all ldap | invalid authentication method \"ldap\": not supported by this build",
        "host all all all peer | peer authentication is only supported on local sockets",
        "host all all all cert | cert authentication is only supported on hostssl connections",
        "local all all trust what | authentication option not in name=value format: what",
        "local all all trust a=b | unrecognized authentication option name: \"a\"",
        "local all all trust map=m | authentication option \"map\" is only valid for authentication"
            + " methods ident, peer, gssapi, sspi, and cert",
      })
  void aBrokenLineIsToldAsPostgresTellsIt(String line, String message) {
    HbaFile file =
        HbaFile.read(
            FILE,
            true,
            path -> {
              if (path.equals(FILE)) {
                return "\n# comment\n" + line + "\nlocal all all trust\n";
              }
              throw new NoSuchFileException(path.toString());
            });
    assertEquals(1, file.messages().size());
    PgException error = file.messages().getFirst();
    assertEquals(message, error.message());
    assertEquals("line 3 of configuration file \"/data/pg_hba.conf\"", error.context());
    assertEquals(1, file.lines().size());
  }

  @Test
  void aMissingFileOfNamesIsToldWithoutALine() {
    HbaFile file =
        HbaFile.read(
            FILE,
            true,
            path -> {
              if (path.equals(FILE)) {
                return "local all all what\nlocal @missing all trust\n";
              }
              throw new NoSuchFileException(path.toString());
            });
    PgException error = file.messages().getFirst();
    assertEquals(
        "could not open secondary authentication file \"@missing\" as \"/data/missing\": No such"
            + " file or directory",
        error.message());
    assertEquals(null, error.context());
    assertEquals(2, file.messages().size());
  }

  @Test
  void namesCanComeFromAnotherFile() {
    Map<Path, String> files =
        Map.of(
            FILE,
            "local @dbs joe trust",
            Path.of("/data/dbs"),
            "one, two # comment\n\"three 3\"\n");
    HbaFile file = HbaFile.read(FILE, true, path -> files.getOrDefault(path, ""));
    assertEquals(1, decides(file, "local", "joe", "three 3"));
    assertEquals(1, decides(file, "local", "joe", "two"));
    assertEquals(0, decides(file, "local", "joe", "comment"));
  }

  @Test
  void anEmptyFileAdmitsNobody() {
    assertEquals(
        "configuration file \"/data/pg_hba.conf\" contains no entries",
        parse("# nothing\n").messages().getFirst().message());
  }

  @Test
  void rejectionsNameWhoIsRejected() {
    HbaRequest request =
        new HbaRequest(
            ClientAddress.of("10.0.0.1", 5), ClientHost.UNRESOLVED, "joe", "mydb", false, false);
    assertEquals(
        "no pg_hba.conf entry for host \"10.0.0.1\", user \"joe\", database \"mydb\", no encryption",
        HbaFile.rejection(request, null).message());
    HbaLine line = parse("host all all all reject").lines().getFirst();
    assertEquals(
        "pg_hba.conf rejects connection for host \"10.0.0.1\", user \"joe\", database \"mydb\","
            + " no encryption",
        HbaFile.rejection(request, line).message());
    assertTrue(HbaFile.rejection(request, line).sqlState().code().equals("28000"));
  }
}
