-- Temporary relations.
CREATE TABLE shadowed (a int);
INSERT INTO shadowed VALUES (1), (2);
CREATE TEMP TABLE plain (id serial PRIMARY KEY, word text UNIQUE, n int CHECK (n > 0));
INSERT INTO plain (word, n) VALUES ('a', 1), ('b', 2) RETURNING *;
\set VERBOSITY default
INSERT INTO plain (word, n) VALUES ('a', 3);
INSERT INTO plain (word, n) VALUES ('c', 0);
\set VERBOSITY verbose
SELECT relname, relkind, relpersistence FROM pg_class WHERE relname LIKE 'plain%' ORDER BY relname;
SELECT nspname LIKE 'pg\_temp\_%' AS temporary, pg_my_temp_schema() = oid AS mine FROM pg_namespace WHERE oid = (SELECT relnamespace FROM pg_class WHERE relname = 'plain');
SELECT count(*) FROM pg_temp.plain;
SELECT count(*) FROM public.plain;
SELECT current_schemas(false), current_schemas(true)::text LIKE '{pg\_temp\_%,pg_catalog,public}' AS first;
CREATE TEMPORARY TABLE shadowed AS SELECT a * 10 AS a FROM shadowed;
SELECT * FROM shadowed ORDER BY a;
SELECT * FROM public.shadowed ORDER BY a;
INSERT INTO shadowed VALUES (30);
DROP TABLE shadowed;
SELECT * FROM shadowed ORDER BY a;
CREATE TABLE pg_temp.by_schema (a int);
SELECT relpersistence FROM pg_class WHERE relname = 'by_schema';
CREATE TEMP TABLE public.wrong (a int);
CREATE TEMP TABLE IF NOT EXISTS plain (a int);
CREATE TEMP TABLE plain (a int);
CREATE TABLE permanent (a int REFERENCES plain);
CREATE TEMP TABLE referring (a int REFERENCES shadowed);
CREATE TABLE only_permanent (a int) ON COMMIT DROP;
-- ON COMMIT.
CREATE TEMP TABLE emptied (a int PRIMARY KEY) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE kept (a int) ON COMMIT PRESERVE ROWS;
INSERT INTO emptied VALUES (1);
SELECT count(*) FROM emptied;
BEGIN;
INSERT INTO emptied VALUES (1), (2);
INSERT INTO kept SELECT a FROM emptied;
SELECT count(*) FROM emptied;
SAVEPOINT s;
INSERT INTO emptied VALUES (1 / 0);
ROLLBACK TO s;
DECLARE held CURSOR WITH HOLD FOR SELECT a FROM emptied ORDER BY a;
COMMIT;
SELECT count(*) FROM emptied;
SELECT count(*) FROM kept;
FETCH ALL FROM held;
CLOSE held;
INSERT INTO emptied VALUES (1);
BEGIN;
CREATE TEMP TABLE dropped ON COMMIT DROP AS SELECT 1 AS a;
CREATE TEMP TABLE dropped_too (id serial PRIMARY KEY) ON COMMIT DROP;
SELECT * FROM dropped;
COMMIT;
SELECT * FROM dropped;
SELECT count(*) FROM pg_class WHERE relname LIKE 'dropped%';
BEGIN;
CREATE TEMP TABLE undone (a int) ON COMMIT DROP;
ROLLBACK;
CREATE TEMP TABLE undone (a int);
INSERT INTO undone VALUES (1);
SELECT * FROM undone;
-- SELECT INTO, views, sequences, indexes.
SELECT 1 AS a INTO TEMP chosen;
SELECT * FROM chosen;
CREATE TEMP VIEW seen AS SELECT a FROM public.shadowed;
SELECT count(*) FROM seen;
CREATE VIEW of_temporary AS SELECT a FROM chosen;
SELECT relpersistence FROM pg_class WHERE relname IN ('of_temporary', 'seen');
CREATE TEMP SEQUENCE counter START 5;
SELECT nextval('counter'), nextval('pg_temp.counter');
SELECT relpersistence FROM pg_class WHERE relname = 'counter';
CREATE INDEX chosen_a ON chosen (a);
SELECT relpersistence FROM pg_class WHERE relname = 'chosen_a';
ALTER TABLE chosen ADD COLUMN b text DEFAULT 'b';
TRUNCATE chosen;
INSERT INTO chosen (a) VALUES (9) RETURNING *;
COPY chosen TO STDOUT;
-- In a transaction that only reads, temporary tables can be written.
BEGIN READ ONLY;
INSERT INTO chosen (a) VALUES (10);
UPDATE chosen SET a = 11 WHERE a = 10;
INSERT INTO permanent_one VALUES (1);
ROLLBACK;
BEGIN READ ONLY;
INSERT INTO shadowed VALUES (10);
ROLLBACK;
DISCARD TEMP;
SELECT * FROM chosen;
SELECT count(*) FROM pg_class WHERE relpersistence = 't';
CREATE TEMP TABLE again (a int);
DISCARD ALL;
SELECT * FROM again;
CREATE TEMP TABLE last_one (a int);
SET search_path = public, pg_temp;
CREATE TEMP TABLE shadowed (b int);
SELECT * FROM shadowed ORDER BY a;
RESET search_path;
SELECT * FROM shadowed;
-- The next session has none of it.
\set QUIET on
\c -
\set QUIET off
SELECT * FROM last_one;
SELECT * FROM shadowed ORDER BY a;
