-- jsonb: its canonical form, operators and functions.
SELECT '{"bb": 1, "a": 2, "c": {"y":1, "x": [1.0, 1.10, 1e3]}, "a": 3}'::jsonb;
SELECT '"\u00e9\u0041\ud83d\ude00\t"'::jsonb, '"\u001f\/"'::jsonb;
SELECT '"\u0000"'::jsonb;
SELECT '"\ud83d"'::jsonb;
SELECT '"\ude00"'::jsonb;
SELECT '[1,'::jsonb;
SELECT '{"a":{"b":[10,20,"x"]}}'::jsonb -> 'a' -> 'b' -> 0, '{"a":"s"}'::jsonb ->> 'a', '{"a":null}'::jsonb ->> 'a' IS NULL;
SELECT '[1,2,3]'::jsonb -> -1, '[1,2,3]'::jsonb ->> 7 IS NULL, '1'::jsonb -> 0 IS NULL;
SELECT '{"a":[{"b":2}]}'::jsonb #> '{a,0,b}', '{"a":[{"b":"t"}]}'::jsonb #>> '{a,0,b}', '{"a":1}'::jsonb #> '{}';
-- Containment and existence.
SELECT a, b, a::jsonb @> b::jsonb AS contains, b::jsonb <@ a::jsonb AS contained
FROM (VALUES ('{"a":1,"b":2}', '{"a":1}'), ('{"a":1}', '{"a":2}'), ('[1,2,3]', '[3,1]'), ('[1,2,3]', '[1,1]'),
  ('[1,2]', '1'), ('1', '[1]'), ('["a"]', '"a"'), ('{"a":[1,2]}', '{"a":[2]}'), ('{"a":[1,2]}', '{"a":2}'),
  ('[[1,2],3]', '[[1]]'), ('[[1]]', '[1]'), ('{"a":{"b":1,"c":2}}', '{"a":{"c":2}}'), ('{}', '{}'), ('[]', '{}'),
  ('1.0', '1'), ('"a"', '"b"'), ('null', 'null'), ('[{"a":1},{"b":2}]', '[{"b":2}]')) t (a, b);
SELECT '{"a":1,"b":2}'::jsonb ? 'a', '{"a":1}'::jsonb ? 'x', '["a","b"]'::jsonb ? 'b', '"a"'::jsonb ? 'a', '[1]'::jsonb ? '1';
SELECT '{"a":1}'::jsonb ?| '{x,a}', '{"a":1}'::jsonb ?& '{x,a}', '{"a":1}'::jsonb ?& '{a}', '{"a":1}'::jsonb ?| '{}', '{"a":1}'::jsonb ?& '{}';
-- Order.
SELECT j FROM (VALUES ('[]'), ('{}'), ('null'), ('1'), ('2.0'), ('10'), ('"a"'), ('"B"'), ('true'), ('false'), ('[1]'), ('["a"]'),
  ('[1,2]'), ('{"a":1}'), ('{"b":1}'), ('{"a":1,"b":2}'), ('{"aa":1}'), ('[[]]'), ('[{}]'), ('[null]'), ('""'), ('-1')) t (j)
ORDER BY j::jsonb;
SELECT '1.0'::jsonb = '1'::jsonb, '{"a":1,"b":2}'::jsonb = '{"b":2,"a":1}'::jsonb, '[1]'::jsonb < '[2]'::jsonb,
  '"a"'::jsonb >= '1'::jsonb, '1'::jsonb <> '2'::jsonb, jsonb_cmp('1', '2');
SELECT j::jsonb, count(*) FROM (VALUES ('1'), ('1.0'), ('{"a":1.00}'), ('{"a":1}')) t (j) GROUP BY j::jsonb ORDER BY 2, j::jsonb;
CREATE TABLE keys (id int, k jsonb);
INSERT INTO keys SELECT g, jsonb_build_object('k', g % 50, 's', 'v' || g) FROM generate_series(1, 500) g;
INSERT INTO keys VALUES (0, '[]'), (-1, '7'), (-2, NULL), (-3, '"x"');
CREATE UNIQUE INDEX keys_k ON keys (k);
ANALYZE keys;
SET enable_seqscan = off;
SELECT id FROM keys WHERE k = '{"s": "v123", "k": 23}';
SELECT id FROM keys WHERE k < '{"k": 0}' ORDER BY k;
SELECT id FROM keys ORDER BY k DESC NULLS LAST LIMIT 3;
INSERT INTO keys VALUES (9, '7.0');
RESET enable_seqscan;
DROP TABLE keys;
-- Changes.
SELECT '{"a":1}'::jsonb || '{"b":2,"a":3}', '[1]'::jsonb || '[2]', '[1]'::jsonb || '2', '1'::jsonb || '2', '{"a":1}'::jsonb || '[2]', '[]'::jsonb || '{}';
SELECT '{"a":1}'::jsonb || '1';
SELECT '{"a":1,"b":2}'::jsonb - 'a', '["a","b","a"]'::jsonb - 'a', '[1,2,3]'::jsonb - 1, '[1,2,3]'::jsonb - -1, '[1]'::jsonb - 9;
SELECT '{"a":1,"b":2,"c":3}'::jsonb - '{a,c}'::text[];
SELECT '1'::jsonb - 'a';
SELECT '{"a":1}'::jsonb - 1;
SELECT '{"a":{"b":[1,2]}}'::jsonb #- '{a,b,0}', '{"a":1}'::jsonb #- '{x}', '[1,[2,3]]'::jsonb #- '{1,-1}';
SELECT '1'::jsonb #- '{a}';
SELECT jsonb_set('{"a":{"b":1}}', '{a,b}', '2'), jsonb_set('{"a":1}', '{b}', '2'), jsonb_set('{"a":1}', '{b}', '2', false);
SELECT jsonb_set('[1,2]', '{0}', '9'), jsonb_set('[1,2]', '{5}', '9'), jsonb_set('[1,2]', '{-5}', '9'), jsonb_set('[1,2]', '{-1}', '9');
SELECT jsonb_set('{"a":1}', '{a,b}', '2'), jsonb_set('{"a":{}}', '{x,y}', '2'), jsonb_set('[]', '{3}', '1');
SELECT jsonb_set('{"a":[1]}', '{a,x}', '2');
SELECT jsonb_set('{"a":[1]}', '{a,NULL}', '2');
SELECT jsonb_set('1', '{a}', '2');
SELECT jsonb_insert('[1,2]', '{1}', '9'), jsonb_insert('[1,2]', '{1}', '9', true), jsonb_insert('{"a":1}', '{b}', '2'), jsonb_insert('[1,2]', '{-1}', '9');
SELECT jsonb_insert('{"a":1}', '{a}', '2');
SELECT jsonb_strip_nulls('{"a": null, "b": [1, null, {"c": null}], "d": {}}');
SELECT jsonb_pretty('{"a": [1, {"b": []}], "c": {}}');
-- Taken apart.
SELECT jsonb_typeof('[]'), jsonb_typeof('{}'), jsonb_typeof('1'), jsonb_typeof('"s"'), jsonb_typeof('true'), jsonb_typeof('null');
SELECT jsonb_array_length('[1,2,[3]]');
SELECT jsonb_array_length('{}');
SELECT jsonb_array_length('1');
SELECT jsonb_object_keys('{"bb":1,"a":2}');
SELECT jsonb_object_keys('[1]');
SELECT jsonb_object_keys('1');
SELECT * FROM jsonb_each('{"b":{"x": 1},"a":null,"c":"s"}');
SELECT * FROM jsonb_each_text('{"b":{"x": 1},"a":null,"c":"s"}');
SELECT * FROM jsonb_each('[1]');
SELECT * FROM jsonb_array_elements('[1, "x", null, [2 ,3]]');
SELECT * FROM jsonb_array_elements_text('[1, "x", null, [2 ,3]]');
SELECT jsonb_array_elements('{}');
SELECT jsonb_array_elements('3');
SELECT jsonb_extract_path('{"a":{"b":2}}', 'a', 'b'), jsonb_extract_path_text('{"a":{"b":"t"}}', 'a', 'b');
-- Casts.
SELECT '12'::jsonb::int, '12.5'::jsonb::numeric, '12.5'::jsonb::int, '1e2'::jsonb::float8, 'true'::jsonb::bool, '7'::jsonb::int2, '7'::jsonb::bigint;
SELECT '"12"'::jsonb::int;
SELECT 'null'::jsonb::numeric;
SELECT '1'::jsonb::bool;
SELECT '100000'::jsonb::int2;
SELECT '{"b": 1, "a":2}'::json::jsonb, '{"b": 1, "a":2}'::jsonb::json, '[1]'::jsonb::text, '[1, 2]'::text::jsonb;
-- Made of other values.
SELECT to_jsonb(1.50), to_jsonb('x'::text), to_jsonb(ARRAY[1,2]), to_jsonb('NaN'::float8), to_jsonb(DATE '2024-02-29');
SELECT jsonb_build_array(1, 'a'::text, NULL::int), jsonb_build_object('b'::text, 1, 'a'::text, true, 'b'::text, 2);
SELECT jsonb_build_object(NULL::text, 1);
SELECT jsonb_build_object('a'::text);
SELECT jsonb_object('{b,1,a,2}'), jsonb_object('{a,b}', '{1,2}');
SELECT jsonb_agg(g), jsonb_object_agg('k' || g, g) FROM generate_series(1, 3) g;
SELECT jsonb_agg(x ORDER BY x DESC) FILTER (WHERE x > 1) FROM generate_series(1, 3) x;
SELECT jsonb_object_agg(NULL::text, 1);
