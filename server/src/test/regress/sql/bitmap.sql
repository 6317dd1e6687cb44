-- Scans by bitmaps of indexes: one, several together, one for each arm of an OR.
CREATE TABLE bm (id int PRIMARY KEY, a int, b int, c int, t text);
INSERT INTO bm SELECT i, (i * 7919) % 100, (i * 104729) % 500, (i * 31) % 10, 'row ' || (i * 37) % 1000
  FROM generate_series(1, 20000) AS i;
CREATE INDEX bm_a ON bm (a);
CREATE INDEX bm_b ON bm (b);
CREATE INDEX bm_t ON bm (t COLLATE "C");
CREATE INDEX bm_part ON bm (c) WHERE a < 5;
VACUUM ANALYZE bm;
-- one index
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a = 17;
SELECT count(*), sum(id), min(t), max(t) FROM bm WHERE a = 17;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a = 17 AND t LIKE '%7';
SELECT count(*), sum(id) FROM bm WHERE a = 17 AND t LIKE '%7';
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a BETWEEN 10 AND 12;
SELECT count(*), sum(id) FROM bm WHERE a BETWEEN 10 AND 12;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a IN (3, 50, 99);
SELECT count(*), sum(id) FROM bm WHERE a IN (3, 50, 99);
-- what two have in common
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a = 17 AND b = 217;
SELECT count(*), sum(id) FROM bm WHERE a = 17 AND b = 217;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a < 3 AND b < 20;
SELECT count(*), sum(id) FROM bm WHERE a < 3 AND b < 20;
-- one for each arm
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a = 17 OR b = 3;
SELECT count(*), sum(id) FROM bm WHERE a = 17 OR b = 3;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a = 17 OR b = 3 OR id = 5;
SELECT count(*), sum(id) FROM bm WHERE a = 17 OR b = 3 OR id = 5;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE (a = 17 OR b = 3) AND c = 4;
SELECT count(*), sum(id) FROM bm WHERE (a = 17 OR b = 3) AND c = 4;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE (a = 17 AND c = 4) OR b = 3;
SELECT count(*), sum(id) FROM bm WHERE (a = 17 AND c = 4) OR b = 3;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a = 17 OR c = 4;
SELECT count(*), sum(id) FROM bm WHERE a = 17 OR c = 4;
-- a partial index, and nulls
SELECT count(*), sum(id) FROM bm WHERE a < 5 AND c = 3;
UPDATE bm SET a = NULL WHERE id % 100 = 0;
SELECT count(*), sum(id) FROM bm WHERE a IS NULL;
SELECT count(*) FROM bm WHERE a = NULL OR b = 3;
-- rows of one page that only some see
BEGIN;
DELETE FROM bm WHERE a = 17 AND id % 2 = 0;
UPDATE bm SET t = 'new' WHERE a = 18 AND id % 2 = 0;
SELECT count(*) FROM bm WHERE a = 17;
SELECT count(*), count(*) FILTER (WHERE t = 'new') FROM bm WHERE a = 18;
ROLLBACK;
SELECT count(*) FROM bm WHERE a = 17;
SELECT count(*), count(*) FILTER (WHERE t = 'new') FROM bm WHERE a = 18;
-- rows are changed by what a bitmap finds
BEGIN;
UPDATE bm SET a = a + 1 WHERE a = 17 OR a = 18;
SELECT a, count(*) FROM bm WHERE a BETWEEN 16 AND 20 GROUP BY a ORDER BY a;
DELETE FROM bm WHERE b = 3 OR a = 19;
SELECT count(*) FROM bm WHERE b = 3 OR a = 19;
ROLLBACK;
SELECT id FROM bm WHERE (a = 17 OR b = 3) AND id < 300 ORDER BY id LIMIT 5 FOR UPDATE;
-- more pages than there is memory for
SET work_mem = '64kB';
SET enable_seqscan = off;
SET enable_indexscan = off;
SELECT count(*), sum(id) FROM bm WHERE a < 50;
SELECT count(*), sum(id) FROM bm WHERE a < 50 AND b < 250;
SELECT count(*), sum(id) FROM bm WHERE a < 20 OR b < 100;
RESET work_mem;
SELECT count(*), sum(id) FROM bm WHERE a < 50;
SELECT count(*), sum(id) FROM bm WHERE a < 50 AND b < 250;
SELECT count(*), sum(id) FROM bm WHERE a < 20 OR b < 100;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE t LIKE 'row 1%';
SELECT count(*), sum(id) FROM bm WHERE t LIKE 'row 1%';
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM bm WHERE id BETWEEN 5 AND 10 OR id = 11;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM bm WHERE a = 17;
RESET ALL;
-- inside a nested loop
CREATE TABLE keys (k int);
INSERT INTO keys VALUES (3), (44), (NULL), (98);
ANALYZE keys;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SET enable_memoize = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM keys JOIN bm ON bm.a = keys.k;
SELECT k, count(*), sum(id) FROM keys JOIN bm ON bm.a = keys.k GROUP BY k ORDER BY k;
SELECT k, (SELECT count(*) FROM bm WHERE bm.a = k OR bm.b = k) FROM keys ORDER BY k;
RESET ALL;
DROP TABLE bm, keys;
