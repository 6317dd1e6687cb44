package dev.lifeline.utils.guc;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The table of parameters. All that PostgreSQL 15 knows are in `parameters.tsv`, so that its
/// configuration files load; those with a constant here are the ones that Lifeline acts upon.
public final class Gucs {
  private static final List<Guc<?>> ALL = GucTable.read();
  private static final Map<String, Guc<?>> BY_NAME = new HashMap<>();

  static {
    ALL.forEach(guc -> BY_NAME.put(guc.name().toLowerCase(Locale.ROOT), guc));
  }

  // where the files are
  public static final Guc<String> DATA_DIRECTORY =
      string("data_directory", "The server's data directory.");
  public static final Guc<String> CONFIG_FILE =
      string("config_file", "The server's main configuration file.");
  public static final Guc<String> HBA_FILE =
      string("hba_file", "The server's client authentication file.");

  public static final Guc<String> IDENT_FILE =
      string("ident_file", "The server's file of user name maps.");

  // connections
  public static final Guc<String> LISTEN_ADDRESSES =
      string("listen_addresses", "Host names or addresses to listen on.");
  public static final Guc<Long> DEFAULT_STATISTICS_TARGET =
      integer("default_statistics_target", "Sets the default statistics target.");
  public static final Guc<Long> PORT = integer("port", "TCP port to listen on.");
  public static final Guc<String> UNIX_SOCKET_DIRECTORIES =
      string("unix_socket_directories", "Directories in which Unix-domain sockets are made.");
  public static final Guc<Long> UNIX_SOCKET_PERMISSIONS =
      integer("unix_socket_permissions", "Access permissions of the Unix-domain socket.");
  public static final Guc<Long> MAX_CONNECTIONS =
      integer("max_connections", "Upper limit of concurrent connections.");
  public static final Guc<Long> SUPERUSER_RESERVED_CONNECTIONS =
      integer("superuser_reserved_connections", "Connection slots kept for superusers.");
  public static final Guc<Long> AUTHENTICATION_TIMEOUT =
      integer(
          "authentication_timeout", "Time within which a client must have authenticated itself.");
  public static final Guc<String> PASSWORD_ENCRYPTION =
      string("password_encryption", "Algorithm by which a new password is stored.");

  // shared memory and storage
  public static final Guc<Long> SHARED_BUFFERS =
      integer("shared_buffers", "Pages in the shared buffer pool.");
  public static final Guc<Long> BGWRITER_DELAY =
      integer("bgwriter_delay", "Time between rounds of the background writer.");
  public static final Guc<Long> BGWRITER_LRU_MAXPAGES =
      integer(
          "bgwriter_lru_maxpages", "Pages that the background writer writes in one round at most.");
  public static final Guc<Double> BGWRITER_LRU_MULTIPLIER =
      real(
          "bgwriter_lru_multiplier",
          "How many pages to free in a round, as a multiple of recent need.");
  public static final Guc<Long> WORK_MEM =
      integer("work_mem", "Memory for one sort or hash of a query.");
  public static final Guc<Long> TEMP_FILE_LIMIT =
      integer(
          "temp_file_limit",
          "How much the temporary files of one session may take; -1 for no limit.");
  public static final Guc<Long> MAINTENANCE_WORK_MEM =
      integer("maintenance_work_mem", "Memory for one maintenance operation.");

  // write-ahead log and checkpoints
  public static final Guc<Boolean> FSYNC = bool("fsync", "Forces what must be durable to disk.");
  public static final Guc<String> SYNCHRONOUS_COMMIT =
      string("synchronous_commit", "Whether a commit waits for its WAL to be on disk.");
  public static final Guc<Boolean> FULL_PAGE_WRITES =
      bool("full_page_writes", "Logs a whole page when it first changes after a checkpoint.");
  public static final Guc<Long> WAL_BUFFERS =
      integer("wal_buffers", "Memory for WAL that is not yet written.");
  public static final Guc<Long> WAL_WRITER_DELAY =
      integer("wal_writer_delay", "Time between flushes of the WAL writer.");
  public static final Guc<Long> COMMIT_DELAY =
      integer(
          "commit_delay", "Delay before a flush, in microseconds, so that more commits share it.");
  public static final Guc<Long> COMMIT_SIBLINGS =
      integer("commit_siblings", "Open transactions that commit_delay asks for.");
  public static final Guc<Long> CHECKPOINT_TIMEOUT =
      integer("checkpoint_timeout", "Longest time between automatic checkpoints.");
  public static final Guc<Double> CHECKPOINT_COMPLETION_TARGET =
      real(
          "checkpoint_completion_target",
          "Share of the checkpoint interval over which its writes are spread.");
  public static final Guc<Long> CHECKPOINT_WARNING =
      integer(
          "checkpoint_warning", "Checkpoints forced by WAL more often than this are warned about.");
  public static final Guc<Long> MAX_WAL_SIZE =
      integer("max_wal_size", "WAL size that brings a checkpoint.");
  public static final Guc<Long> MIN_WAL_SIZE =
      integer("min_wal_size", "WAL that is recycled rather than removed.");
  public static final Guc<String> WAL_COMPRESSION =
      string("wal_compression", "Compresses full-page writes in the WAL with this method.");
  public static final Guc<Boolean> WAL_INIT_ZERO =
      bool("wal_init_zero", "Fills new WAL files with zeros before they are used.");
  public static final Guc<Boolean> WAL_RECYCLE =
      bool("wal_recycle", "Gives old WAL files the names of new ones.");
  public static final Guc<String> RECOVERY_PREFETCH =
      string("recovery_prefetch", "Whether redo reads blocks before the turn of their records.");
  public static final Guc<Long> WAL_DECODE_BUFFER_SIZE =
      integer("wal_decode_buffer_size", "How far redo looks ahead in the WAL.");
  public static final Guc<Long> MAINTENANCE_IO_CONCURRENCY =
      integer("maintenance_io_concurrency", "Reads that maintenance work starts at once.");
  public static final Guc<Long> LOG_STARTUP_PROGRESS_INTERVAL =
      integer(
          "log_startup_progress_interval",
          "Time between messages about a startup that takes long; 0 for none.");
  public static final Guc<String> SESSION_REPLICATION_ROLE =
      string("session_replication_role", "Whether triggers and foreign keys do their work.");
  public static final Guc<String> WAL_LEVEL =
      string("wal_level", "How much the WAL tells: logical lets changes be decoded.");

  // replication
  public static final Guc<Long> MAX_WAL_SENDERS =
      integer("max_wal_senders", "Upper limit of connections that stream WAL.");
  public static final Guc<Long> MAX_REPLICATION_SLOTS =
      integer("max_replication_slots", "Upper limit of replication slots and tracked origins.");
  public static final Guc<Long> MAX_SLOT_WAL_KEEP_SIZE =
      integer("max_slot_wal_keep_size", "WAL that a slot may keep; -1: any.");
  public static final Guc<Long> WAL_SENDER_TIMEOUT =
      integer("wal_sender_timeout", "Time after which a silent receiver is given up.");
  public static final Guc<Long> LOGICAL_DECODING_WORK_MEM =
      integer("logical_decoding_work_mem", "Memory of decoding before changes go to disk.");
  public static final Guc<Long> MAX_LOGICAL_REPLICATION_WORKERS =
      integer("max_logical_replication_workers", "Upper limit of apply and table sync workers.");
  public static final Guc<Long> MAX_SYNC_WORKERS_PER_SUBSCRIPTION =
      integer("max_sync_workers_per_subscription", "Tables of one subscription copied at a time.");
  public static final Guc<Long> WAL_RECEIVER_STATUS_INTERVAL =
      integer("wal_receiver_status_interval", "Time between status reports to the sender.");
  public static final Guc<Long> WAL_RECEIVER_TIMEOUT =
      integer("wal_receiver_timeout", "Time after which a silent sender is given up.");
  public static final Guc<Long> WAL_RETRIEVE_RETRY_INTERVAL =
      integer("wal_retrieve_retry_interval", "Time before a failed worker is started again.");

  public static final Guc<String> ARCHIVE_MODE =
      string("archive_mode", "Whether finished WAL segments are archived.");
  public static final Guc<String> RESTORE_COMMAND =
      string("restore_command", "Shell command that brings a file back from the archive.");
  public static final Guc<String> ARCHIVE_CLEANUP_COMMAND =
      string("archive_cleanup_command", "Shell command that is run at every restart point.");
  public static final Guc<String> RECOVERY_END_COMMAND =
      string("recovery_end_command", "Shell command that is run once at the end of a recovery.");
  public static final Guc<String> RECOVERY_TARGET =
      string(
          "recovery_target",
          "Set to \"immediate\" to end recovery as soon as the data are consistent.");
  public static final Guc<String> RECOVERY_TARGET_LSN =
      string("recovery_target_lsn", "Position of the WAL up to which recovery goes.");
  public static final Guc<String> RECOVERY_TARGET_NAME =
      string("recovery_target_name", "Restore point up to which recovery goes.");
  public static final Guc<String> RECOVERY_TARGET_TIME =
      string("recovery_target_time", "Time up to which recovery goes.");
  public static final Guc<String> RECOVERY_TARGET_XID =
      string("recovery_target_xid", "Transaction up to which recovery goes.");
  public static final Guc<String> RECOVERY_TARGET_TIMELINE =
      string("recovery_target_timeline", "Timeline that recovery follows.");
  public static final Guc<String> RECOVERY_TARGET_ACTION =
      string("recovery_target_action", "What happens when the target is reached.");
  public static final Guc<Boolean> RECOVERY_TARGET_INCLUSIVE =
      bool("recovery_target_inclusive", "Whether the target itself is still repeated.");
  public static final Guc<Long> ARCHIVE_TIMEOUT =
      integer(
          "archive_timeout",
          "Seconds after which a segment is ended although it is not full; 0 for never.");
  public static final Guc<String> ARCHIVE_LIBRARY =
      string("archive_library", "Refused: there are no archive modules, but archive_command.");
  public static final Guc<String> ARCHIVE_COMMAND =
      string("archive_command", "Shell command that archives one WAL segment.");
  public static final Guc<Boolean> RESTART_AFTER_CRASH =
      bool("restart_after_crash", "Starts the server processes again after a crash of a backend.");
  public static final Guc<Boolean> DATA_CHECKSUMS =
      bool("data_checksums", "Whether pages carry checksums.");

  // autovacuum
  public static final Guc<Boolean> AUTOVACUUM =
      bool("autovacuum", "Starts the autovacuum launcher.");
  public static final Guc<Long> AUTOVACUUM_NAPTIME =
      integer("autovacuum_naptime", "Time between looks of the autovacuum launcher at a database.");
  public static final Guc<Long> AUTOVACUUM_MAX_WORKERS =
      integer("autovacuum_max_workers", "Autovacuum workers that may run at once.");
  public static final Guc<Long> AUTOVACUUM_VACUUM_THRESHOLD =
      integer("autovacuum_vacuum_threshold", "Dead tuples before a table is vacuumed.");
  public static final Guc<Double> AUTOVACUUM_VACUUM_SCALE_FACTOR =
      real(
          "autovacuum_vacuum_scale_factor",
          "Share of a table's tuples that is added to the threshold.");
  public static final Guc<Long> AUTOVACUUM_ANALYZE_THRESHOLD =
      integer("autovacuum_analyze_threshold", "Changed tuples before a table is analyzed.");
  public static final Guc<Double> AUTOVACUUM_ANALYZE_SCALE_FACTOR =
      real(
          "autovacuum_analyze_scale_factor",
          "Share of a table's tuples that is added to the threshold.");
  public static final Guc<Long> AUTOVACUUM_VACUUM_INSERT_THRESHOLD =
      integer(
          "autovacuum_vacuum_insert_threshold",
          "Inserted tuples before a table is vacuumed; -1 disables that.");
  public static final Guc<Double> AUTOVACUUM_VACUUM_INSERT_SCALE_FACTOR =
      real(
          "autovacuum_vacuum_insert_scale_factor",
          "Share of a table's tuples that is added to the threshold.");
  public static final Guc<Double> AUTOVACUUM_VACUUM_COST_DELAY =
      real("autovacuum_vacuum_cost_delay", "vacuum_cost_delay of autovacuum; -1 takes that one.");
  public static final Guc<Long> AUTOVACUUM_VACUUM_COST_LIMIT =
      integer(
          "autovacuum_vacuum_cost_limit", "vacuum_cost_limit of autovacuum; -1 takes that one.");
  public static final Guc<Long> AUTOVACUUM_FREEZE_MAX_AGE =
      integer(
          "autovacuum_freeze_max_age",
          "Age of a table's oldest xid that brings a vacuum in any case.");
  public static final Guc<Long> VACUUM_FREEZE_MIN_AGE =
      integer("vacuum_freeze_min_age", "Age of xids that VACUUM takes out of the rows.");
  public static final Guc<Long> VACUUM_FREEZE_TABLE_AGE =
      integer(
          "vacuum_freeze_table_age",
          "Age of a table's oldest xid at which VACUUM looks at all of it.");
  public static final Guc<Double> VACUUM_COST_DELAY =
      real("vacuum_cost_delay", "How long VACUUM sleeps when its limit is spent.");
  public static final Guc<Long> VACUUM_COST_LIMIT =
      integer("vacuum_cost_limit", "What VACUUM may spend before it sleeps.");
  public static final Guc<Long> VACUUM_COST_PAGE_HIT =
      integer("vacuum_cost_page_hit", "Cost of a page that was found in the buffer pool.");
  public static final Guc<Long> VACUUM_COST_PAGE_MISS =
      integer("vacuum_cost_page_miss", "Cost of a page that had to be read.");
  public static final Guc<Long> VACUUM_COST_PAGE_DIRTY =
      integer("vacuum_cost_page_dirty", "Cost of a page that VACUUM changes.");
  public static final Guc<Boolean> TRACK_ACTIVITIES =
      bool("track_activities", "Collects what each session is doing.");
  public static final Guc<Long> TRACK_ACTIVITY_QUERY_SIZE =
      integer("track_activity_query_size", "Bytes of a statement that pg_stat_activity shows.");
  public static final Guc<Boolean> TRACK_COUNTS =
      bool("track_counts", "Collects statistics of database activity.");

  public static final Guc<Long> CLIENT_CONNECTION_CHECK_INTERVAL =
      integer(
          "client_connection_check_interval",
          "Time for which a statement outlives its client; 0 lets it end.");
  public static final Guc<Long> TCP_KEEPALIVES_IDLE =
      integer("tcp_keepalives_idle", "Idle time before the first keepalive; 0 for the system's.");
  public static final Guc<Long> TCP_KEEPALIVES_INTERVAL =
      integer("tcp_keepalives_interval", "Time between keepalives; 0 for the system's.");
  public static final Guc<Long> TCP_KEEPALIVES_COUNT =
      integer("tcp_keepalives_count", "Lost keepalives that end a connection; 0 for the system's.");
  public static final Guc<Long> TCP_USER_TIMEOUT =
      integer("tcp_user_timeout", "Time that data may stay unacknowledged; 0 for the system's.");

  // encryption
  public static final Guc<Boolean> SSL = bool("ssl", "Enables TLS connections.");
  public static final Guc<String> SSL_CERT_FILE =
      string("ssl_cert_file", "File of the server's certificate.");
  public static final Guc<String> SSL_KEY_FILE =
      string("ssl_key_file", "File of the server's private key.");
  public static final Guc<String> SSL_CA_FILE =
      string("ssl_ca_file", "File of the authorities that sign clients' certificates.");
  public static final Guc<String> SSL_CRL_FILE =
      string("ssl_crl_file", "File of the certificates that have been revoked.");
  public static final Guc<String> SSL_CRL_DIR =
      string("ssl_crl_dir", "Directory of files of revoked certificates.");
  public static final Guc<String> SSL_MIN_PROTOCOL_VERSION =
      string("ssl_min_protocol_version", "Oldest version of TLS that is spoken.");
  public static final Guc<String> SSL_MAX_PROTOCOL_VERSION =
      string("ssl_max_protocol_version", "Newest version of TLS that is spoken.");
  public static final Guc<String> SSL_CIPHERS =
      string("ssl_ciphers", "List of the ciphers of TLS 1.2 that may be used.");
  public static final Guc<Boolean> SSL_PREFER_SERVER_CIPHERS =
      bool("ssl_prefer_server_ciphers", "Lets the server's order of ciphers decide.");
  public static final Guc<String> SSL_ECDH_CURVE =
      string("ssl_ecdh_curve", "Curve of the key exchange.");
  public static final Guc<String> SSL_PASSPHRASE_COMMAND =
      string("ssl_passphrase_command", "Command that prints the private key's passphrase.");
  public static final Guc<Boolean> SSL_PASSPHRASE_COMMAND_SUPPORTS_RELOAD =
      bool(
          "ssl_passphrase_command_supports_reload",
          "Whether that command is run at a reload, too.");

  // the server log
  public static final Guc<String> LOG_MIN_MESSAGES =
      string("log_min_messages", "Least severity that the server log takes.");
  public static final Guc<String> LOG_MIN_ERROR_STATEMENT =
      string(
          "log_min_error_statement", "Least severity of an error whose statement is logged too.");
  public static final Guc<String> LOG_ERROR_VERBOSITY =
      string("log_error_verbosity", "How much is told of each logged message.");
  public static final Guc<String> LOG_DESTINATION =
      string("log_destination", "Formats that the server log is written in.");
  public static final Guc<Boolean> LOGGING_COLLECTOR =
      bool("logging_collector", "Starts a process that writes the log into files.");
  public static final Guc<String> LOG_DIRECTORY =
      string("log_directory", "Directory of the log files.");
  public static final Guc<String> LOG_FILENAME =
      string("log_filename", "Pattern of the log files' names.");
  public static final Guc<Long> LOG_FILE_MODE =
      integer("log_file_mode", "Permissions of the log files.");
  public static final Guc<Long> LOG_ROTATION_AGE =
      integer("log_rotation_age", "Age at which another log file is begun; 0 for none.");
  public static final Guc<Long> LOG_ROTATION_SIZE =
      integer("log_rotation_size", "Size at which another log file is begun; 0 for none.");
  public static final Guc<Boolean> LOG_TRUNCATE_ON_ROTATION =
      bool("log_truncate_on_rotation", "Overwrites log files of the same name when one is due.");
  public static final Guc<Long> LOG_MIN_DURATION_STATEMENT =
      integer(
          "log_min_duration_statement",
          "Statements that take longer are logged; -1 logs none, 0 all.");
  public static final Guc<Long> LOG_MIN_DURATION_SAMPLE =
      integer(
          "log_min_duration_sample",
          "Statements that take longer are sampled for the log; -1 for none, 0 for all.");
  public static final Guc<Double> LOG_STATEMENT_SAMPLE_RATE =
      real("log_statement_sample_rate", "Fraction of those statements that is logged.");
  public static final Guc<Boolean> LOG_DURATION =
      bool("log_duration", "Logs how long each statement took.");
  public static final Guc<Boolean> LOG_CONNECTIONS =
      bool("log_connections", "Logs each connection.");
  public static final Guc<Boolean> LOG_DISCONNECTIONS =
      bool("log_disconnections", "Logs the end of each session.");
  public static final Guc<Boolean> LOG_CHECKPOINTS =
      bool("log_checkpoints", "Logs each checkpoint.");
  public static final Guc<Boolean> LOG_REPLICATION_COMMANDS =
      bool("log_replication_commands", "Logs each command of a replication connection.");
  public static final Guc<Long> LOG_TEMP_FILES =
      integer(
          "log_temp_files",
          "Temporary files of at least this size are logged; -1 for none, 0 for all.");
  public static final Guc<Boolean> LOG_HOSTNAME =
      bool("log_hostname", "Logs the names of clients' hosts, not their addresses alone.");
  public static final Guc<Boolean> LOG_LOCK_WAITS =
      bool("log_lock_waits", "Logs lock waits that outlast deadlock_timeout.");
  public static final Guc<String> LOG_LINE_PREFIX =
      string("log_line_prefix", "What stands before each line of the log.");
  public static final Guc<String> LOG_STATEMENT =
      string("log_statement", "Kinds of statements that are logged.");
  public static final Guc<String> LOG_TIMEZONE =
      string("log_timezone", "Time zone of the log's timestamps.");
  public static final Guc<Long> LOG_PARAMETER_MAX_LENGTH =
      integer("log_parameter_max_length", "Bytes of each parameter's value that may be logged.");
  public static final Guc<Long> LOG_PARAMETER_MAX_LENGTH_ON_ERROR =
      integer(
          "log_parameter_max_length_on_error",
          "Bytes of each parameter's value that go with an error.");
  public static final Guc<Long> LOG_AUTOVACUUM_MIN_DURATION =
      integer("log_autovacuum_min_duration", "Automatic vacuums that take longer are logged.");
  public static final Guc<String> CLUSTER_NAME = string("cluster_name", "Name of the cluster.");

  // sessions
  public static final Guc<String> APPLICATION_NAME =
      string("application_name", "Name that the client gives to itself.");
  public static final Guc<String> CLIENT_ENCODING =
      string("client_encoding", "Character set of the client.");
  public static final Guc<String> CLIENT_MIN_MESSAGES =
      string("client_min_messages", "Least severity that the client is told.");
  public static final Guc<String> DATESTYLE =
      string("DateStyle", "How dates and times are written and read.");
  public static final Guc<String> INTERVALSTYLE =
      string("IntervalStyle", "How intervals are written.");
  public static final Guc<String> TIMEZONE = string("TimeZone", "Time zone of the session.");
  public static final Guc<Long> EXTRA_FLOAT_DIGITS =
      integer("extra_float_digits", "Digits of floating-point values.");
  public static final Guc<String> BYTEA_OUTPUT = string("bytea_output", "How bytea is written.");
  public static final Guc<Boolean> STANDARD_CONFORMING_STRINGS =
      bool(
          "standard_conforming_strings",
          "Whether backslashes in plain literals are just characters.");
  public static final Guc<String> SEARCH_PATH =
      string("search_path", "Schemas in which unqualified names are looked up.");
  public static final Guc<String> ROLE = string("role", "The role that the session acts as.");
  public static final Guc<String> SESSION_AUTHORIZATION =
      string("session_authorization", "The role that the session belongs to.");
  public static final Guc<Boolean> IS_SUPERUSER =
      bool("is_superuser", "Whether the current role is a superuser.");
  public static final Guc<Long> STATEMENT_TIMEOUT =
      integer("statement_timeout", "Longest time that a statement may run.");
  public static final Guc<Long> LOCK_TIMEOUT =
      integer("lock_timeout", "Longest time that a lock may be waited for.");
  public static final Guc<Long> DEADLOCK_TIMEOUT =
      integer("deadlock_timeout", "Time to wait for a lock before looking for a deadlock.");
  public static final Guc<Long> IDLE_IN_TRANSACTION_SESSION_TIMEOUT =
      integer(
          "idle_in_transaction_session_timeout",
          "Longest time that a session may idle in a transaction.");
  public static final Guc<Long> IDLE_SESSION_TIMEOUT =
      integer(
          "idle_session_timeout", "Longest time that a session may idle outside a transaction.");
  public static final Guc<String> DEFAULT_TRANSACTION_ISOLATION =
      string("default_transaction_isolation", "Isolation level of each new transaction.");
  public static final Guc<String> TRANSACTION_ISOLATION =
      string("transaction_isolation", "Isolation level of the current transaction.");
  public static final Guc<Boolean> DEFAULT_TRANSACTION_READ_ONLY =
      bool("default_transaction_read_only", "Whether a new transaction is read-only.");
  public static final Guc<Boolean> TRANSACTION_READ_ONLY =
      bool("transaction_read_only", "Whether the current transaction is read-only.");
  public static final Guc<Boolean> DEFAULT_TRANSACTION_DEFERRABLE =
      bool("default_transaction_deferrable", "Whether a new transaction is deferrable.");
  public static final Guc<Boolean> TRANSACTION_DEFERRABLE =
      bool("transaction_deferrable", "Whether the current transaction is deferrable.");

  // the planner
  public static final Guc<Boolean> ENABLE_SEQSCAN =
      bool("enable_seqscan", "Lets the planner use sequential scans.");
  public static final Guc<Boolean> ENABLE_INDEXSCAN =
      bool("enable_indexscan", "Lets the planner use index scans.");
  public static final Guc<Boolean> ENABLE_INDEXONLYSCAN =
      bool("enable_indexonlyscan", "Lets the planner use scans of an index alone.");
  public static final Guc<Boolean> ENABLE_BITMAPSCAN =
      bool("enable_bitmapscan", "Lets the planner use scans by bitmaps.");
  public static final Guc<Boolean> ENABLE_NESTLOOP =
      bool("enable_nestloop", "Lets the planner use nested-loop joins.");
  public static final Guc<Boolean> ENABLE_HASHJOIN =
      bool("enable_hashjoin", "Lets the planner use hash joins.");
  public static final Guc<Boolean> ENABLE_HASHAGG =
      bool("enable_hashagg", "Lets the planner use hashed aggregation.");
  public static final Guc<Boolean> ENABLE_SORT =
      bool("enable_sort", "Lets the planner use explicit sorts.");
  public static final Guc<Double> SEQ_PAGE_COST =
      real("seq_page_cost", "Cost of a page that is read in sequence.");
  public static final Guc<Double> RANDOM_PAGE_COST =
      real("random_page_cost", "Cost of a page that is read out of sequence.");
  public static final Guc<Double> CPU_TUPLE_COST =
      real("cpu_tuple_cost", "Cost of processing one tuple.");
  public static final Guc<Double> CPU_INDEX_TUPLE_COST =
      real("cpu_index_tuple_cost", "Cost of processing one index entry.");
  public static final Guc<Double> CPU_OPERATOR_COST =
      real("cpu_operator_cost", "Cost of processing one operator or function.");
  public static final Guc<Long> EFFECTIVE_CACHE_SIZE =
      integer("effective_cache_size", "Memory that is assumed to cache data.");

  // facts
  public static final Guc<String> SERVER_VERSION =
      string("server_version", "Version of PostgreSQL that the server is compatible with.");
  public static final Guc<Long> SERVER_VERSION_NUM =
      integer("server_version_num", "Version of PostgreSQL as an integer.");
  public static final Guc<String> SERVER_ENCODING =
      string("server_encoding", "Character set of the database.");
  public static final Guc<Boolean> INTEGER_DATETIMES =
      bool("integer_datetimes", "Whether dates and times are integers.");
  public static final Guc<Boolean> IN_HOT_STANDBY =
      bool("in_hot_standby", "Whether the server is a hot standby.");
  public static final Guc<Long> BLOCK_SIZE = integer("block_size", "Size of a page.");
  public static final Guc<Long> WAL_SEGMENT_SIZE =
      integer("wal_segment_size", "Size of a WAL segment.");
  public static final Guc<Long> MAX_IDENTIFIER_LENGTH =
      integer("max_identifier_length", "Longest identifier.");

  // Lifeline's own
  public static final Guc<String> LIFELINE_JAEGER_URL =
      string("lifeline.jaeger_url", "Where the dashboard finds Jaeger's page.");
  public static final Guc<Long> LIFELINE_DASHBOARD_PORT =
      integer("lifeline.dashboard_port", "TCP port of the dashboard; 0 for none.");
  public static final Guc<String> LIFELINE_DASHBOARD_LISTEN_ADDRESSES =
      string("lifeline.dashboard_listen_addresses", "Addresses that the dashboard listens on.");
  public static final Guc<String> LIFELINE_KAFKA_BOOTSTRAP_SERVERS =
      string(
          "lifeline.kafka_bootstrap_servers",
          "Kafka brokers to publish the event log to; empty for none.");
  public static final Guc<String> LIFELINE_KAFKA_CLIENT_CONFIG =
      string(
          "lifeline.kafka_client_config",
          "File of Kafka client settings, for TLS, SASL and compression.");
  public static final Guc<String> LIFELINE_KAFKA_CONTENT_MODE =
      string("lifeline.kafka_content_mode", "CloudEvents content mode of the Kafka messages.");
  public static final Guc<String> LIFELINE_OTLP_ENDPOINT =
      string("lifeline.otlp_endpoint", "OTLP endpoint to export traces to; empty for none.");
  public static final Guc<String> LIFELINE_OTLP_PROTOCOL =
      string("lifeline.otlp_protocol", "Protocol to speak to the OTLP endpoint.");
  public static final Guc<Long> LIFELINE_OTLP_METRICS_INTERVAL =
      integer(
          "lifeline.otlp_metrics_interval",
          "Time between exports of metrics over OTLP; 0 for none.");
  public static final Guc<Long> LIFELINE_JOURNAL_RETENTION =
      integer(
          "lifeline.journal_retention",
          "Age at which event journal segments are removed; -1 keeps them.");
  public static final Guc<Long> LIFELINE_JOURNAL_RETENTION_SIZE =
      integer(
          "lifeline.journal_retention_size",
          "Size that the event journal may grow to; -1 for no limit.");
  public static final Guc<Long> LIFELINE_STATS_INTERVAL =
      integer("lifeline.stats_interval", "Time between reports of the statistics collector.");
  public static final Guc<Double> LIFELINE_TRACE_CALLER_SAMPLE_RATE =
      real(
          "lifeline.trace_caller_sample_rate",
          "Fraction of the traces that clients ask to be sampled that are.");
  public static final Guc<Boolean> LIFELINE_TRACE_PLAN_NODES =
      bool(
          "lifeline.trace_plan_nodes",
          "Whether a sampled statement has a span for each node of its plan.");
  public static final Guc<String> LIFELINE_TRACEPARENT =
      string("lifeline.traceparent", "W3C trace context of the client's current work.");
  public static final Guc<Long> PG_STAT_STATEMENTS_MAX =
      integer(
          "pg_stat_statements.max",
          "Sets the maximum number of statements tracked by pg_stat_statements.");
  public static final Guc<String> PG_STAT_STATEMENTS_TRACK =
      string(
          "pg_stat_statements.track",
          "Selects which statements are tracked by pg_stat_statements.");
  public static final Guc<Boolean> PG_STAT_STATEMENTS_TRACK_UTILITY =
      bool(
          "pg_stat_statements.track_utility",
          "Selects whether utility commands are tracked by pg_stat_statements.");
  public static final Guc<Long> LIFELINE_EVENT_LOOPS =
      integer(
          "lifeline.event_loops", "Event loops that run the processes; 0 for one for each core.");

  private Gucs() {}

  /// Every parameter, in the order of `SHOW ALL`.
  public static List<Guc<?>> all() {
    return ALL;
  }

  static int count() {
    return ALL.size();
  }

  /// The parameter of that name, in whatever case, or null.
  public static @Nullable Guc<?> find(String name) {
    return BY_NAME.get(name.toLowerCase(Locale.ROOT));
  }

  /// The parameter of that name.
  ///
  /// @throws PgException 42704 where there is none
  public static Guc<?> get(String name) {
    Guc<?> guc = find(name);
    if (guc == null) {
      throw unrecognized(name);
    }
    return guc;
  }

  static PgException unrecognized(String name) {
    return PgException.error(
        SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter \"%s\"", name);
  }

  /// Reads a value's text: a Boolean, Long, Double or String.
  ///
  /// @throws PgException 22023 where the parameter does not take it
  public static Object parse(Guc<?> guc, String text) {
    return GucChecks.check(guc, GucParser.parse(guc, text));
  }

  @SuppressWarnings("unchecked") // The table's type column says so, and is checked here.
  private static <T> Guc<T> known(String name, String description, Class<T> type) {
    Guc<?> guc = get(name);
    if (!type.isInstance(guc.bootValue())) {
      throw new IllegalStateException(name + " is no " + type.getSimpleName());
    }
    guc.describe(description);
    return (Guc<T>) guc;
  }

  private static Guc<Boolean> bool(String name, String description) {
    return known(name, description, Boolean.class);
  }

  private static Guc<Long> integer(String name, String description) {
    return known(name, description, Long.class);
  }

  private static Guc<Double> real(String name, String description) {
    return known(name, description, Double.class);
  }

  private static Guc<String> string(String name, String description) {
    return known(name, description, String.class);
  }
}
