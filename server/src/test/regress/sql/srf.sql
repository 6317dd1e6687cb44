-- functions that return sets
SELECT * FROM generate_series(1, 3);
SELECT * FROM generate_series(3, 1, -1) AS g;
SELECT g.x FROM generate_series(1, 10, 4) AS g (x);
SELECT * FROM unnest(ARRAY['a', 'b', NULL]) WITH ORDINALITY;
SELECT * FROM unnest(ARRAY[1, 2]) WITH ORDINALITY AS u (v, n) WHERE n = 2;
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS r (a, b);
SELECT generate_series(1, 3);
SELECT generate_series(1, 2), generate_series(1, 3);
SELECT generate_series(1, 2) AS g, 'x' ORDER BY g DESC;
SELECT unnest(ARRAY[3, 1, 2]) ORDER BY 1;
SELECT * FROM upper('x') AS u;
SELECT * FROM now() AS n WHERE n IS NULL;
SELECT count(*) FROM generate_series(1, 100000);
SELECT * FROM generate_series(1, 2) a, generate_series(a, 3) b ORDER BY 1, 2;
SELECT x, y FROM (VALUES (1), (2)) AS v (x), LATERAL unnest(ARRAY[x, x * 10]) AS y ORDER BY 1, 2;
SELECT 1 WHERE generate_series(1, 2) = 1;
SELECT generate_series(1, 0);
SELECT * FROM generate_series(1, 3) WHERE generate_series > 1;
