-- What drivers and ORMs ask in ways of their own.
CREATE TABLE cq (id int PRIMARY KEY, a int, b int, name text, UNIQUE (a, b));
CREATE TABLE cq_ref (cq int REFERENCES cq, dow varchar(10) CHECK (dow IN ('MON', 'TUE')));
INSERT INTO cq VALUES (1, 1, 10, 'one'), (2, 1, 20, 'two'), (3, 2, 20, 'three');
-- A subquery's array keeps its elements when the subquery is run for the next row.
SELECT conname, ARRAY(SELECT attname FROM unnest(c.conkey) WITH ORDINALITY AS cols(colid, pos)
  JOIN pg_attribute ca ON cols.colid = ca.attnum WHERE ca.attrelid = c.conrelid ORDER BY cols.pos)
  FROM pg_constraint c WHERE conrelid = 'cq'::regclass ORDER BY 1;
SELECT id, ARRAY(SELECT cq.id + g FROM generate_series(1, 2) g) FROM cq ORDER BY 1;
-- Several arrays side by side.
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']);
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) WITH ORDINALITY AS t(n, s, pos);
SELECT * FROM ROWS FROM (unnest(ARRAY[1, 2], ARRAY['x']), generate_series(7, 9)) AS t(a, b, c);
SELECT ic.relname, k.attnum, k.pos FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid,
  unnest(i.indkey, i.indoption) WITH ORDINALITY AS k(attnum, option, pos)
  WHERE i.indrelid = 'cq'::regclass ORDER BY 1, 3;
SELECT unnest(ARRAY[1], ARRAY[2]);
-- Sets within expressions.
SELECT unnest(ARRAY[5, 6, 7]), generate_subscripts(ARRAY[5, 6, 7], 1) + 1 AS pos, 'x';
SELECT id, id * generate_series(1, 2) AS product FROM cq ORDER BY 1, 2;
SELECT generate_series(1, 3) + generate_series(10, 11) AS sum, generate_series(1, 3);
SELECT DISTINCT upper(unnest(ARRAY['a', 'b', 'a'])) AS u ORDER BY u;
SELECT CASE WHEN true THEN generate_series(1, 2) END;
-- Elements of a jsonb value by subscripts.
SELECT j['a'], j['b'][1], j['b'][-1]['c'], j['x'], j['a']['y'], (j['b'])[0]
  FROM (SELECT '{"a": 1, "b": [2, {"c": "d"}]}'::jsonb) AS v(j);
SELECT j[k] FROM (SELECT '{"a": 1}'::jsonb, 'a') AS v(j, k);
SELECT ('[1, 2, 3]'::jsonb)[1::smallint];
SELECT ('[1]'::jsonb)[0:1];
SELECT ('[1]'::jsonb)[1.5];
-- What is not a view has no definition.
SELECT pg_get_viewdef('cq'::regclass) IS NULL AS none;
INSERT INTO cq_ref VALUES (1, 'MON');
INSERT INTO cq_ref VALUES (1, 'WED');
DROP TABLE cq_ref, cq;
