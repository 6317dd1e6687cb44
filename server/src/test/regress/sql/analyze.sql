-- what ANALYZE finds out
CREATE TABLE st (id int PRIMARY KEY, g int, t text, n int, b bool, d date, c text, w text, e int);
INSERT INTO st SELECT i, CASE WHEN i % 2 = 0 THEN 1 WHEN i % 3 = 0 THEN 2 ELSE i % 7 END, 'name' || (i % 50),
  CASE WHEN i % 4 = 0 THEN NULL ELSE -i END, i % 3 = 0, '2020-02-27'::date + i % 5, 'same',
  CASE WHEN i % 100 = 0 THEN repeat('w', 1100) ELSE 'narrow' || i END, NULL FROM generate_series(1, 1000) i;
ANALYZE st;
SELECT attname, inherited, null_frac, avg_width, n_distinct FROM pg_stats WHERE tablename = 'st' ORDER BY attname;
SELECT attname, most_common_vals, most_common_freqs FROM pg_stats WHERE tablename = 'st' AND attname IN ('g', 'b', 'c', 'd') ORDER BY attname;
SELECT attname, histogram_bounds FROM pg_stats WHERE tablename = 'st' AND attname IN ('id', 'n') ORDER BY attname;
SELECT attname, round(correlation::numeric, 2) AS correlation FROM pg_stats WHERE tablename = 'st' AND attname IN ('id', 'n', 'c', 'g') ORDER BY attname;
SELECT reltuples FROM pg_class WHERE relname IN ('st', 'st_pkey') ORDER BY relname;
ALTER TABLE st ALTER g SET STATISTICS 2, ALTER id SET STATISTICS 4, ALTER t SET STATISTICS 0;
DELETE FROM st WHERE id > 500;
ANALYZE st (id, g, t);
SELECT attname, n_distinct, most_common_vals, most_common_freqs, histogram_bounds FROM pg_stats WHERE tablename = 'st' AND attname IN ('id', 'g') ORDER BY attname;
SELECT attname, n_distinct FROM pg_stats WHERE tablename = 'st' AND attname IN ('t', 'b') ORDER BY attname;
ANALYZE st (nonsense);
ALTER TABLE st DROP COLUMN g;
SELECT count(*) FROM pg_stats WHERE tablename = 'st';
DROP TABLE st;
SELECT count(*) FROM pg_stats WHERE tablename = 'st';
-- and what the planner makes of it
CREATE TABLE p (id int PRIMARY KEY, k int, u int);
CREATE INDEX p_k ON p (k);
CREATE INDEX p_u ON p (u);
INSERT INTO p SELECT i, CASE WHEN i <= 19000 THEN 7 ELSE i END, i FROM generate_series(1, 20000) i;
SET enable_bitmapscan = off;
SET max_parallel_workers_per_gather = 0;
ANALYZE p;
EXPLAIN (COSTS OFF) SELECT * FROM p WHERE k = 7;
EXPLAIN (COSTS OFF) SELECT * FROM p WHERE k = 19500;
EXPLAIN (COSTS OFF) SELECT * FROM p WHERE k > 19900;
EXPLAIN (COSTS OFF) SELECT * FROM p WHERE k < 19900;
EXPLAIN (COSTS OFF) SELECT * FROM p WHERE u BETWEEN 100 AND 200;
EXPLAIN (COSTS OFF) SELECT * FROM p WHERE u IS NULL;
EXPLAIN (COSTS OFF) SELECT * FROM p WHERE u IS NOT NULL;
