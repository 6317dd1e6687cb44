-- INSERT, UPDATE and DELETE in WITH: one snapshot for all, each run once and to its end.
CREATE TABLE t (id serial PRIMARY KEY, a int);
CREATE TABLE log (n serial, what text, id int);
WITH x AS (INSERT INTO t(a) VALUES (1), (2), (3) RETURNING *) SELECT * FROM x;
WITH x AS (INSERT INTO t(a) VALUES (4)) SELECT * FROM t ORDER BY id;
SELECT * FROM t ORDER BY id;
-- Those that nobody reads are finished from the last one to the first.
WITH x AS (INSERT INTO log(what) VALUES ('x')), y AS (INSERT INTO log(what) VALUES ('y')) SELECT 1 AS one;
WITH x AS (INSERT INTO log(what) VALUES ('x2') RETURNING n), y AS (INSERT INTO log(what) SELECT 'y2' FROM x RETURNING n) SELECT * FROM y;
SELECT n, what FROM log ORDER BY n;
-- What one changes the others do not see, and a row is changed once.
WITH x AS (UPDATE t SET a = a + 1 WHERE id = 1 RETURNING *), y AS (UPDATE t SET a = a + 10 WHERE id = 1 RETURNING *) SELECT 'x' AS which, * FROM x UNION ALL SELECT 'y', * FROM y;
WITH gone AS (DELETE FROM t WHERE id = 4 RETURNING id) SELECT count(*), (SELECT count(*) FROM t) AS seen FROM gone;
SELECT * FROM t ORDER BY id;
-- However little of it is read, all of it is done.
INSERT INTO t(a) SELECT generate_series(1, 3000);
WITH x AS (UPDATE t SET a = 0 RETURNING *) SELECT a FROM x LIMIT 1;
SELECT count(*) FROM t WHERE a = 0;
WITH x AS (UPDATE t SET a = 1 RETURNING *) SELECT count(*) FROM x WHERE false;
SELECT count(*) FROM t WHERE a = 1;
WITH x AS (DELETE FROM t WHERE id > 100 RETURNING id) SELECT count(*), min(a.id) FROM x a, x b WHERE a.id = b.id;
-- Moving rows; the tag counts what the statement itself does.
WITH moved AS (DELETE FROM t WHERE id > 7 RETURNING *) INSERT INTO log(what, id) SELECT 'moved', id FROM moved WHERE id < 10 RETURNING what, id;
WITH moved AS (DELETE FROM t RETURNING *) UPDATE log SET id = moved.id FROM moved WHERE log.n = moved.id;
WITH x AS (INSERT INTO t(id, a) VALUES (1, 1), (2, 2) RETURNING id) DELETE FROM log WHERE n IN (SELECT id FROM x);
SELECT count(*) FROM t;
SELECT n, what, id FROM log ORDER BY n;
-- Get it, or make it.
WITH made AS (INSERT INTO t(id, a) VALUES (2000, 1) ON CONFLICT (id) DO NOTHING RETURNING id) SELECT id, 'made' AS how FROM made UNION ALL SELECT id, 'found' FROM t WHERE id = 2000;
WITH made AS (INSERT INTO t(id, a) VALUES (2000, 1) ON CONFLICT (id) DO NOTHING RETURNING id) SELECT id, 'made' AS how FROM made UNION ALL SELECT id, 'found' FROM t WHERE id = 2000;
WITH up AS (INSERT INTO t AS old (id, a) VALUES (2000, 5) ON CONFLICT (id) DO UPDATE SET a = old.a + excluded.a RETURNING *) TABLE up;
-- With recursion, with aliases for the columns, in a subquery's condition.
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3), x AS (INSERT INTO t(id, a) SELECT n * 100, n FROM r RETURNING id) SELECT * FROM x;
WITH RECURSIVE x(n) AS (INSERT INTO log(what) VALUES ('once') RETURNING 1), r(n) AS (SELECT 0 UNION ALL SELECT r.n + x.n FROM r, x WHERE r.n < 3) SELECT * FROM r;
SELECT count(*) FROM log WHERE what = 'once';
WITH x(p, q) AS (UPDATE t SET a = a * 2 WHERE id = 200 RETURNING *) SELECT q, p FROM x;
WITH x AS (DELETE FROM t WHERE id = 300 RETURNING id) SELECT 300 IN (SELECT id FROM x) AS yes, EXISTS (SELECT 1 FROM x WHERE id = 1) AS no;
-- Foreign keys are looked at when all is done.
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int REFERENCES parent);
WITH p AS (INSERT INTO parent VALUES (1) RETURNING id) INSERT INTO child SELECT id FROM p;
WITH c AS (INSERT INTO child VALUES (2)) INSERT INTO parent VALUES (2);
WITH c AS (INSERT INTO child VALUES (3)) SELECT 1;
WITH c AS (DELETE FROM child) DELETE FROM parent WHERE id = 1;
SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM child);
WITH x AS (INSERT INTO t(id, a) VALUES (1000, 1)), y AS (INSERT INTO t(id, a) VALUES (1000, 2)) SELECT 1;
-- EXPLAIN shows them in their order, and does them only with ANALYZE.
EXPLAIN (COSTS OFF) WITH x AS (INSERT INTO log(what) VALUES ('never') RETURNING id), y AS (DELETE FROM t) SELECT 1;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) WITH x AS (INSERT INTO log(what) VALUES ('explained') RETURNING id) SELECT 1;
SELECT what, id FROM log WHERE what IN ('never', 'explained') ORDER BY n;
-- What is refused.
WITH x AS (INSERT INTO t(a) VALUES (5)) SELECT * FROM x;
SELECT * FROM (WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x) s;
INSERT INTO t WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x;
CREATE VIEW v AS WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x;
WITH RECURSIVE r AS (DELETE FROM t WHERE a IN (SELECT a FROM r) RETURNING a) SELECT * FROM r;
WITH x(p, q, r) AS (INSERT INTO t(a) VALUES (1) RETURNING *) SELECT * FROM x;
WITH x AS (INSERT INTO t(a) VALUES (nothing.a)) SELECT * FROM t AS nothing;
SELECT id, a FROM t ORDER BY id;
