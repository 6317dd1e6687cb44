-- GROUPING SETS, ROLLUP, CUBE and GROUPING().
CREATE TABLE sales (id integer PRIMARY KEY, region text, product text, year integer, amount numeric(8,2));
INSERT INTO sales SELECT i, (array['north', 'south', NULL])[1 + i % 3], 'p' || i % 2, 2020 + i % 4, i * 1.5 FROM generate_series(1, 24) AS i;
SELECT region, product, count(*), sum(amount) FROM sales GROUP BY ROLLUP (region, product) ORDER BY 1, 2, 3;
SELECT region, product, count(*), grouping(region, product) FROM sales GROUP BY CUBE (region, product) ORDER BY 4, 1, 2;
SELECT region, year, sum(amount) FROM sales GROUP BY GROUPING SETS (region, year) ORDER BY 1, 2;
SELECT region, year, count(*) FROM sales GROUP BY GROUPING SETS ((region, year), (region), ()) ORDER BY 1, 2, 3;
SELECT region, year, product, count(*) FROM sales GROUP BY region, ROLLUP (year, product) HAVING count(*) > 3 ORDER BY 1, 2, 3, 4;
SELECT region, year, count(*) FROM sales GROUP BY ROLLUP (region), ROLLUP (year) ORDER BY 1, 2, 3;
SELECT region, year, count(*) FROM sales GROUP BY DISTINCT ROLLUP (region, year), ROLLUP (year, region) ORDER BY 1, 2, 3;
SELECT region, product, year, count(*) FROM sales GROUP BY ROLLUP ((region, product), year) ORDER BY 1, 2, 3, 4;
SELECT region, count(*) FROM sales GROUP BY GROUPING SETS (ROLLUP (region), CUBE (region), ()) ORDER BY 1, 2;
SELECT year % 2 AS odd, count(*), grouping(year % 2) FROM sales GROUP BY ROLLUP (odd) ORDER BY 1, 2;
SELECT CASE WHEN grouping(region) = 1 THEN 'all' ELSE coalesce(region, 'none') END AS r, sum(amount) FROM sales GROUP BY ROLLUP (region) ORDER BY 1;
SELECT region, array_agg(DISTINCT year ORDER BY year DESC), count(*) FILTER (WHERE year > 2021) FROM sales GROUP BY ROLLUP (region) ORDER BY 1, 3;
SELECT region, rank() OVER (ORDER BY sum(amount), region), grouping(region) FROM sales GROUP BY ROLLUP (region) ORDER BY 2, 3;
SELECT grouping(region), region FROM sales GROUP BY region ORDER BY 2;
SELECT count(*), grouping(region) FROM sales WHERE false GROUP BY ROLLUP (region);
SELECT count(*) FROM sales WHERE false GROUP BY GROUPING SETS ((), (), (region));
SELECT count(*) FROM sales WHERE false GROUP BY ();
SELECT id, region, count(*) FROM sales WHERE id < 3 GROUP BY GROUPING SETS ((id), (id, year)) ORDER BY 1;
SELECT id, region FROM sales GROUP BY ROLLUP (id);
SELECT * FROM (SELECT region, year, sum(amount) AS s FROM sales GROUP BY CUBE (region, year)) AS t WHERE region IS NULL AND year = 2021 ORDER BY s;
SELECT region, s FROM (SELECT region, sum(amount) AS s FROM sales GROUP BY ROLLUP (region)) AS t JOIN (VALUES ('north'), ('south')) AS v (r) ON v.r = t.region ORDER BY 1;
(SELECT region FROM sales GROUP BY ROLLUP (region)) EXCEPT (SELECT 'north') ORDER BY 1;
SELECT region, product FROM sales GROUP BY (region, product) ORDER BY 1, 2;
-- What is not right.
SELECT product FROM sales GROUP BY ROLLUP (region);
SELECT grouping(year) FROM sales GROUP BY ROLLUP (region);
SELECT grouping(region) FROM sales;
SELECT sum(grouping(region)) FROM sales GROUP BY region;
SELECT region FROM sales WHERE grouping(region) = 1 GROUP BY region;
SELECT count(*) FROM sales GROUP BY ROLLUP (sum(amount));
-- The plans.
ANALYZE sales;
EXPLAIN (COSTS OFF) SELECT region, year, count(*) FROM sales GROUP BY ROLLUP (region, year);
EXPLAIN (COSTS OFF) SELECT region, year, count(*) FROM sales GROUP BY GROUPING SETS (region, year);
EXPLAIN (COSTS OFF) SELECT count(*) FROM sales GROUP BY GROUPING SETS ((), ());
EXPLAIN (COSTS OFF) SELECT region, year, grouping(region, year) FROM sales GROUP BY CUBE (region, year) HAVING grouping(year) = 0;
-- A key that is a constant is null in the sets without it, too.
SELECT c, c + 1, count(*) FROM (SELECT 7 AS c, region FROM sales) AS t GROUP BY ROLLUP (c) ORDER BY 1 DESC;
SELECT c, region, count(*) FROM (SELECT 'x'::text AS c, region FROM sales) AS t GROUP BY CUBE (c, region) ORDER BY 1, 2, 3;
SELECT c + 1 AS d, count(*) FROM (SELECT year + 1 AS c FROM sales) AS t GROUP BY ROLLUP (c) ORDER BY 1;
