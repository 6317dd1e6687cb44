-- Foreign keys: what they allow, refuse and do.
CREATE TABLE parent (id int PRIMARY KEY, code text UNIQUE, note text);
CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent, note text);
INSERT INTO parent VALUES (1, 'one'), (2, 'two'), (3, 'three');
INSERT INTO child VALUES (10, 1), (11, 2), (12, NULL);
INSERT INTO child VALUES (13, 4);
INSERT INTO child VALUES (13, 3), (14, 99), (15, 98);
UPDATE child SET parent_id = 7 WHERE id = 10;
UPDATE child SET note = 'same key' WHERE id = 10;
UPDATE child SET parent_id = 3 WHERE id = 10;
DELETE FROM parent WHERE id = 2;
DELETE FROM parent WHERE id = 1;
UPDATE parent SET id = 30 WHERE id = 3;
UPDATE parent SET note = 'no key', code = 'THREE' WHERE id = 3;
UPDATE parent SET id = id WHERE id = 3;
SELECT * FROM parent ORDER BY id;
SELECT * FROM child ORDER BY id;
-- A statement is looked at when it has ended.
UPDATE parent SET id = CASE id WHEN 2 THEN 3 ELSE 2 END WHERE false;
INSERT INTO child VALUES (20, 2) RETURNING *;
INSERT INTO child VALUES (21, 77) RETURNING *;
INSERT INTO child VALUES (20, 3) ON CONFLICT (id) DO UPDATE SET parent_id = 78;
INSERT INTO child VALUES (20, 3) ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id;
INSERT INTO child VALUES (20, 79) ON CONFLICT DO NOTHING;
INSERT INTO child VALUES (22, 79) ON CONFLICT DO NOTHING;
SELECT * FROM child WHERE id >= 20;
INSERT INTO child SELECT g, 3 FROM generate_series(30, 3000) g;
INSERT INTO child SELECT g, g - 4000 FROM generate_series(4001, 4005) g;
SELECT count(*) FROM child;
-- Actions.
CREATE TABLE acts (
  id int PRIMARY KEY,
  cascades int CONSTRAINT cascades_fk REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE,
  nulls int REFERENCES parent ON DELETE SET NULL ON UPDATE SET NULL,
  defaults int DEFAULT 2 REFERENCES parent ON DELETE SET DEFAULT ON UPDATE SET DEFAULT,
  code text REFERENCES parent (code) ON UPDATE CASCADE,
  restricts int REFERENCES parent ON DELETE RESTRICT ON UPDATE RESTRICT);
INSERT INTO parent SELECT g, 'p' || g FROM generate_series(100, 110) g;
INSERT INTO acts (id, cascades) VALUES (1, 100), (2, 100), (3, 101);
INSERT INTO acts (id, nulls) VALUES (4, 102), (5, 103);
INSERT INTO acts (id, defaults) VALUES (6, 104), (7, 105);
INSERT INTO acts (id, code) VALUES (8, 'p106');
INSERT INTO acts (id, restricts) VALUES (9, 107), (10, 108);
DELETE FROM parent WHERE id = 100;
UPDATE parent SET id = 201 WHERE id = 101;
DELETE FROM parent WHERE id = 102;
UPDATE parent SET id = 203 WHERE id = 103;
DELETE FROM parent WHERE id = 104;
UPDATE parent SET id = 205 WHERE id = 105;
UPDATE parent SET code = 'P-106' WHERE id = 106;
DELETE FROM parent WHERE id = 106;
DELETE FROM parent WHERE id = 107;
UPDATE parent SET id = 208 WHERE id = 108;
SELECT * FROM acts ORDER BY id;
-- The default is no key.
ALTER TABLE acts ALTER COLUMN defaults SET DEFAULT 4711;
UPDATE acts SET defaults = 109 WHERE id = 6;
DELETE FROM parent WHERE id = 109;
SELECT id, defaults FROM acts WHERE id = 6;
-- What a cascade does may violate other constraints.
ALTER TABLE acts ALTER COLUMN nulls SET NOT NULL;
UPDATE acts SET nulls = 2;
ALTER TABLE acts ALTER COLUMN nulls SET NOT NULL;
UPDATE acts SET nulls = 110 WHERE id = 5;
DELETE FROM parent WHERE id = 110;
DROP TABLE acts;
-- Several columns, and how nulls match.
CREATE TABLE pair (a int, b text, PRIMARY KEY (a, b));
INSERT INTO pair VALUES (1, 'x'), (1, 'y'), (2, 'x');
CREATE TABLE simple (a int, b text, FOREIGN KEY (a, b) REFERENCES pair);
CREATE TABLE fully (a int, b text, FOREIGN KEY (a, b) REFERENCES pair MATCH FULL);
CREATE TABLE partly (a int, b text, FOREIGN KEY (a, b) REFERENCES pair MATCH PARTIAL);
INSERT INTO simple VALUES (1, 'x'), (9, NULL), (NULL, 'z'), (NULL, NULL);
INSERT INTO simple VALUES (1, 'z');
INSERT INTO fully VALUES (1, 'x'), (NULL, NULL);
INSERT INTO fully VALUES (1, NULL);
INSERT INTO fully VALUES (NULL, 'x');
INSERT INTO fully VALUES (2, 'y');
UPDATE fully SET b = NULL WHERE a = 1;
UPDATE fully SET a = NULL, b = NULL WHERE a = 1;
DELETE FROM pair WHERE a = 1 AND b = 'x';
DELETE FROM pair WHERE a = 2;
CREATE TABLE some_columns (
  a int DEFAULT 7, b text DEFAULT 'd', c int,
  FOREIGN KEY (a, b) REFERENCES pair ON DELETE SET NULL (b));
INSERT INTO some_columns VALUES (1, 'y', 1);
DELETE FROM pair WHERE b = 'y';
SELECT * FROM some_columns;
CREATE TABLE wrong_set (
  a int, b text, c int, FOREIGN KEY (a, b) REFERENCES pair ON DELETE SET NULL (c));
-- In another order.
CREATE TABLE turned (b text, a int, FOREIGN KEY (b, a) REFERENCES pair (b, a));
INSERT INTO turned VALUES ('x', 1);
INSERT INTO turned VALUES ('q', 1);
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
  WHERE contype = 'f' ORDER BY conname;
-- Tables that refer to themselves.
CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree ON DELETE CASCADE);
INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, 5);
INSERT INTO tree VALUES (6, 7);
INSERT INTO tree VALUES (6, 7), (7, 6);
DELETE FROM tree WHERE id = 2;
SELECT * FROM tree ORDER BY id;
DELETE FROM tree WHERE id IN (6, 5);
SELECT * FROM tree ORDER BY id;
CREATE TABLE loop (id int PRIMARY KEY, up int REFERENCES loop ON UPDATE CASCADE);
INSERT INTO loop VALUES (1, NULL), (2, 1), (3, 1);
UPDATE loop SET id = id + 10 WHERE id = 1;
SELECT * FROM loop ORDER BY id;
DELETE FROM loop;
SELECT count(*) FROM loop;
-- Types.
CREATE TABLE nums (id numeric PRIMARY KEY);
INSERT INTO nums VALUES (1.0), (2.5);
CREATE TABLE ints (id int REFERENCES nums);
INSERT INTO ints VALUES (1);
INSERT INTO ints VALUES (2);
DELETE FROM nums WHERE id = 1;
CREATE TABLE bigs (id bigint REFERENCES parent);
INSERT INTO bigs VALUES (2);
INSERT INTO bigs VALUES (5000000000);
CREATE TABLE chars (code varchar(10) REFERENCES parent (code));
INSERT INTO chars VALUES ('two');
INSERT INTO chars VALUES ('twelve');
CREATE TABLE texts (id text REFERENCES parent);
CREATE TABLE wide (id numeric REFERENCES parent);
CREATE TABLE dates (d date PRIMARY KEY);
CREATE TABLE stamps (d timestamp REFERENCES dates);
-- Definitions that are wrong.
CREATE TABLE bad (a int REFERENCES nowhere);
CREATE TABLE bad (a int REFERENCES parent (nothing));
CREATE TABLE bad (a text REFERENCES parent (note));
CREATE TABLE bad (a int, FOREIGN KEY (b) REFERENCES parent);
CREATE TABLE bad (a int, b int, FOREIGN KEY (a, b) REFERENCES parent);
CREATE TABLE bad (a int, b int, FOREIGN KEY (a, b) REFERENCES parent (id, id));
CREATE TABLE bad (a int REFERENCES simple);
CREATE TABLE bad (a int REFERENCES pg_class);
CREATE SEQUENCE no_table;
CREATE TABLE bad (a int REFERENCES no_table);
CREATE TABLE bad (a int DEFERRABLE);
CREATE TABLE bad (a int REFERENCES parent NOT DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE bad (a int REFERENCES parent DEFERRABLE NOT DEFERRABLE);
CREATE TABLE bad (a int CHECK (a > 0) INITIALLY DEFERRED);
CREATE TABLE bad (a int CONSTRAINT x REFERENCES parent, b int CONSTRAINT x REFERENCES parent);
DROP TABLE tree, loop, ints, nums, bigs, chars, dates, simple, fully, some_columns, turned, pair;
