-- Foreign keys in definitions: added, validated, dropped, shown.
CREATE TABLE p (id int PRIMARY KEY, u int);
CREATE UNIQUE INDEX p_u ON p (u);
CREATE TABLE c (id int PRIMARY KEY, p_id int, u int);
INSERT INTO p VALUES (1, 1), (2, 2);
INSERT INTO c VALUES (1, 1, 1), (2, 3, NULL);
ALTER TABLE c ADD FOREIGN KEY (p_id) REFERENCES p;
ALTER TABLE c ADD CONSTRAINT late FOREIGN KEY (p_id) REFERENCES p NOT VALID;
INSERT INTO c VALUES (3, 4, NULL);
ALTER TABLE c VALIDATE CONSTRAINT late;
SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
  WHERE conrelid = 'c'::regclass AND contype = 'f';
DELETE FROM c WHERE id = 2;
ALTER TABLE c VALIDATE CONSTRAINT late;
ALTER TABLE c VALIDATE CONSTRAINT c_pkey;
ALTER TABLE c VALIDATE CONSTRAINT nothing;
ALTER TABLE c ADD FOREIGN KEY (u) REFERENCES p (u) ON DELETE SET NULL;
ALTER TABLE c ADD CONSTRAINT late FOREIGN KEY (u) REFERENCES p (u);
ALTER TABLE c ADD COLUMN other int REFERENCES p DEFAULT 2;
ALTER TABLE c ADD COLUMN another int REFERENCES p DEFAULT 5;
ALTER TABLE c ADD CONSTRAINT full_match FOREIGN KEY (p_id, u) REFERENCES p (id, u) MATCH FULL;
\d p
\d c
SELECT conname, contype, condeferrable, condeferred, convalidated, conrelid::regclass,
    conindid::regclass, confrelid::regclass, confupdtype, confdeltype, confmatchtype,
    conkey, confkey, confdelsetcols, connoinherit
  FROM pg_constraint WHERE contype = 'f' ORDER BY conname;
SELECT relname, relhastriggers FROM pg_class WHERE relname IN ('p', 'c') ORDER BY 1;
SELECT tgrelid::regclass, tgtype, tgenabled, tgisinternal, tgconstrrelid::regclass,
    tgconstrindid::regclass, tgdeferrable, tginitdeferred
  FROM pg_trigger t JOIN pg_constraint c ON tgconstraint = c.oid
  WHERE conname = 'late' ORDER BY 1, 2;
SELECT constraint_name, constraint_type, is_deferrable, initially_deferred
  FROM information_schema.table_constraints
  WHERE table_name = 'c' AND constraint_type = 'FOREIGN KEY' ORDER BY 1;
SELECT constraint_name, column_name, ordinal_position, position_in_unique_constraint
  FROM information_schema.key_column_usage WHERE table_name IN ('c', 'p') ORDER BY 1, 3;
SELECT constraint_name, unique_constraint_name, match_option, update_rule, delete_rule
  FROM information_schema.referential_constraints ORDER BY 1;
SELECT table_name, column_name, constraint_name
  FROM information_schema.constraint_column_usage WHERE table_schema = 'public' ORDER BY 3, 1, 2;
-- What depends on what.
DROP TABLE p;
DROP INDEX p_u;
ALTER TABLE p DROP CONSTRAINT p_pkey;
ALTER TABLE p DROP COLUMN id;
ALTER TABLE p DROP COLUMN u;
DROP INDEX p_u CASCADE;
ALTER TABLE p DROP COLUMN id CASCADE;
\d c
\d p
ALTER TABLE p ADD COLUMN id int PRIMARY KEY;
DELETE FROM c;
ALTER TABLE c ADD FOREIGN KEY (p_id) REFERENCES p;
ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE;
ALTER TABLE p ADD PRIMARY KEY (id);
ALTER TABLE c ADD CONSTRAINT one FOREIGN KEY (p_id) REFERENCES p;
ALTER TABLE c DROP CONSTRAINT one;
ALTER TABLE c DROP CONSTRAINT one;
ALTER TABLE c DROP CONSTRAINT IF EXISTS one;
ALTER TABLE c ADD CONSTRAINT one FOREIGN KEY (p_id) REFERENCES p;
ALTER TABLE c RENAME CONSTRAINT one TO two;
ALTER TABLE c RENAME COLUMN p_id TO parent;
ALTER TABLE p RENAME COLUMN id TO key;
ALTER TABLE p RENAME TO parents;
INSERT INTO c (id, parent) VALUES (1, 1);
COMMENT ON CONSTRAINT two ON c IS 'to the parents';
\d c
-- TRUNCATE.
TRUNCATE parents;
TRUNCATE parents, c;
TRUNCATE parents CASCADE;
-- Two tables that refer to each other.
ALTER TABLE parents ADD COLUMN favourite int REFERENCES c;
DROP TABLE parents;
DROP TABLE c, parents;
-- Dropped on one side, the other one is free.
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int REFERENCES p);
INSERT INTO p VALUES (1);
INSERT INTO c VALUES (1);
DROP TABLE c;
DELETE FROM p;
CREATE TABLE c (id int REFERENCES p);
CREATE TABLE d (id int REFERENCES p, x int REFERENCES p);
DROP TABLE p;
DROP TABLE p CASCADE;
INSERT INTO c VALUES (1);
\d c
DROP TABLE c, d;
-- In other schemas.
CREATE SCHEMA s;
CREATE TABLE s.p (id int PRIMARY KEY);
CREATE TABLE c (id int REFERENCES s.p);
\d c
\d s.p
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f';
INSERT INTO c VALUES (1);
DROP SCHEMA s;
DROP SCHEMA s CASCADE;
DROP TABLE c;
-- DDL and changes in one transaction.
BEGIN;
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int REFERENCES p ON DELETE CASCADE);
INSERT INTO p VALUES (1), (2);
INSERT INTO c VALUES (1), (1), (2);
DELETE FROM p WHERE id = 1;
SELECT * FROM c;
SAVEPOINT s;
INSERT INTO c VALUES (5);
ROLLBACK TO s;
ALTER TABLE c DROP CONSTRAINT c_id_fkey;
INSERT INTO c VALUES (5);
ALTER TABLE c ADD FOREIGN KEY (id) REFERENCES p;
ROLLBACK;
-- The other way of replication.
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int REFERENCES p);
SET session_replication_role = replica;
INSERT INTO c VALUES (1);
RESET session_replication_role;
INSERT INTO c VALUES (1);
DROP TABLE c, p;
