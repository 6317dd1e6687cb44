-- COPY in the binary format: PostgreSQL has written the bytes that are read here, or would refuse them.
CREATE TABLE b (id int, small smallint, big bigint, t text, v varchar(5), n numeric, ts timestamptz, d date, i interval, arr int[], words text[], j jsonb, js json, f8 float8, f4 real, u uuid, by bytea, bo bool, o oid);
INSERT INTO b VALUES (1, -2, 3, 'one', 'five', 12345678901234567890.0625, '2020-01-01 12:34:56.789 UTC', '1999-12-31', '1 year 2 days 03:04:05', '{1,2,NULL}', '{a,"b c",NULL}', '{"a": [1, null]}', '{ "a" : 1}', 1.25, -0.5, '11111111-2222-3333-4444-555555555555', '\x0001ff', true, 4000000000);
INSERT INTO b (id) VALUES (2);
INSERT INTO b (id, n, f8, ts, t) VALUES (3, 'NaN', '-Infinity', 'infinity', '');
\! rm -f /tmp/regress_copy_binary
\copy b to '/tmp/regress_copy_binary' (format binary)
\! od -An -v -tx1 /tmp/regress_copy_binary
CREATE TABLE b2 (LIKE b);
\copy b2 from '/tmp/regress_copy_binary' (format binary)
(TABLE b EXCEPT TABLE b2) UNION ALL (TABLE b2 EXCEPT TABLE b);
SELECT count(*) FROM b2;
\copy (select t, id from b order by id desc) to '/tmp/regress_copy_binary' with binary
\copy b2(t, id) from '/tmp/regress_copy_binary' (format 'binary') where id > 1
SELECT id, t, n FROM b2 ORDER BY id, n;
\copy (select 1 where false) to '/tmp/regress_copy_binary' (format binary)
\! od -An -v -tx1 /tmp/regress_copy_binary
-- Options of the other formats.
COPY b TO STDOUT (FORMAT binary, DELIMITER ',');
COPY b TO STDOUT (FORMAT binary, NULL 'x');
COPY b TO STDOUT (FORMAT binary, HEADER);
COPY b TO STDOUT (FORMAT binary, QUOTE '"');
COPY b FROM STDIN (FORMAT binary, FORCE_NULL (t));
-- What cannot be read.
CREATE TABLE one (a int NOT NULL CHECK (a < 100));
\! printf 'garbage that is no such file' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf '' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\1\0\0\0\0\0\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\2\0\0\0\0\0\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\1\0\0\0\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\377\377\377\377' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\4abc' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\4abcd\0\1\0\0\0\4\0\0\0\7' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\10\377\377' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\7\0\1\0\0\0\2\0\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\5\0\0\0\7\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\2\0\0\0\4\0\0\0\7' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\7\377\377x' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\7\0\1\377\377\377\376' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4\0\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\377\377\377\377\377\377' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\7\0\1\0\0\0\4\0\0\0\177\377\377' > /tmp/regress_copy_binary
\copy one from '/tmp/regress_copy_binary' (format binary)
SELECT * FROM one ORDER BY a;
CREATE TABLE word (w varchar(3));
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4long\377\377' > /tmp/regress_copy_binary
\copy word from '/tmp/regress_copy_binary' (format binary)
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\303\050\377\377' > /tmp/regress_copy_binary
\copy word from '/tmp/regress_copy_binary' (format binary)
-- Many rows, in many pieces.
\copy (select g, repeat('x', g % 500) from generate_series(1, 5000) g) to '/tmp/regress_copy_binary' (format binary)
CREATE TABLE many (id int PRIMARY KEY, x text);
\copy many from '/tmp/regress_copy_binary' (format binary)
SELECT count(*), sum(length(x)), sum(id) FROM many;
\! rm -f /tmp/regress_copy_binary
