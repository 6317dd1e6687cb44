-- Sorts that fit into memory and sorts that do not.
CREATE TABLE so (id int, k int, t text, n numeric, d date, a int[], b boolean);
INSERT INTO so SELECT i, (i * 7919) % 20011, CASE WHEN i % 13 = 0 THEN NULL ELSE repeat(chr(97 + i % 26), i % 40) END,
  (i * 31 % 1009) / 8.0, date '2000-01-01' + (i * 17) % 3000, ARRAY[i % 5, i % 3], i % 2 = 0
  FROM generate_series(1, 20000) AS i;
ANALYZE so;
SET work_mem = '64kB';
-- the same whether there is room or not
SELECT id, k FROM so ORDER BY k, id OFFSET 9998 LIMIT 4;
SELECT count(*), sum(rn * id) FROM (SELECT id, row_number() OVER (ORDER BY t DESC NULLS LAST, n, id) AS rn FROM so) AS x;
SELECT count(*), sum(rn * id) FROM (SELECT id, row_number() OVER (ORDER BY n DESC, d, a, b, id) AS rn FROM so) AS x;
SELECT id, t, n, d, a, b FROM so ORDER BY d DESC, id OFFSET 5000 LIMIT 3;
SELECT t FROM (SELECT DISTINCT t FROM so) AS x ORDER BY t NULLS FIRST LIMIT 3;
RESET work_mem;
SELECT id, k FROM so ORDER BY k, id OFFSET 9998 LIMIT 4;
SELECT count(*), sum(rn * id) FROM (SELECT id, row_number() OVER (ORDER BY t DESC NULLS LAST, n, id) AS rn FROM so) AS x;
SELECT count(*), sum(rn * id) FROM (SELECT id, row_number() OVER (ORDER BY n DESC, d, a, b, id) AS rn FROM so) AS x;
SELECT id, t, n, d, a, b FROM so ORDER BY d DESC, id OFFSET 5000 LIMIT 3;
-- so many runs that some are merged first, and rows longer than a buffer
SET work_mem = '64kB';
SELECT count(*), sum(rn % 7 * length(w)) FROM
  (SELECT w, row_number() OVER (ORDER BY w) AS rn FROM (SELECT t || repeat('z', id % 3000) AS w FROM so WHERE t IS NOT NULL) AS y) AS x;
SELECT length(w), count(*) FROM (SELECT repeat(md5(g::text), 3000 * g) AS w FROM generate_series(1, 64) AS g ORDER BY 1) AS x
  GROUP BY 1 ORDER BY 1 DESC LIMIT 2;
-- sorted again and again
SELECT g, (SELECT sum(x.k) FROM (SELECT k FROM so WHERE id > g ORDER BY t, k, id OFFSET 10000 LIMIT 100) AS x) FROM generate_series(1, 3) AS g;
-- the limit
SET temp_file_limit = '100kB';
SELECT count(*) FROM (SELECT * FROM so ORDER BY t OFFSET 0) AS x;
SET temp_file_limit = -1;
SELECT count(*) FROM (SELECT * FROM so ORDER BY t OFFSET 0) AS x;
RESET temp_file_limit;
RESET work_mem;
DROP TABLE so;
