package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same users, certificates and configuration files, good ones and broken ones, a real
/// PostgreSQL 15 and Lifeline: what psql is told and what the log says, attempt by attempt.
class AccessReferenceTest {
  private static final String CONFIGURATION =
      """
      listen_addresses = '127.0.0.1'
      shared_buffers = 16MB
      fsync = off
      logging_collector = off
      log_destination = 'stderr'
      log_line_prefix = '%p|%b|%q%u@%d '
      log_connections = on
      log_disconnections = on
      log_checkpoints = off
      ssl = on
      ssl_cert_file = 'the.crt'
      ssl_key_file = 'the.key'
      ssl_ca_file = 'ca.crt'
      ssl_crl_file = 'revoked.crl'
      """;

  private static final String HBA =
      """
      local   all  postgres                trust
      local   all  mapped                  peer map=local
      local   all  all                     peer
      host    all  mallory  127.0.0.1/32   reject
      hostssl all  alice    127.0.0.1/32   cert
      hostssl all  bob      127.0.0.1/32   cert map=people
      hostssl all  carol    127.0.0.1/32   trust clientcert=verify-full
      hostssl all  dave     127.0.0.1/32   trust clientcert=verify-ca
      hostssl all  eve      127.0.0.1/32   scram-sha-256 clientcert=verify-full
      hostssl all  fred     127.0.0.1/32   cert clientname=DN
      hostssl all  dora     127.0.0.1/32   cert clientname=DN map=people
      hostnossl all plain   samehost       password
      host    all  old,pure 127.0.0.0 255.0.0.0 md5
      hostssl all  bound    samenet        scram-sha-256
      host    all  +staff   127.0.0.1/32   scram-sha-256
      host    sameuser own  127.0.0.1/32   trust
      host    samerole peter 127.0.0.1/32  trust
      host    "all" all     127.0.0.1/32   trust
      host    all  "postgres"  localhost   trust
      host    all  zoe      .nowhere.test  trust
      """;

  private static final String IDENT =
      """
      # the people
      people  alice                    bob
      people  "/^CN=(.*),OU=dev$"      dora
      people  /^CN=(.*),OU=de.$        \\1
      local   /^(.*)$                  mapped
      """;

  private static final String USERS =
      """
      CREATE ROLE staff; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; CREATE ROLE carol LOGIN;
      CREATE ROLE dave LOGIN; CREATE ROLE eve LOGIN PASSWORD 'secret'; CREATE ROLE fred LOGIN;
      CREATE ROLE dora LOGIN; CREATE ROLE plain LOGIN PASSWORD 'secret'; CREATE ROLE mapped LOGIN;
      CREATE ROLE bound LOGIN PASSWORD 'secret'; CREATE ROLE none LOGIN IN ROLE staff;
      CREATE ROLE late LOGIN PASSWORD 'secret' VALID UNTIL '2001-01-01' IN ROLE staff;
      CREATE ROLE member LOGIN PASSWORD 'secret' IN ROLE staff; CREATE ROLE own LOGIN;
      CREATE ROLE postgres_group; CREATE ROLE peter LOGIN; CREATE ROLE pure LOGIN PASSWORD 'secret';
      CREATE ROLE unable NOLOGIN IN ROLE staff PASSWORD 'secret'; CREATE ROLE mallory LOGIN;
      SET password_encryption = 'md5';
      CREATE ROLE old LOGIN PASSWORD 'secret'; CREATE ROLE older LOGIN IN ROLE staff PASSWORD 'secret';
      """;

  @TempDir private Path dir;

  @Test
  void whoIsLetInAndWhatIsSaid() throws Exception {
    Certificates certificates = certificates();
    Map<String, List<String>> expected;
    Map<String, List<String>> actual;
    try (ReferenceServer postgres = ReferenceServer.postgres(dir);
        ReferenceServer lifeline = ReferenceServer.lifeline(dir)) {
      CompletableFuture<Map<String, List<String>>> reference =
          CompletableFuture.supplyAsync(
              () -> script(postgres, certificates), ReferenceScript.THREADS);
      actual = script(lifeline, certificates);
      expected = reference.get();
    }
    assertEquals(text(expected), text(actual));
  }

  private static String text(Map<String, List<String>> steps) {
    StringBuilder text = new StringBuilder();
    steps.forEach((step, lines) ->
        text.append(step).append("\n  ").append(String.join("\n  ", lines)).append('\n'));
    return text.toString();
  }

  private Certificates certificates() throws Exception {
    Certificates made = new Certificates(dir.resolve("certificates"));
    made.issue("server", "/CN=localhost", "rsa:2048");
    made.issue("alice", "/OU=dev/CN=alice", "rsa:2048");
    made.issue("dora", "/OU=dev/CN=dora", "rsa:2048");
    made.issue("stolen", "/OU=dev/CN=alice", "rsa:2048");
    made.revoke("stolen");
    made.selfSigned("stranger", "/CN=alice");
    return made;
  }

  private static Map<String, List<String>> script(
      ReferenceServer server, Certificates certificates) {
    try {
      return new Script(server, certificates).run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// One server's run.
  private static final class Script {
    private final ReferenceServer server;
    private final Certificates certificates;
    private final Map<String, List<String>> steps = new LinkedHashMap<>();
    private int logged;

    Script(ReferenceServer server, Certificates certificates) {
      this.server = server;
      this.certificates = certificates;
    }

    Map<String, List<String>> run() throws Exception {
      for (String name : List.of("ca.crt", "revoked.crl")) {
        server.install(certificates.file(name), name);
      }
      server.install(certificates.file("server.crt"), "the.crt");
      server.install(certificates.file("server.key"), "the.key");
      server.configure(
          CONFIGURATION
              + "port = "
              + server.port()
              + "\nunix_socket_directories = '"
              + server.directory()
              + "'\n");
      server.writeHba("local all all trust\n");
      Files.writeString(server.directory().resolve("pg_ident.conf"), IDENT);
      server.start();
      psql("user=postgres host=" + server.directory(), USERS);
      server.writeHba(HBA);
      psql("user=postgres host=" + server.directory(), "SELECT pg_reload_conf(), pg_sleep(0.5)");
      // Its session may still be saying that it has ended.
      Thread.sleep(300);
      logged = server.log().size();
      attempts();
      steps.put("log", logByBackend());
      new ConfigurationSteps(server, certificates, steps).run();
      new LogSteps(server, steps).run();
      return steps;
    }

    private void attempts() throws Exception {
      for (String who :
          List.of(
              "alice alice",
              "alice dora",
              "alice stolen",
              "alice stranger",
              "alice ",
              "bob alice",
              "bob dora",
              "carol alice",
              "carol dora",
              "dave dora",
              "dave ",
              "eve alice",
              "fred alice",
              "dora dora")) {
        String[] words = who.split(" ", -1);
        attempt(words[0], words[1], "sslmode=require password=secret");
      }
      attempt("alice", "", "sslmode=disable");
      attempt("eve", "", "sslmode=disable");
      attempt("plain", "", "sslmode=require password=secret");
      attempt("nobody", "", "sslmode=disable");
      for (String user :
          List.of("plain", "old", "older", "pure", "bound", "none", "late", "unable")) {
        attempt(user, "", "sslmode=disable password=secret");
      }
      for (String user : List.of("plain", "old", "older", "pure", "member")) {
        attempt(user, "", "sslmode=disable password=wrong");
      }
      attempt("plain", "", "sslmode=disable password=''");
      attempt("bound", "", "sslmode=require channel_binding=require password=secret");
      attempt("bound", "", "sslmode=require channel_binding=disable password=secret");
      attempt("bound", "", "sslmode=require channel_binding=require password=wrong");
      attempt("old", "", "sslmode=require channel_binding=require password=secret");
      attempt("mallory", "", "sslmode=disable");
      attempt("mallory", "", "sslmode=require");
      attempt("own", "", "sslmode=disable");
      attempt("own", "", "sslmode=disable dbname=own");
      attempt("peter", "", "sslmode=disable dbname=peter");
      attempt("peter", "", "sslmode=disable dbname=staff");
      attempt("postgres", "", "sslmode=disable");
      attempt("zoe", "", "sslmode=disable");
      attempt("bound", "", "sslmode=verify-full password=secret host=localhost");
      attempt("bound", "", "sslmode=require ssl_max_protocol_version=TLSv1.2 password=secret");
      String local = " host=" + server.directory();
      attempt("mapped", "", local);
      attempt("alice", "", local);
      attempt("postgres", "", local + " sslmode=require");
    }

    private void attempt(String user, String certificate, String more) throws Exception {
      String own =
          certificate.isEmpty()
              ? " sslcert=none sslkey=none"
              : " sslcert=%s sslkey=%s"
                  .formatted(
                      certificates.file(certificate + ".crt"),
                      certificates.file(certificate + ".key"));
      String connection =
          "host=127.0.0.1 dbname=postgres user="
              + user
              + own
              + " sslrootcert="
              + (more.contains("verify") ? certificates.file("ca.crt") : "none")
              + " "
              + more;
      Tools.Result result =
          psql(
              connection,
              "SELECT s.usename, version, cipher, bits, client_dn, client_serial IS NOT NULL,"
                  + " issuer_dn FROM pg_stat_ssl JOIN pg_stat_activity s USING (pid)"
                  + " WHERE pid = pg_backend_pid()");
      String name =
          user + " " + certificate + " " + more.replace(server.directory().toString(), "<data>");
      // The JDK sends one alert for all that can be wrong with a certificate.
      String said = result.both().replaceAll("(tlsv1|sslv3) alert .*", "alert");
      steps.put(name, normalize((result.exitCode() + "\n" + said).lines().toList()));
    }

    private Tools.Result psql(String connection, String sql) throws Exception {
      return ConfigurationSteps.psql(server, connection, sql);
    }

    private List<String> normalize(List<String> lines) {
      return ConfigurationSteps.normalize(server, lines);
    }

    /// The attempts came one after the other, so the backends come in the order of their first
    /// lines.
    private List<String> logByBackend() throws Exception {
      // The last one may still be saying that it has ended.
      Thread.sleep(300);
      Map<String, List<String>> byPid = new LinkedHashMap<>();
      List<String> current = new ArrayList<>();
      for (String line : server.log().subList(logged, server.log().size())) {
        String[] parts = line.split("\\|", 3);
        if (parts.length == 3) {
          boolean client = !parts[1].equals("postmaster");
          current =
              client
                  ? byPid.computeIfAbsent(parts[0], pid -> new ArrayList<>())
                  : new ArrayList<>();
          current.add(parts[2]);
        } else {
          current.add(line);
        }
      }
      return normalize(byPid.values().stream().flatMap(List::stream).toList());
    }
  }
}
