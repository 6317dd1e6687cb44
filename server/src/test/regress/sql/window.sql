-- window functions
CREATE TABLE w_sales (id int PRIMARY KEY, region text, day date, amount int, price numeric, rate float8);
INSERT INTO w_sales VALUES
  (1, 'north', '2024-01-01', 10, 1.5, 0.5),
  (2, 'north', '2024-01-02', 20, 2.5, 1.5),
  (3, 'north', '2024-01-02', 20, 3.5, 2.5),
  (4, 'north', '2024-01-05', NULL, 4.5, NULL),
  (5, 'south', '2024-01-01', 5, 0.5, 3.5),
  (6, 'south', '2024-01-04', 15, NULL, 4.5),
  (7, 'south', NULL, 25, 7.25, 5.5),
  (8, NULL, '2024-02-29', 1, 8.5, 6.5),
  (9, NULL, '2024-03-01', 2, 9.5, 7.5);
-- numbering
SELECT id, row_number() OVER (ORDER BY id DESC) FROM w_sales ORDER BY id;
SELECT id, amount, rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, cume_dist() OVER w FROM w_sales WINDOW w AS (ORDER BY amount) ORDER BY id;
SELECT id, region, rank() OVER (PARTITION BY region ORDER BY amount DESC) FROM w_sales ORDER BY region, 3, id;
SELECT id, ntile(4) OVER (ORDER BY id), ntile(20) OVER (ORDER BY id) FROM w_sales ORDER BY id;
SELECT id, ntile(NULL) OVER (ORDER BY id) FROM w_sales WHERE id < 3 ORDER BY id;
-- neighbours
SELECT id, lag(id) OVER w, lead(id) OVER w, lag(amount, 2) OVER w, lead(amount, 2, -1) OVER w, lag(id, -1) OVER w, lag(id, NULL) OVER w FROM w_sales WINDOW w AS (ORDER BY id) ORDER BY id;
SELECT id, lag(amount, 1, 0.5) OVER (PARTITION BY region ORDER BY id) FROM w_sales ORDER BY id;
SELECT id, lag(amount, id - 1, id) OVER (ORDER BY id) FROM w_sales ORDER BY id;
-- values of the frame
SELECT id, first_value(amount) OVER w, last_value(amount) OVER w, nth_value(amount, 2) OVER w FROM w_sales WINDOW w AS (PARTITION BY region ORDER BY day) ORDER BY id;
SELECT id, nth_value(id, 3) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING EXCLUDE CURRENT ROW) FROM w_sales ORDER BY id;
-- aggregates
SELECT id, sum(amount) OVER (), count(*) OVER (), count(amount) OVER (), avg(amount) OVER () FROM w_sales ORDER BY id;
SELECT id, sum(amount) OVER (ORDER BY day), sum(amount) OVER (PARTITION BY region ORDER BY day, id) FROM w_sales ORDER BY id;
SELECT id, string_agg(id::text, ',') OVER (ORDER BY id), array_agg(id) OVER (ORDER BY id DESC) FROM w_sales ORDER BY id;
SELECT id, sum(amount) FILTER (WHERE amount > 9) OVER (ORDER BY id), count(*) FILTER (WHERE region = 'north') OVER () FROM w_sales ORDER BY id;
SELECT id, min(price) OVER w, max(price) OVER w, sum(rate) OVER w FROM w_sales WINDOW w AS (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) ORDER BY id;
-- frames of rows
SELECT id, array_agg(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM w_sales ORDER BY id;
SELECT id, array_agg(id) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING) FROM w_sales ORDER BY id;
SELECT id, array_agg(id) OVER (ORDER BY id ROWS BETWEEN 2 FOLLOWING AND UNBOUNDED FOLLOWING) FROM w_sales ORDER BY id;
SELECT id, array_agg(id) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 9223372036854775807 FOLLOWING) FROM w_sales ORDER BY id;
SELECT id, count(*) OVER (ROWS 2 PRECEDING) FROM w_sales ORDER BY id;
SELECT id, array_agg(id) OVER (ORDER BY day, id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP) FROM w_sales ORDER BY id;
SELECT id, array_agg(id) OVER (ORDER BY amount ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING EXCLUDE TIES) FROM w_sales WHERE amount <> 20 OR id = 2 ORDER BY id;
SELECT id, array_agg(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM w_sales ORDER BY id;
SELECT id, count(*) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE NO OTHERS) FROM w_sales WHERE id IN (1, 2, 4) ORDER BY id;
-- frames of groups
SELECT id, count(*) OVER (ORDER BY amount GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING), sum(id) OVER (ORDER BY amount GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP) FROM w_sales ORDER BY id;
SELECT id, sum(id) OVER (ORDER BY region GROUPS CURRENT ROW), sum(id) OVER (ORDER BY region GROUPS BETWEEN 1 FOLLOWING AND 2 FOLLOWING), sum(id) OVER (ORDER BY region GROUPS BETWEEN 5 PRECEDING AND 1 PRECEDING) FROM w_sales ORDER BY id;
SELECT id, sum(id) OVER (ORDER BY region GROUPS BETWEEN CURRENT ROW AND 9223372036854775807 FOLLOWING EXCLUDE TIES) FROM w_sales WHERE id IN (1, 5, 8) ORDER BY id;
-- frames of values
SELECT id, amount, sum(amount) OVER (ORDER BY amount RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING) FROM w_sales ORDER BY id;
SELECT id, amount, array_agg(amount) OVER (ORDER BY amount DESC RANGE BETWEEN 10 PRECEDING AND 4 PRECEDING) FROM w_sales ORDER BY id;
SELECT id, amount, count(*) OVER (ORDER BY amount NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND 5 FOLLOWING) FROM w_sales ORDER BY id;
SELECT id, day, count(*) OVER (ORDER BY day RANGE BETWEEN '1 day' PRECEDING AND '2 days' FOLLOWING) FROM w_sales ORDER BY id;
SELECT id, day, count(*) OVER (ORDER BY day DESC RANGE BETWEEN INTERVAL '1 month' PRECEDING AND CURRENT ROW) FROM w_sales ORDER BY id;
SELECT id, count(*) OVER (ORDER BY price RANGE BETWEEN 1.0 PRECEDING AND 1 FOLLOWING), count(*) OVER (ORDER BY rate RANGE 1.5 PRECEDING), count(*) OVER (ORDER BY rate::real RANGE 1 PRECEDING) FROM w_sales ORDER BY id;
SELECT id, count(*) OVER (ORDER BY id::bigint RANGE BETWEEN 9223372036854775807 PRECEDING AND 9223372036854775807 FOLLOWING) FROM w_sales WHERE id < 3;
SELECT id, count(*) OVER (ORDER BY day::timestamp RANGE BETWEEN '12 hours' PRECEDING AND '24:00' FOLLOWING), count(*) OVER (ORDER BY day::timestamptz RANGE '3 days' PRECEDING) FROM w_sales ORDER BY id;
SELECT i, count(*) OVER (ORDER BY i RANGE '1 hour' PRECEDING) FROM (VALUES ('1 hour'::interval), ('90 min'), ('3 hours')) AS v (i);
SELECT id, sum(amount) OVER (ORDER BY region RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM w_sales ORDER BY id;
-- with grouping
SELECT region, sum(amount), rank() OVER (ORDER BY sum(amount) DESC), sum(sum(amount)) OVER (ORDER BY region) FROM w_sales GROUP BY region ORDER BY region;
SELECT region, count(*) OVER (PARTITION BY count(*)) FROM w_sales GROUP BY region HAVING count(*) > 1 ORDER BY region;
SELECT count(*) OVER () FROM w_sales GROUP BY region, id % 2 ORDER BY 1;
SELECT DISTINCT region, count(*) OVER (PARTITION BY region) FROM w_sales ORDER BY region;
SELECT DISTINCT ON (region) region, id, row_number() OVER (PARTITION BY region ORDER BY id DESC) FROM w_sales ORDER BY region, 3;
-- in subqueries
SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY region ORDER BY id) AS n FROM w_sales) s WHERE n = 1 ORDER BY id;
SELECT id FROM w_sales s WHERE id IN (SELECT max(id) OVER (PARTITION BY region) FROM w_sales) ORDER BY id;
WITH r AS (SELECT id, rank() OVER (ORDER BY amount) AS r FROM w_sales) SELECT r, count(*) FROM r GROUP BY r ORDER BY r;
SELECT s.id, x.c FROM w_sales s, LATERAL (SELECT count(*) OVER () AS c FROM w_sales t WHERE t.id > s.id LIMIT 1) x ORDER BY s.id;
SELECT id, (SELECT sum(t.id) OVER (ORDER BY t.id) FROM w_sales t WHERE t.id <= w_sales.id LIMIT 1) FROM w_sales ORDER BY id;
SELECT id, row_number() OVER (ORDER BY (SELECT count(*) FROM w_sales t WHERE t.id > s.id)) FROM w_sales s ORDER BY id;
SELECT EXISTS (SELECT row_number() OVER () FROM w_sales WHERE id > 100);
SELECT row_number() OVER (ORDER BY v) FROM (VALUES (3), (1)) AS t (v) UNION ALL SELECT 10 ORDER BY 1;
SELECT id, generate_series(1, 2), row_number() OVER (ORDER BY id) FROM w_sales WHERE id < 3 ORDER BY 1, 2;
SELECT row_number() OVER (ORDER BY id) + 1 AS n FROM w_sales ORDER BY n DESC LIMIT 3;
SELECT id FROM w_sales ORDER BY rank() OVER (ORDER BY amount DESC NULLS LAST), id;
-- several windows, named windows
SELECT id, rank() OVER a, sum(amount) OVER b, count(*) OVER (b ROWS 1 PRECEDING), max(id) OVER (a) FROM w_sales WINDOW a AS (PARTITION BY region ORDER BY amount), b AS (ORDER BY id) ORDER BY id;
SELECT id, sum(id) OVER (w ORDER BY id) FROM w_sales WINDOW w AS (PARTITION BY region), v AS (w ORDER BY day) ORDER BY id;
EXPLAIN (COSTS OFF) SELECT id, rank() OVER (PARTITION BY region ORDER BY amount), count(*) OVER (PARTITION BY region), sum(id) OVER (ORDER BY day) FROM w_sales;
-- errors
SELECT id FROM w_sales WHERE row_number() OVER () = 1;
SELECT id FROM w_sales GROUP BY id, row_number() OVER ();
SELECT count(*) FROM w_sales
HAVING row_number() OVER () = 1;
SELECT 1 FROM w_sales a
JOIN w_sales b ON row_number() OVER () = 1;
SELECT 1 LIMIT row_number() OVER ();
SELECT row_number() OVER (ORDER BY row_number() OVER ())
FROM w_sales;
SELECT sum(row_number() OVER ()) FROM w_sales;
SELECT sum(row_number() OVER ()) OVER () FROM w_sales;
SELECT rank() FROM w_sales;
SELECT upper('x') OVER ();
SELECT generate_series(1, 2) OVER ();
SELECT count() OVER () FROM w_sales;
SELECT rank(*) OVER () FROM w_sales;
SELECT count(DISTINCT id) OVER () FROM w_sales;
SELECT array_agg(id ORDER BY id) OVER () FROM w_sales;
SELECT row_number() FILTER (WHERE id > 1) OVER ()
FROM w_sales;
SELECT rank() OVER nowhere FROM w_sales;
SELECT rank() OVER (nowhere ORDER BY id) FROM w_sales;
SELECT 1 FROM w_sales WINDOW w AS (), w AS ();
SELECT rank() OVER (w PARTITION BY id)
FROM w_sales WINDOW w AS (ORDER BY id);
SELECT rank() OVER (w ORDER BY id)
FROM w_sales WINDOW w AS (ORDER BY id);
SELECT rank() OVER (w ORDER BY id)
FROM w_sales WINDOW w AS (ROWS 1 PRECEDING);
SELECT rank() OVER (w)
FROM w_sales WINDOW w AS (ROWS 1 PRECEDING);
SELECT sum(id)
OVER (ROWS BETWEEN id PRECEDING AND CURRENT ROW)
FROM w_sales;
SELECT sum(id) OVER (ROWS 'a' PRECEDING) FROM w_sales;
SELECT sum(id) OVER (ROWS 1.5 PRECEDING) FROM w_sales;
SELECT sum(id) OVER (ROWS -1 PRECEDING) FROM w_sales;
SELECT sum(id) OVER (ROWS NULL PRECEDING) FROM w_sales;
SELECT sum(id) OVER (ORDER BY id RANGE BETWEEN CURRENT ROW AND -1 FOLLOWING)
FROM w_sales;
SELECT sum(id) OVER (ORDER BY id RANGE BETWEEN CURRENT ROW AND NULL FOLLOWING)
FROM w_sales;
SELECT sum(id) OVER (RANGE 1 PRECEDING) FROM w_sales;
SELECT sum(id) OVER (ORDER BY id, day RANGE 1 PRECEDING)
FROM w_sales;
SELECT sum(id) OVER (ORDER BY region RANGE 1 PRECEDING)
FROM w_sales;
SELECT sum(id)
OVER (ORDER BY id RANGE '1 day'::interval PRECEDING)
FROM w_sales;
SELECT sum(id) OVER (ORDER BY day RANGE 1 PRECEDING)
FROM w_sales;
SELECT sum(id) OVER (GROUPS 1 PRECEDING) FROM w_sales;
SELECT sum(id) OVER (ORDER BY id GROUPS -1 PRECEDING)
FROM w_sales;
SELECT sum(id) OVER (ROWS count(*) PRECEDING) FROM w_sales;
SELECT ntile(0) OVER () FROM w_sales;
SELECT nth_value(id, 0) OVER () FROM w_sales;
SELECT id FROM w_sales WINDOW w AS (ORDER BY nothing);
SELECT region, rank() OVER (ORDER BY amount)
FROM w_sales GROUP BY region;
SELECT rank() OVER () FROM w_sales FOR UPDATE;
UPDATE w_sales SET amount = row_number() OVER ();
INSERT INTO w_sales (id) VALUES (row_number() OVER ());
DELETE FROM w_sales WHERE rank() OVER () > 1;
DELETE FROM w_sales RETURNING row_number() OVER ();
CREATE TABLE w_bad (a int CHECK (rank() OVER () > 1));
CREATE TABLE w_bad (a int DEFAULT row_number() OVER ());
DROP TABLE w_sales;
