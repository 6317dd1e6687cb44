-- What CREATE, ALTER and DROP SUBSCRIPTION do without a publisher.
SET client_min_messages = error;
CREATE ROLE sub_owner SUPERUSER;
CREATE ROLE sub_plain;
-- syntax
CREATE SUBSCRIPTION s CONNECTION 'dbname=x';
CREATE SUBSCRIPTION s PUBLICATION p;
-- not in a transaction with a slot to be created
BEGIN;
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (create_slot);
ROLLBACK;
-- connection strings
CREATE SUBSCRIPTION s CONNECTION 'nonsense' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION s CONNECTION 'nonsense=1' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=''x' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION s CONNECTION 'postgresql://[::1/nowhere' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION s CONNECTION 'postgresql://a?b' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION s CONNECTION 'postgresql://a?b=c' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION s CONNECTION 'postgresql://a%zz/b' PUBLICATION p WITH (connect = false);
-- options
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p, q, p WITH (connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (unknown = 1);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = maybe);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, copy_data = true);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, enabled = true);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, create_slot = true);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (slot_name = NONE, enabled = true);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (slot_name = NONE, enabled = false, create_slot = true);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (slot_name = NONE);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (slot_name = NONE, enabled = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (slot_name = NONE, create_slot = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (slot_name = 'Bad Name', connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (slot_name = '', connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (synchronous_commit = maybe, connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (binary = 7, connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (streaming = 7, connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (disable_on_error = 7, connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (refresh = true, connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (lsn = '0/1', connect = false);
-- one that is there
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION t CONNECTION 'dbname=nowhere' PUBLICATION p, q
  WITH (connect = false, slot_name = 'mine', synchronous_commit = 'local', binary, streaming = off, disable_on_error);
SELECT subname, rolname, subenabled, subbinary, substream, subtwophasestate, subdisableonerr,
       subconninfo, subslotname, subsynccommit, subpublications, subskiplsn
  FROM pg_subscription JOIN pg_roles ON subowner = pg_roles.oid ORDER BY subname;
SELECT count(*) FROM pg_subscription_rel;
SELECT count(*) FROM pg_replication_origin;
SELECT subname, pid, relid, received_lsn FROM pg_stat_subscription ORDER BY subname;
SELECT subname, apply_error_count, sync_error_count, stats_reset FROM pg_stat_subscription_stats ORDER BY subname;
SELECT pg_stat_reset_subscription_stats(oid) FROM pg_subscription WHERE subname = 's';
SELECT subname, stats_reset IS NULL FROM pg_stat_subscription_stats ORDER BY subname;
COMMENT ON SUBSCRIPTION s IS 'a comment';
SELECT obj_description(oid, 'pg_subscription') FROM pg_subscription WHERE subname = 's';
-- ALTER
ALTER SUBSCRIPTION nobody ENABLE;
ALTER SUBSCRIPTION s CONNECTION 'nonsense';
ALTER SUBSCRIPTION s CONNECTION 'dbname=elsewhere';
ALTER SUBSCRIPTION s SET PUBLICATION a, b;
ALTER SUBSCRIPTION s SET PUBLICATION a, a WITH (refresh = false);
ALTER SUBSCRIPTION s SET PUBLICATION a, b WITH (refresh = false);
ALTER SUBSCRIPTION s ADD PUBLICATION z;
ALTER SUBSCRIPTION s DROP PUBLICATION a;
ALTER SUBSCRIPTION s ADD PUBLICATION a WITH (refresh = false);
ALTER SUBSCRIPTION s ADD PUBLICATION c, c WITH (refresh = false);
ALTER SUBSCRIPTION s ADD PUBLICATION c WITH (refresh = false, copy_data = false);
ALTER SUBSCRIPTION s DROP PUBLICATION z WITH (refresh = false);
ALTER SUBSCRIPTION s DROP PUBLICATION a, a WITH (refresh = false);
ALTER SUBSCRIPTION s DROP PUBLICATION a, b, c WITH (refresh = false);
ALTER SUBSCRIPTION s DROP PUBLICATION a WITH (refresh = false, copy_data = false);
ALTER SUBSCRIPTION s DROP PUBLICATION a WITH (refresh = false);
ALTER SUBSCRIPTION s REFRESH PUBLICATION;
ALTER SUBSCRIPTION s SET (slot_name = 'other', synchronous_commit = 'off');
ALTER SUBSCRIPTION s SET (binary = true, streaming = false, disable_on_error = true);
ALTER SUBSCRIPTION s SET (create_slot = false);
ALTER SUBSCRIPTION s SET (two_phase = true);
ALTER SUBSCRIPTION s SET (synchronous_commit = 'maybe');
ALTER SUBSCRIPTION s SET (enabled = true);
ALTER SUBSCRIPTION s SKIP (lsn = 'x');
ALTER SUBSCRIPTION s SKIP (lsn = '0/0');
ALTER SUBSCRIPTION s SKIP (lsn = '0/12345');
ALTER SUBSCRIPTION s SKIP (xid = 7);
SELECT subname, subbinary, substream, subdisableonerr, subconninfo, subslotname, subsynccommit, subpublications, subskiplsn
  FROM pg_subscription ORDER BY subname;
ALTER SUBSCRIPTION s SKIP (lsn = NONE);
SELECT subskiplsn FROM pg_subscription WHERE subname = 's';
ALTER SUBSCRIPTION s SET (slot_name = NONE);
ALTER SUBSCRIPTION s ENABLE;
ALTER SUBSCRIPTION s SET (slot_name = 'again');
ALTER SUBSCRIPTION s ENABLE;
ALTER SUBSCRIPTION s SET (slot_name = NONE);
ALTER SUBSCRIPTION s DISABLE;
BEGIN;
ALTER SUBSCRIPTION s ENABLE;
ALTER SUBSCRIPTION s SET PUBLICATION a, b;
ROLLBACK;
BEGIN;
ALTER SUBSCRIPTION s REFRESH PUBLICATION;
ROLLBACK;
-- names and owners
ALTER SUBSCRIPTION s RENAME TO t;
ALTER SUBSCRIPTION s RENAME TO u;
ALTER SUBSCRIPTION u OWNER TO sub_plain;
ALTER SUBSCRIPTION u OWNER TO sub_owner;
ALTER SUBSCRIPTION u OWNER TO nobody;
SELECT subname, rolname FROM pg_subscription JOIN pg_roles ON subowner = pg_roles.oid ORDER BY subname;
DROP ROLE sub_owner;
-- DROP
BEGIN;
DROP SUBSCRIPTION u;
ROLLBACK;
ALTER SUBSCRIPTION u SET (slot_name = NONE);
BEGIN;
DROP SUBSCRIPTION u;
ROLLBACK;
DROP SUBSCRIPTION IF EXISTS nobody;
DROP SUBSCRIPTION nobody;
DROP SUBSCRIPTION IF EXISTS u;
ALTER SUBSCRIPTION t SET (slot_name = NONE);
DROP SUBSCRIPTION t;
SELECT count(*) FROM pg_subscription;
SELECT count(*) FROM pg_replication_origin;
DROP ROLE sub_owner, sub_plain;
