-- a column is renamed under what is defined over it
CREATE TABLE r (a int PRIMARY KEY CHECK (a > 0), b text DEFAULT 'x', "C d" int, g int GENERATED ALWAYS AS (a * "C d") STORED, CONSTRAINT both_ck CHECK (a <> "C d" OR b IS NULL), UNIQUE (b, a));
CREATE INDEX r_lower ON r (lower(b), ("C d" + 1));
CREATE INDEX r_part ON r (b) WHERE a > 10 AND "C d" IS NOT NULL;
CREATE TABLE o (a int REFERENCES r);
CREATE PUBLICATION regress_renamed FOR TABLE r WHERE (a > 5);
INSERT INTO r VALUES (1, 'One', 2), (20, 'Two', 3);
ALTER TABLE r RENAME COLUMN a TO id;
ALTER TABLE r RENAME b TO "order";
ALTER TABLE r RENAME "C d" TO c;
ALTER TABLE r RENAME g TO computed;
\d r
SELECT rowfilter FROM pg_publication_tables WHERE pubname = 'regress_renamed';
INSERT INTO r VALUES (0, 'bad', 1);
INSERT INTO r VALUES (3, 'bad', 3);
INSERT INTO r VALUES (3, 'Three', 4) RETURNING *;
UPDATE r SET c = 10 WHERE lower("order") = 'two' RETURNING *;
SELECT * FROM r WHERE id > 10 AND c IS NOT NULL AND "order" = 'Two';
INSERT INTO o VALUES (3);
INSERT INTO o VALUES (4);
ALTER TABLE r RENAME nosuch TO x;
ALTER TABLE r RENAME id TO c;
ALTER TABLE r RENAME id TO ctid;
DROP PUBLICATION regress_renamed;
