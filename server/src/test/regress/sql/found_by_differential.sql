-- What the differential tester has found: joins whose condition names no table of theirs.
CREATE TABLE t1 (id integer PRIMARY KEY, a integer NOT NULL, u text UNIQUE);
INSERT INTO t1 VALUES (1, 10, 'x'), (2, 20, 'y'), (3, 30, NULL);
SELECT r.id, l.id FROM (t1 AS l JOIN (VALUES (1), (2)) AS v (n) ON 2 IN (3, length('abcd'))) RIGHT JOIN t1 AS r ON l.id = r.id ORDER BY 1, 2;
SELECT l.id, r.id FROM t1 AS l FULL JOIN (VALUES (7), (8)) AS r (id) ON 1 = 1 ORDER BY 1, 2;
SELECT l.id, r.id FROM t1 AS l FULL JOIN (VALUES (7), (8)) AS r (id) ON 1 = 2 ORDER BY 1, 2;
SELECT l.id FROM t1 AS l FULL JOIN t1 AS r ON l.id < r.id;
-- A branch that is not taken does not fail while the query is planned.
SELECT CASE WHEN true THEN 1 ELSE 1 / 0 END, coalesce(2, 1 / 0), false AND 1 / 0 = 1, true OR 1 / 0 = 1;
SELECT CASE WHEN false THEN 1 / 0 WHEN NULL THEN 1 / 0 ELSE 3 END, coalesce(NULL, NULL, 4), coalesce(NULL::integer, NULL);
SELECT coalesce(5, (SELECT 1 / 0));
SELECT id FROM t1 WHERE coalesce(false, a / 0 = 1);
-- DISTINCT in an aggregate sorts.
SELECT array_agg(DISTINCT -id), string_agg(DISTINCT u, ',') FROM (SELECT id, u FROM t1 UNION ALL SELECT id, u FROM t1) AS s;
SELECT string_agg(DISTINCT u, ',' ORDER BY u DESC) FROM t1;
-- A row is checked before it is looked for.
INSERT INTO t1 VALUES (1, NULL, 'z') ON CONFLICT DO NOTHING;
INSERT INTO t1 VALUES (1, NULL, 'z') ON CONFLICT (id) DO UPDATE SET a = 5;
INSERT INTO t1 VALUES (1, 5, 'z') ON CONFLICT DO NOTHING;
-- Names of columns.
SELECT (SELECT 1)::bigint, (SELECT now()::date IS NULL), ((SELECT '2020-01-01'::date))::text;
-- Types.
SELECT (-1)::oid, 4294967295::oid::integer, '-Infinity'::timestamp, '5874897-12-31'::date = '-infinity'::timestamptz;
SELECT '294276-12-31 23:59:59'::timestamp AT TIME ZONE 'Europe/Berlin' > '2000-01-01';
SELECT (NULL::date, '2000-01-01'::date) OVERLAPS ('1999-12-29'::date, interval '3 days');
SELECT '[' || to_char(5, '^x$') || ']', to_char(5, '"x"9');
SELECT 100000096::real, (100::real * 100::real) * (100::real * 100::real) + 100::real, 9007199254740993::float8;
SELECT timestamptz(now(), 10);
SELECT make_time(2, 1000, 0.125);
SELECT '2000-01-01'::interval;
SELECT '5874897-12-31'::smallint;
SELECT '40000x'::smallint, '1'::nosuch[];
SELECT nosuch.length('a');
-- Neither side of a full join is joined with anything else first.
SELECT count(*) FROM (t1 AS a FULL JOIN (VALUES (3), (7)) AS b (id) ON a.id = b.id) CROSS JOIN t1 AS c;
SELECT a.id, b.id, c.id FROM (t1 AS a FULL JOIN (VALUES (3), (7)) AS b (id) ON a.id = b.id) JOIN t1 AS c ON c.id = a.id OR c.id = b.id - 6 ORDER BY 3, 1, 2;
SELECT a.id, b.id, c.id FROM (VALUES (1)) AS c (id), t1 AS a FULL JOIN (VALUES (3), (7)) AS b (id) ON a.id = b.id WHERE c.id < 5 ORDER BY 1, 2;
SELECT '[' || to_char(0, 'abc') || ']', to_char('-Infinity'::numeric, 'A');
SELECT width_bucket(5::numeric, 1, 3, 2147483647);
SELECT '1010'::time, '101010'::time, 'T10'::time;
SELECT '10'::time;
SELECT '10101'::time;
SELECT '1e3 sec'::interval;
SELECT '[]'::jsonb #- '{a,b}';
SELECT chr(-1);
SELECT power('-Infinity'::float8, 0.5);
-- A branch that a constant does not take does not fail.
SELECT CASE 1 WHEN 0 THEN 1 / 0 ELSE 7 END, CASE 1 WHEN 1 THEN 7 ELSE 1 / 0 END;
