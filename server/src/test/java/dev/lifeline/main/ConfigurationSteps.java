package dev.lifeline.main;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a server makes of its configuration files when they are changed while it runs, and of those
/// who may change it: part of [AccessReferenceTest].
final class ConfigurationSteps {
  private static final String OPEN = "local all all trust\nhost all all 127.0.0.1/32 trust\n";

  private static final String BROKEN_HBA =
      """
      local all all trust
      local
      local all all
      foo all all 1.2.3.4/32 trust
      host all all 127.0.0.1
      host all all 127.0.0.1 255.255.255.255
      host all all 127.0.0.1 ffff::
      host all all 127.0.0.1 255.x.255.255 trust
      host all all 127.0.0.1/33 trust
      host all all foo.example/24 trust
      host all all foo.example trust
      host all all .example.org scram-sha-256
      host all,"a b",sameuser +grp,"+grp",@nofile 127.0.0.1/32 trust
      host all @names 127.0.0.1/32 trust
      host all all samehost,samenet trust
      host,hostssl all all all trust
      host all all samehost trust,md5
      local all all cert
      hostssl all all 127.0.0.1/32 cert
      hostssl all all 127.0.0.1/32 cert clientcert=no-verify
      hostssl all all 127.0.0.1/32 cert clientcert=verify-ca
      hostssl all all 127.0.0.1/32 trust clientcert=verify-full
      hostssl all all 127.0.0.1/32 trust clientcert=verify-ca map=m
      hostssl all all 127.0.0.1/32 cert map=m clientname=DN
      hostssl all all 127.0.0.1/32 cert map=m clientname=XX
      host all all 127.0.0.1/32 trust clientcert=verify-full
      local all all peer map=foo
      host all all 127.0.0.1/32 peer
      local all all ident
      hostnogssenc all all 127.0.0.1/32 trust
      hostnossl all all 127.0.0.1/32 trust
      host all all 127.0.0.1/32 sspi
      host all all 127.0.0.1/32 bsd
      host all all 127.0.0.1/32 bogus
      host all all 127.0.0.1/32 trust bogus
      host all all 127.0.0.1/32 trust bogus=1
      host all all 127.0.0.1/32 password
      host all all ::1/128 md5
      host all all fe80:0:0:1::5/60 md5
      host all all 10.0.0.0 255.0.0.0 reject
      host samerole,samegroup,replication all all scram-sha-256
      local all all gss
      host all "unterminated 127.0.0.1/32 trust
      host /^db all 127.0.0.1/32 trust
      host all all \\
        127.0.0.1/32 trust
      host all all 127.0.0.1/24 255.255.255.0 trust
      host all all 127.0.0.1/ trust
      """;

  private static final String BROKEN_IDENT =
      """
      m alice bob
      m /^(.*)@x$ \\1
      m /^(.* \\1
      m
      m x
      m "quoted name" y
      m a,b c
      """;

  private final ReferenceServer server;
  private final Certificates certificates;
  private final Map<String, List<String>> steps;
  private int logged;

  ConfigurationSteps(
      ReferenceServer server, Certificates certificates, Map<String, List<String>> steps) {
    this.server = server;
    this.certificates = certificates;
    this.steps = steps;
  }

  void run() throws Exception {
    server.writeHba(OPEN);
    reload("open rules");
    parameters();
    includes();
    roleSettings();
    limits();
    durations();
    signals();
    rawStarts();
    revocations();
    certificatesAnew();
    brokenAccess();
  }

  /// What went wrong, and what is asked for.
  static Tools.Result psql(ReferenceServer server, String connection, String sql) throws Exception {
    String all = "port=" + server.port() + " dbname=postgres " + connection;
    return Tools.run(
        sql, List.of(Tools.find("psql").toString(), "-X", "-w", "-At", "-q", "-d", all));
  }

  static List<String> normalize(ReferenceServer server, List<String> lines) {
    return lines.stream()
        .map(line ->
            ReferenceLog.withoutNumbers(
                line.replace(server.directory().toString(), "<data>")
                    .replace(Integer.toString(server.port()), "<port>")))
        .toList();
  }

  private void ask(String step, String user, String sql) throws Exception {
    Tools.Result result = psql(server, "host=127.0.0.1 sslmode=disable user=" + user, sql);
    steps.put(step, normalize(server, result.both().lines().toList()));
  }

  /// Asks for a reload, and keeps what the postmaster says of it.
  private void reload(String step) throws Exception {
    logged = server.log().size();
    String local = "user=postgres host=" + server.directory();
    String before = psql(server, local, "SELECT pg_conf_load_time()").out();
    psql(server, local, "SELECT pg_reload_conf()");
    server.awaitLog(logged, "received SIGHUP");
    long until = System.nanoTime() + 10_000_000_000L;
    while (System.nanoTime() < until
        && psql(server, local, "SELECT pg_conf_load_time()").out().equals(before)
        && server.log().stream().skip(logged).noneMatch(line -> line.contains("no changes were"))) {
      Thread.sleep(50);
    }
    // PostgreSQL reads the other files after that.
    Thread.sleep(300);
    List<String> said = new ArrayList<>();
    boolean postmaster = false;
    for (String line : server.log().subList(logged, server.log().size())) {
      String[] parts = line.split("\\|", 3);
      if (parts.length == 3) {
        postmaster = parts[1].equals("postmaster");
      }
      if (postmaster && !line.contains("skipping missing")) {
        said.add(parts[parts.length - 1]);
      }
    }
    steps.put("reload: " + step, normalize(server, said));
  }

  private void parameters() throws Exception {
    Path include = Files.createDirectories(server.directory().resolve("inc.d"));
    Files.writeString(include.resolve("a.conf"), "work_mem = '8MB'\n");
    Files.writeString(include.resolve("b.conf"), "work_mem=9MB # later\n");
    server.configure(
        """
        include_dir 'inc.d'
        include_if_exists 'nofile.conf'
        max_locks_per_transaction = 128
        maintenance_work_mem = 'abc'
        autovacuum_naptime = -5
        my.custom = 'it''s'
        block_size = 4
        """);
    String rows =
        "SELECT regexp_replace(sourcefile, '.*/', ''), name, setting, applied, error"
            + " FROM pg_file_settings WHERE error IS NOT NULL OR name IN ('work_mem', 'my.custom',"
            + " 'max_locks_per_transaction', 'log_disconnections', 'bogus_name') ORDER BY seqno;";
    ask("lines that cannot be applied", "postgres", rows);
    reload("values that cannot be applied");
    ask(
        "pending restart",
        "postgres",
        "SELECT name, setting, pending_restart, source FROM pg_settings WHERE name IN ('work_mem',"
            + " 'max_locks_per_transaction') ORDER BY 1; SHOW my.custom; SHOW maintenance_work_mem;");
    Files.writeString(include.resolve("a.conf"), "bogus_name = 1\n");
    ask("an unknown name", "postgres", rows);
    reload("an unknown name");
    Files.writeString(include.resolve("a.conf"), "foo bar baz\n");
    ask("a syntax error", "postgres", rows);
    reload("a syntax error");
    Files.writeString(include.resolve("a.conf"), "");
    Files.writeString(include.resolve("b.conf"), "");
    reload("removed again");
    ask(
        "ALTER SYSTEM",
        "postgres",
        """
        ALTER SYSTEM SET log_disconnections = off;
        ALTER SYSTEM SET work_mem = '7MB';
        ALTER SYSTEM SET search_path = a, "B c";
        ALTER SYSTEM SET no_such_thing = 1;
        ALTER SYSTEM SET block_size = 4096;
        ALTER SYSTEM SET data_directory = '/';
        ALTER SYSTEM SET work_mem = 'x';
        ALTER SYSTEM SET my.own = 'v';
        BEGIN; ALTER SYSTEM SET work_mem = '7MB'; ROLLBACK;
        SELECT name, setting FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf' ORDER BY seqno;
        ALTER SYSTEM RESET search_path;
        SELECT name, setting FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf' ORDER BY seqno;
        """);
    ask(
        "ALTER SYSTEM by another",
        "alice",
        "ALTER SYSTEM SET work_mem = 1; ALTER SYSTEM RESET ALL;");
    reload("ALTER SYSTEM");
    ask("ALTER SYSTEM RESET ALL", "postgres", "SHOW work_mem; ALTER SYSTEM RESET ALL;");
    reload("ALTER SYSTEM RESET ALL");
  }

  /// What is wrong with an include, and where it stands.
  private void includes() throws Exception {
    Path conf = server.directory().resolve("postgresql.conf");
    Path include = server.directory().resolve("inc.d");
    Files.writeString(include.resolve("a.conf"), "include 'sub/c.conf'\n");
    Files.createDirectories(include.resolve("sub"));
    Files.writeString(include.resolve("sub/c.conf"), "work_mem = 11MB\n\n= 5\n");
    String before = Files.readString(conf);
    for (String line :
        List.of(
            "include 'inc.d/a.conf'",
            "include 'missing.conf'",
            "include_dir 'nowhere.d'",
            "include_if_exists 'inc.d'",
            "include 'postgresql.conf'",
            "include ''",
            "include_dir ''",
            "include = 'missing.conf'")) {
      // The file ends in lines of which those before are used.
      server.configure(line);
      ask(
          "pg_file_settings: " + line,
          "postgres",
          "SELECT DISTINCT regexp_replace(sourcefile, '.*/', ''), name, setting, applied, error"
              + " FROM pg_file_settings WHERE error IS NOT NULL ORDER BY 1, 5;");
      reload(line);
      Files.writeString(conf, before);
    }
    Files.writeString(include.resolve("a.conf"), "");
    reload("without includes");
  }

  private void roleSettings() throws Exception {
    ask(
        "settings of roles and databases",
        "postgres",
        """
        ALTER DATABASE postgres SET work_mem = '2MB';
        ALTER ROLE alice SET work_mem = '3MB';
        ALTER ROLE alice IN DATABASE postgres SET work_mem = '4MB';
        ALTER ROLE ALL SET statement_timeout = '50s';
        ALTER ROLE alice SET log_statement = 'none';
        ALTER ROLE alice SET port = 1;
        ALTER ROLE alice SET nonsense = 1;
        ALTER ROLE alice SET work_mem = 'x';
        ALTER ROLE nobody_here SET work_mem = '3MB';
        SELECT coalesce(datname, '-'), coalesce(rolname, '-'), setconfig FROM pg_db_role_setting
          LEFT JOIN pg_database d ON d.oid = setdatabase LEFT JOIN pg_roles r ON r.oid = setrole
          ORDER BY 1, 2;
        """);
    String show =
        "SELECT name, setting, source FROM pg_settings WHERE name IN ('work_mem',"
            + " 'statement_timeout', 'log_statement') ORDER BY 1;";
    ask("settings of a role in a database", "alice", show);
    ask("settings of a role", "alice dbname=template1", show);
    ask("settings of a database", "bob", show);
    ask(
        "resets",
        "postgres",
        "ALTER ROLE alice IN DATABASE postgres RESET work_mem; ALTER ROLE alice RESET ALL;"
            + " ALTER ROLE ALL RESET ALL;");
    ask("after resets", "alice", show);
    ask("resets of a database", "postgres", "ALTER DATABASE postgres RESET ALL;");
    ask(
        "SET LOCAL",
        "alice",
        """
        BEGIN; SET LOCAL work_mem = '5MB'; SHOW work_mem; SAVEPOINT s; SET LOCAL work_mem = '6MB';
        ROLLBACK TO s; SHOW work_mem; COMMIT; SHOW work_mem; SET LOCAL work_mem = '1MB';
        SHOW work_mem; SET port = 1; SET log_connections = off; SET log_statement = 'all';
        """);
  }

  private void limits() throws Exception {
    ask(
        "limits",
        "postgres",
        """
        ALTER ROLE alice CONNECTION LIMIT 0; ALTER ROLE bob NOLOGIN;
        CREATE DATABASE small CONNECTION LIMIT 0; CREATE DATABASE closed ALLOW_CONNECTIONS false;
        """);
    ask("limit of a role", "alice", "SELECT 1");
    ask("NOLOGIN", "bob", "SELECT 1");
    ask("limit of a database", "carol dbname=small", "SELECT 1");
    ask("limit of a database for a superuser", "postgres dbname=small", "SELECT 1");
    ask("a closed database", "postgres dbname=closed", "SELECT 1");
    ask("no database", "postgres dbname=missing", "SELECT 1");
    ask(
        "no limits",
        "postgres",
        "ALTER ROLE alice CONNECTION LIMIT -1; ALTER ROLE bob LOGIN; DROP DATABASE small;"
            + " DROP DATABASE closed;");
    ask(
        "passwords",
        "postgres",
        """
        CREATE ROLE p PASSWORD 'a'; SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname = 'p';
        SET password_encryption = 'md5'; ALTER ROLE p PASSWORD 'a';
        SELECT rolpassword FROM pg_authid WHERE rolname = 'p';
        ALTER ROLE p RENAME TO q; SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'q';
        ALTER ROLE q PASSWORD 'md51234567890abcdef1234567890abcdef';
        SELECT rolpassword FROM pg_authid WHERE rolname = 'q';
        ALTER ROLE q PASSWORD ''; SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'q';
        SET password_encryption = 'sha'; SET password_encryption = 'scram-sha-256';
        ALTER ROLE q PASSWORD NULL; DROP ROLE q;
        """);
  }

  /// What the log says of statements, by its parameters.
  private void durations() throws Exception {
    // The session before may still be saying that it has ended.
    Thread.sleep(300);
    logged = server.log().size();
    ask(
        "durations",
        "postgres",
        """
        SET log_duration = on;
        SELECT 1;
        SELECT 1/0;
        SET log_statement = 'all';
        SELECT 2;
        SET log_duration = off;
        SET log_min_duration_statement = 0;
        SELECT 3;
        SET log_statement = 'none';
        SELECT 4;
        SELECT 5\\; SELECT 6;
        BEGIN;
        COMMIT;
        SET log_statement = 'ddl';
        CREATE TABLE log_me (a int);
        INSERT INTO log_me VALUES (1);
        SET log_statement = 'mod';
        INSERT INTO log_me VALUES (1);
        SELECT 7;
        SET log_min_duration_statement = -1;
        SET log_min_duration_sample = 0;
        SELECT 8;
        SET log_statement_sample_rate = 0;
        SELECT 9;
        DROP TABLE log_me;
        """);
    Thread.sleep(300);
    steps.put(
        "durations in the log",
        normalize(
            server,
            server.log().subList(logged, server.log().size()).stream()
                .filter(line -> !line.contains("|checkpointer|"))
                .map(line -> line.replaceFirst("^\\d+\\|", ""))
                .toList()));
  }

  private void signals() throws Exception {
    ask("who may signal", "postgres", "GRANT pg_signal_backend TO carol;");
    try (Connection superuser = server.connect();
        Connection dave = server.connect("dave", "", "postgres")) {
      int ofSuperuser = ReferenceServer.backendPid(superuser);
      int ofDave = ReferenceServer.backendPid(dave);
      for (String user : List.of("alice", "carol", "dave")) {
        ask(user + " cancels a superuser", user, "SELECT pg_cancel_backend(" + ofSuperuser + ")");
        ask(user + " ends a superuser", user, "SELECT pg_terminate_backend(" + ofSuperuser + ")");
        ask(user + " cancels dave", user, "SELECT pg_cancel_backend(" + ofDave + ")");
      }
      ask("alice ends dave", "alice", "SELECT pg_terminate_backend(" + ofDave + ")");
      ask("carol ends dave", "carol", "SELECT pg_terminate_backend(" + ofDave + ", 5000)");
      ask(
          "dave is gone",
          "postgres",
          "SELECT count(*) FROM pg_stat_activity WHERE pid = " + ofDave);
    }
    ask("nobody", "postgres", "SELECT pg_terminate_backend(999999), pg_cancel_backend(999999);");
    ask("no time", "postgres", "SELECT pg_terminate_backend(999999, -1);");
  }

  /// What no driver sends.
  private void rawStarts() throws Exception {
    logged = server.log().size();
    raw(
        "SSLRequest, then garbage",
        ints(8, 1234 << 16 | 5679),
        "garbage, no TLS\n".getBytes(StandardCharsets.US_ASCII));
    raw("an old protocol", ints(8, 2 << 16));
    raw("no length", ints(2, 0));
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  private void raw(String step, byte[]... packets) throws Exception {
    int before = server.log().size();
    List<String> seen = new ArrayList<>();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(5000);
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      for (byte[] packet : packets) {
        out.write(packet);
        out.flush();
        byte[] answer = new byte[1];
        try {
          seen.add(in.read(answer) < 0 ? "closed" : "first byte " + answer[0]);
        } catch (IOException e) {
          seen.add("closed");
        }
      }
    }
    Thread.sleep(300);
    server.log().stream()
        .skip(before)
        .map(line -> line.replaceFirst("^\\d+\\|", ""))
        .filter(line -> line.startsWith("not initialized") || line.startsWith("\t"))
        .forEach(seen::add);
    steps.put(step, normalize(server, seen));
  }

  private void revocations() throws Exception {
    certificates.revocationDirectory(server.directory());
    server.configure("ssl_crl_file = ''");
    reload("no revocations");
    offered("a revoked certificate without revocations", "stolen");
    server.configure("ssl_crl_dir = 'crls'");
    reload("a directory of revocations");
    offered("a revoked certificate", "stolen");
    offered("a certificate that is good", "alice");
    server.configure("ssl_crl_dir = ''\nssl_crl_file = 'revoked.crl'");
    reload("a file of revocations");
    offered("a revoked certificate by the file", "stolen");
  }

  private void offered(String step, String certificate) throws Exception {
    List<String> said =
        tls(
            "host=127.0.0.1 user=alice sslmode=require sslcert=%s sslkey=%s"
                .formatted(
                    certificates.file(certificate + ".crt"),
                    certificates.file(certificate + ".key")));
    // The JDK sends one alert for all that can be wrong with a certificate.
    steps.put(
        step, said.stream().map(l -> l.replaceAll("(tlsv1|sslv3) alert .*", "alert")).toList());
  }

  private void certificatesAnew() throws Exception {
    String good = "host=127.0.0.1 user=alice sslmode=verify-ca sslcert=none sslrootcert=";
    Path key = server.directory().resolve("the.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    reload("a key that all can read");
    server.install(certificates.file("alice.key"), "the.key");
    reload("another's key");
    server.install(certificates.file("ca.conf"), "the.crt");
    reload("no certificate");
    Files.delete(server.directory().resolve("the.crt"));
    reload("a missing certificate");
    server.configure("ssl_min_protocol_version = 'TLSv1.3'\nssl_max_protocol_version = 'TLSv1.2'");
    server.install(certificates.file("server.crt"), "the.crt");
    server.install(certificates.file("server.key"), "the.key");
    reload("no protocol");
    server.configure(
        "ssl_min_protocol_version = 'TLSv1.2'\nssl_max_protocol_version = ''\nssl_ciphers = 'nonsense'");
    reload("no ciphers");
    server.configure("ssl_ciphers = 'HIGH:!aNULL'\nssl_ecdh_curve = 'nonsense'");
    reload("no curve");
    server.configure("ssl_ecdh_curve = 'secp384r1'\nssl_ca_file = 'missing.crt'");
    reload("no authority");
    steps.put("the old certificate", tls(good + certificates.file("ca.crt")));
    server.configure("ssl_ca_file = ''\nssl_crl_file = ''");
    server.install(certificates.file("stranger.crt"), "the.crt");
    server.install(certificates.file("stranger.key"), "the.key");
    reload("another certificate");
    steps.put("not the old certificate", tls(good + certificates.file("ca.crt")));
    steps.put("the new certificate", tls(good + certificates.file("stranger.crt")));
    steps.put(
        "ciphers of TLS 1.2",
        tls(good + certificates.file("stranger.crt") + " ssl_max_protocol_version=TLSv1.2"));
    certificates.openssl(
        "pkcs8", "-topk8", "-in", "stranger.key", "-passout", "pass:open", "-out", "locked.key");
    server.install(certificates.file("locked.key"), "the.key");
    server.configure("ssl_passphrase_command = 'echo open'");
    reload("a key with a passphrase");
    server.configure("ssl_passphrase_command_supports_reload = on");
    reload("a passphrase command");
    steps.put("the locked key", tls(good + certificates.file("stranger.crt")));
    server.configure("ssl = off");
    reload("no TLS");
    steps.put("no TLS any more", tls(good + certificates.file("stranger.crt")));
    // Whoever sits between client and server may have put the second packet there.
    raw("SSLRequest and more at once", ints(8, 1234 << 16 | 5679, 8, 3 << 16));
  }

  private List<String> tls(String connection) throws Exception {
    Tools.Result result =
        psql(
            server,
            connection,
            "SELECT version, cipher, bits FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    return normalize(server, result.both().lines().toList());
  }

  private void brokenAccess() throws Exception {
    server.writeHba(BROKEN_HBA);
    Files.writeString(server.directory().resolve("names"), "one, \"two\"\n+three\n");
    Files.writeString(server.directory().resolve("pg_ident.conf"), BROKEN_IDENT);
    ask(
        "views of broken files",
        "postgres",
        "\\pset null NULL\nSELECT * FROM pg_hba_file_rules;\nSELECT * FROM pg_ident_file_mappings;");
    ask(
        "views for everybody",
        "alice",
        "TABLE pg_hba_file_rules; TABLE pg_ident_file_mappings; TABLE pg_file_settings;");
    reload("broken rules");
    ask("the old rules hold", "alice", "SELECT 1;");
  }
}
