-- joins of all kinds
CREATE TABLE a (id int PRIMARY KEY, v text, b_id int);
CREATE TABLE b (id int PRIMARY KEY, w text);
CREATE TABLE c (id int, a_id int);
INSERT INTO a VALUES (1, 'a1', 1), (2, 'a2', 2), (3, 'a3', NULL), (4, 'a4', 9);
INSERT INTO b VALUES (1, 'b1'), (2, 'b2'), (3, 'b3');
INSERT INTO c VALUES (1, 1), (2, 1), (3, 2), (4, NULL);
SELECT a.v, b.w FROM a JOIN b ON b.id = a.b_id ORDER BY a.id;
SELECT a.v, b.w FROM a LEFT JOIN b ON b.id = a.b_id ORDER BY a.id;
SELECT a.v, b.w FROM a RIGHT JOIN b ON b.id = a.b_id ORDER BY b.id;
SELECT a.v, b.w FROM a FULL JOIN b ON b.id = a.b_id ORDER BY a.id, b.id;
SELECT a.v, b.w FROM a CROSS JOIN b ORDER BY a.id, b.id;
SELECT a.v, b.w FROM a, b WHERE a.b_id = b.id ORDER BY 1;
SELECT * FROM a JOIN b USING (id) ORDER BY id;
SELECT * FROM a NATURAL JOIN b ORDER BY id;
SELECT * FROM a LEFT JOIN b USING (id) ORDER BY id;
SELECT * FROM a FULL JOIN b USING (id) ORDER BY id;
SELECT a.v, b.w FROM a JOIN b ON b.id > a.id ORDER BY 1, 2;
SELECT a.v, b.w FROM a LEFT JOIN b ON b.id = a.b_id AND b.w = 'b1' ORDER BY a.id;
SELECT a.v, b.w FROM a LEFT JOIN b ON b.id = a.b_id WHERE b.w = 'b1' ORDER BY a.id;
SELECT a.v, b.w FROM a LEFT JOIN b ON b.id = a.b_id WHERE b.id IS NULL ORDER BY a.id;
SELECT a.v, b.w FROM a LEFT JOIN b ON b.id = a.b_id AND a.id > 1 ORDER BY a.id;
SELECT a.v, b.w, c.id FROM a JOIN b ON b.id = a.b_id JOIN c ON c.a_id = a.id ORDER BY c.id;
SELECT a.v, b.w, c.id FROM a LEFT JOIN b ON b.id = a.b_id LEFT JOIN c ON c.a_id = a.id
  ORDER BY a.id, c.id;
SELECT a.v, x.w FROM a LEFT JOIN (b JOIN c ON c.id = b.id) x (bid, w) ON x.bid = a.id ORDER BY 1;
SELECT c.id, a.v, b.w FROM c LEFT JOIN (a JOIN b ON b.id = a.b_id) ON a.id = c.a_id ORDER BY c.id;
SELECT c.id, a.v, b.w FROM c LEFT JOIN a ON a.id = c.a_id JOIN b ON b.id = a.b_id ORDER BY c.id;
SELECT x.v, y.v FROM a x JOIN a y ON y.id = x.id + 1 ORDER BY x.id;
SELECT count(*) FROM a, b, c;
SELECT a.id FROM a WHERE a.id IN (SELECT a_id FROM c) ORDER BY 1;
SELECT a.id FROM a WHERE a.id NOT IN (SELECT a_id FROM c) ORDER BY 1;
SELECT a.id FROM a WHERE a.id NOT IN (SELECT a_id FROM c WHERE a_id IS NOT NULL) ORDER BY 1;
SELECT a.id FROM a WHERE EXISTS (SELECT 1 FROM c WHERE c.a_id = a.id) ORDER BY 1;
SELECT a.id FROM a WHERE NOT EXISTS (SELECT 1 FROM c WHERE c.a_id = a.id) ORDER BY 1;
SELECT a.id FROM a WHERE EXISTS (SELECT 1 FROM c WHERE c.a_id = a.id AND c.id > 1) ORDER BY 1;
SELECT a.id FROM a WHERE EXISTS (SELECT 1 FROM c) ORDER BY 1;
SELECT a.id FROM a WHERE NOT EXISTS (SELECT 1 FROM c WHERE id > 100) ORDER BY 1;
SELECT a.id, (SELECT count(*) FROM c WHERE c.a_id = a.id) FROM a ORDER BY 1;
SELECT a.id, (SELECT w FROM b WHERE b.id = a.b_id) FROM a ORDER BY 1;
SELECT (SELECT id FROM a);
SELECT (SELECT id FROM a WHERE false);
SELECT ARRAY(SELECT id FROM a ORDER BY id DESC);
SELECT id FROM a WHERE id > (SELECT avg(id) FROM a) ORDER BY 1;
SELECT id FROM a WHERE id = ANY (SELECT id FROM b) ORDER BY 1;
SELECT id FROM a WHERE id > ALL (SELECT id FROM b WHERE id < 3) ORDER BY 1;
SELECT id FROM a WHERE id < ANY (SELECT id FROM b) ORDER BY 1;
SELECT id FROM a WHERE (id, b_id) IN (SELECT id, id FROM b) ORDER BY 1;
SELECT x.n, y.n FROM (SELECT id AS n FROM a) x LEFT JOIN (SELECT id AS n FROM b) y USING (n)
  ORDER BY 1;
SELECT q.dept, q.m FROM (SELECT b_id AS dept, max(id) AS m FROM a GROUP BY b_id) q
  WHERE q.m > 1 ORDER BY 2;
SELECT a.id, l.x FROM a, LATERAL (SELECT a.id * 10 AS x) l ORDER BY 1;
SELECT a.id, l.id FROM a LEFT JOIN LATERAL (SELECT c.id FROM c WHERE c.a_id = a.id
  ORDER BY c.id DESC LIMIT 1) l ON true ORDER BY 1;
SELECT a.id, g FROM a, generate_series(1, a.id) g WHERE a.id < 4 ORDER BY 1, 2;
WITH x AS (SELECT id FROM a WHERE id > 1) SELECT x.id, y.id FROM x JOIN x y ON y.id = x.id + 1
  ORDER BY 1;
WITH x AS (SELECT 1 AS n), y AS (SELECT n + 1 AS m FROM x) SELECT * FROM x, y;
WITH x (p, q) AS (VALUES (1, 2)) SELECT p + q FROM x;
SELECT a.v, (SELECT string_agg(c.id::text, ',' ORDER BY c.id DESC) FROM c WHERE c.a_id = a.id)
  FROM a ORDER BY a.id;
SELECT 1 FROM a FULL JOIN b ON a.id > b.id;
SELECT t.a_id, t.n FROM (SELECT a_id, count(*) AS n FROM c GROUP BY a_id) t
  JOIN a ON a.id = t.a_id ORDER BY 1;
DROP TABLE a, b, c;
-- what a nested loop keeps of its inner side depends on the row of the query around it
SELECT r, (SELECT count(*) FROM generate_series(1, 9) x, generate_series(1, 9) y WHERE x <= r AND y <= r) FROM generate_series(1, 4) r ORDER BY r;
SELECT r, s FROM generate_series(1, 4) r, LATERAL (SELECT count(*) AS s FROM generate_series(1, 9) x, generate_series(1, 9) y WHERE x <= r AND y <= r) q ORDER BY r;
SELECT r, (SELECT count(*) FROM generate_series(1, 9) x JOIN generate_series(1, 9) y ON x + y > 5 WHERE x <= r AND y <= r) FROM generate_series(1, 6) r ORDER BY r;
SELECT r, (SELECT sum((SELECT count(*) FROM generate_series(1, 3) y, generate_series(1, 3) z WHERE y <= x AND z <= r)) FROM generate_series(1, 3) x) FROM generate_series(1, 3) r ORDER BY r;
