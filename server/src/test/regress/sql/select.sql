-- selecting, filtering, ordering
CREATE TABLE emp (id int PRIMARY KEY, name text NOT NULL,
  salary numeric(10,2), dept int, hired date);
INSERT INTO emp VALUES (1, 'Ada', 52000, 10, '2020-01-15'),
  (2, 'Bob', 18000.50, 20, '2021-03-01'),
  (3, 'Cid', NULL, 10, '2019-07-30'),
  (4, 'Dee', 31000, NULL, NULL),
  (5, 'Eve', 20000, 30, '2022-11-11');
SELECT * FROM emp WHERE salary > 20000;
SELECT * FROM emp ORDER BY salary;
SELECT * FROM emp ORDER BY salary DESC;
SELECT * FROM emp ORDER BY salary DESC NULLS LAST, id;
SELECT name, salary * 2 AS twice FROM emp WHERE dept = 10 ORDER BY 2;
SELECT id FROM emp ORDER BY id DESC LIMIT 2;
SELECT id FROM emp ORDER BY id LIMIT 2 OFFSET 3;
SELECT id FROM emp ORDER BY id OFFSET 4;
SELECT id FROM emp LIMIT 0;
SELECT id FROM emp ORDER BY id LIMIT NULL;
SELECT id FROM emp ORDER BY id LIMIT -1;
SELECT id FROM emp WHERE id IN (1, 3, 9) ORDER BY id;
SELECT id FROM emp WHERE id NOT IN (1, 3, 9) ORDER BY id;
SELECT id FROM emp WHERE dept IN (10, NULL) ORDER BY id;
SELECT id FROM emp WHERE dept NOT IN (10, NULL);
SELECT id FROM emp WHERE id BETWEEN 2 AND 4 ORDER BY id;
SELECT id FROM emp WHERE id NOT BETWEEN 2 AND 4 ORDER BY id;
SELECT id FROM emp WHERE id BETWEEN SYMMETRIC 4 AND 2 ORDER BY 1;
SELECT id FROM emp WHERE name LIKE '%e' ORDER BY id;
SELECT id FROM emp WHERE name ILIKE 'a%';
SELECT id FROM emp WHERE dept IS NULL;
SELECT id FROM emp WHERE dept IS NOT NULL ORDER BY id;
SELECT id, dept IS DISTINCT FROM 10 FROM emp ORDER BY id;
SELECT id, CASE WHEN salary > 30000 THEN 'high' WHEN salary IS NULL THEN 'none' ELSE 'low' END
  FROM emp ORDER BY id;
SELECT id, CASE dept WHEN 10 THEN 'ten' WHEN 20 THEN 'twenty' END AS d FROM emp ORDER BY id;
SELECT COALESCE(dept, -1), NULLIF(id, 3), GREATEST(id, 3), LEAST(id, 3) FROM emp ORDER BY id;
SELECT id FROM emp WHERE hired > '2020-01-01' ORDER BY hired;
SELECT id FROM emp WHERE id = 2;
SELECT id FROM emp WHERE id > 3 ORDER BY id;
SELECT id FROM emp WHERE id >= 2 AND id < 4 ORDER BY id;
SELECT id FROM emp WHERE id < 3 ORDER BY id DESC;
SELECT id FROM emp WHERE 3 < id ORDER BY id;
SELECT id FROM emp WHERE id = 2 OR name = 'Eve' ORDER BY id;
SELECT id FROM emp WHERE NOT (id > 2) ORDER BY id;
SELECT id FROM emp WHERE (id, dept) = (1, 10);
SELECT id FROM emp WHERE (id, dept) > (3, 0) ORDER BY id;
SELECT id FROM emp WHERE id = ANY (ARRAY[2, 5]) ORDER BY id;
SELECT id FROM emp WHERE id = ANY ('{2,5}') ORDER BY id;
SELECT id FROM emp WHERE id > ALL (ARRAY[2, 3]) ORDER BY id;
SELECT DISTINCT dept FROM emp ORDER BY dept;
SELECT DISTINCT ON (dept) dept, id FROM emp ORDER BY dept, id DESC;
SELECT e.* FROM emp e WHERE e.id = 1;
SELECT emp.name AS n FROM emp WHERE emp.id = 1;
SELECT id FROM emp WHERE true ORDER BY id;
SELECT id FROM emp WHERE false;
SELECT id FROM emp WHERE NULL;
SELECT 1 WHERE 1 = 2;
SELECT;
VALUES (1, 'a'), (2, NULL);
VALUES (1), (2.5);
SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS v (a, b) WHERE a > 1;
SELECT id AS x FROM emp ORDER BY x DESC LIMIT 1;
SELECT id + 1 FROM emp ORDER BY id + 1;
SELECT -id AS id FROM emp ORDER BY id;
SELECT name || '!' FROM emp WHERE id = 1;
SELECT ARRAY[1, 2, 3], ARRAY['a', NULL], (ARRAY[1, 2, 3])[2], '{1,2}'::int[];
SELECT '5'::int + 1, 5::text || 'x', CAST('1.50' AS numeric), 1.5::int, 2.5::int;
SELECT 7 / 2, 7 % 3, -7 / 2, 7 / 2.0, 2 ^ 10;
SELECT 1 / 0;
SELECT true AND NULL, false AND NULL, true OR NULL, NOT NULL::bool;
SELECT NULL IS UNKNOWN, (1 = 1) IS TRUE;
SELECT 2147483647 + 1;
SELECT 2147483648, 9223372036854775807, 9223372036854775808;
DROP TABLE emp;
-- a boolean is concatenated as its cast to text gives it, but concat() takes its output form
select 'a' || true as a, false || 'b' as b, 'x' || 1 as c, 'y' || null::bool as d, concat('a', true) as e;
