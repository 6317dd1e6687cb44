-- Data-modifying WITH where a session has a part in it: cursors, portals, COPY, read-only transactions, roles.
CREATE TABLE t (id int PRIMARY KEY, a int);
BEGIN;
DECLARE c CURSOR FOR WITH x AS (INSERT INTO t VALUES (1, 1) RETURNING *) SELECT * FROM x;
ROLLBACK;
BEGIN READ ONLY;
WITH x AS (INSERT INTO t VALUES (1, 1) RETURNING *) SELECT 1;
ROLLBACK;
COPY (WITH x AS (INSERT INTO t VALUES (1, 1), (2, 2) RETURNING *) SELECT * FROM x) TO STDOUT;
\set FETCH_COUNT 2
WITH x AS (INSERT INTO t SELECT n, n FROM generate_series(3, 9) n RETURNING id) SELECT id FROM x;
\unset FETCH_COUNT
BEGIN;
WITH x AS (DELETE FROM t WHERE id > 5 RETURNING id) SELECT count(*) FROM x;
SAVEPOINT s;
WITH x AS (DELETE FROM t RETURNING id) SELECT count(*) FROM x;
ROLLBACK TO s;
COMMIT;
SELECT count(*), max(id) FROM t;
CREATE TABLE log (n serial, what text, id int);
PREPARE p(int, text) AS WITH x AS (SELECT $2 AS what), y AS (INSERT INTO log(what, id) SELECT what, $1 FROM x RETURNING id, what) SELECT id + 1 AS next, what FROM y;
EXECUTE p(41, 'prepared');
EXECUTE p(42, 'again');
CREATE TABLE copied AS WITH x AS (INSERT INTO t(id, a) VALUES (500, 7) RETURNING *) SELECT * FROM x;
TABLE copied;
SELECT what, id FROM log ORDER BY n;
CREATE ROLE regress_wm;
GRANT SELECT ON t TO regress_wm;
SET ROLE regress_wm;
WITH x AS (DELETE FROM t) SELECT 1;
RESET ROLE;
GRANT DELETE ON t TO regress_wm;
SET ROLE regress_wm;
WITH x AS (DELETE FROM t WHERE id = 1 RETURNING id) SELECT id FROM x;
RESET ROLE;
DROP TABLE t, log, copied;
DROP ROLE regress_wm;
