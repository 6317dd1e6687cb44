-- whether VACUUM goes over the indexes, and what a row lock leaves of the visibility map
CREATE TABLE v (a int PRIMARY KEY, b text) WITH (autovacuum_enabled = off);
INSERT INTO v SELECT g, repeat('x', 500) FROM generate_series(1, 1000) g;
VACUUM (INDEX_CLEANUP) v;
VACUUM (INDEX_CLEANUP on) v;
VACUUM (INDEX_CLEANUP off) v;
VACUUM (INDEX_CLEANUP auto) v;
VACUUM (INDEX_CLEANUP maybe) v;
VACUUM (INDEX_CLEANUP 2) v;
SELECT relallvisible = relpages AND relpages > 20 FROM pg_class WHERE relname = 'v';
-- who locks rows does not hide them
BEGIN;
SELECT count(*) FROM (SELECT a FROM v WHERE a < 100 FOR UPDATE) s;
COMMIT;
VACUUM v;
SELECT relallvisible = relpages FROM pg_class WHERE relname = 'v';
-- the end of the table is not cut off while index entries lead there
DELETE FROM v WHERE a > 100;
VACUUM (INDEX_CLEANUP off) v;
SELECT relpages > 20 FROM pg_class WHERE relname = 'v';
SET enable_seqscan = off;
SELECT count(*) FROM v WHERE a > 50;
RESET enable_seqscan;
INSERT INTO v SELECT g, repeat('y', 500) FROM generate_series(101, 200) g;
SELECT count(*), min(a), max(a) FROM v;
ALTER TABLE v SET (vacuum_truncate = off, vacuum_index_cleanup = off);
DELETE FROM v WHERE a > 100;
VACUUM v;
SELECT relpages > 20 FROM pg_class WHERE relname = 'v';
VACUUM (INDEX_CLEANUP on) v;
SELECT relpages > 20 FROM pg_class WHERE relname = 'v';
VACUUM (INDEX_CLEANUP on, TRUNCATE on) v;
SELECT relpages < 20 FROM pg_class WHERE relname = 'v';
SELECT count(*), min(a), max(a) FROM v;
-- a rewrite leaves an empty map
VACUUM v;
SELECT relallvisible > 0 FROM pg_class WHERE relname = 'v';
VACUUM FULL v;
SELECT relallvisible FROM pg_class WHERE relname = 'v';
DROP TABLE v;
