-- ALTER TABLE ... ALTER COLUMN ... TYPE.
CREATE TABLE at (id int PRIMARY KEY, name varchar(10) NOT NULL UNIQUE, n numeric(10,2) DEFAULT 1.5 CHECK (n > 0), t text, big text);
INSERT INTO at VALUES (1, 'one', 1.25, '7', repeat('x', 5000)), (2, 'two', 2.5, '8', NULL), (3, 'three', DEFAULT, NULL, repeat('y', 9));
ALTER TABLE at ADD COLUMN later int DEFAULT 42;
-- Only the catalogs change.
ALTER TABLE at ALTER COLUMN name TYPE varchar(20);
ALTER TABLE at ALTER n TYPE numeric(12,2);
ALTER TABLE at ALTER name TYPE text;
SELECT attname, format_type(atttypid, atttypmod), attstorage FROM pg_attribute WHERE attrelid = 'at'::regclass AND attnum > 0 ORDER BY attnum;
-- Every row is written anew.
ALTER TABLE at ALTER COLUMN n TYPE numeric(12,3);
ALTER TABLE at ALTER COLUMN t TYPE int USING t::int + 100;
ALTER TABLE at ALTER COLUMN later SET DATA TYPE bigint;
ALTER TABLE at ALTER COLUMN id TYPE bigint;
SELECT id, name, n, t, length(big), later FROM at ORDER BY id;
SELECT name FROM at WHERE id = 2;
SELECT id FROM at WHERE name = 'two';
INSERT INTO at (id, name) VALUES (4, 'four') RETURNING id, name, n, later;
INSERT INTO at (id, name) VALUES (3000000000, 'four');
INSERT INTO at (id, name) VALUES (3000000000, 'more') RETURNING id;
SELECT pg_get_indexdef(indexrelid), indclass FROM pg_index WHERE indrelid = 'at'::regclass ORDER BY 1;
SELECT attname, format_type(atttypid, atttypmod), atthasmissing FROM pg_attribute WHERE attrelid = 'at'::regclass AND attnum > 0 ORDER BY attnum;
SELECT column_default FROM information_schema.columns WHERE table_name = 'at' AND column_default IS NOT NULL ORDER BY ordinal_position;
-- A transaction that is undone leaves the table as it was.
BEGIN;
ALTER TABLE at ALTER COLUMN id TYPE text;
SELECT max(id) FROM at;
ROLLBACK;
SELECT max(id) FROM at;
-- What cannot be.
ALTER TABLE at ALTER COLUMN name TYPE int;
ALTER TABLE at ALTER COLUMN big TYPE int USING big;
ALTER TABLE at ALTER COLUMN name TYPE int USING name::int;
ALTER TABLE at ALTER COLUMN name TYPE varchar(3);
ALTER TABLE at ALTER COLUMN nothing TYPE int;
ALTER TABLE at ALTER COLUMN n TYPE numeric(12,3) USING -n;
ALTER TABLE at ALTER COLUMN name TYPE text USING NULL;
ALTER TABLE at ALTER COLUMN t TYPE int USING count(*);
ALTER TABLE at ALTER COLUMN t TYPE int USING (SELECT 1);
CREATE VIEW at_view AS SELECT t FROM at;
ALTER TABLE at ALTER COLUMN t TYPE bigint;
DROP VIEW at_view;
SELECT id, name, n, t, length(big), later FROM at ORDER BY id;
DROP TABLE at;
