-- sequences, and what takes its values from them, get other names
CREATE SCHEMA s1;
CREATE SCHEMA s2;
CREATE TABLE t (id serial PRIMARY KEY, b int GENERATED ALWAYS AS IDENTITY, c text);
CREATE SEQUENCE free;
CREATE TABLE u (a bigint DEFAULT nextval('free') + nextval('t_id_seq'), b int DEFAULT nextval('free'));
INSERT INTO t (c) VALUES ('one') RETURNING *;
ALTER TABLE t RENAME TO renamed;
ALTER TABLE t_id_seq RENAME TO renamed_id_seq;
ALTER INDEX t_pkey RENAME TO renamed_pkey;
ALTER SEQUENCE free RENAME TO "Free one";
ALTER SEQUENCE t_b_seq RENAME TO identity_seq;
INSERT INTO renamed (c) VALUES ('two') RETURNING *;
INSERT INTO u DEFAULT VALUES RETURNING *;
\d renamed
\d u
SELECT pg_get_serial_sequence('renamed', 'id'), pg_get_serial_sequence('renamed', 'b');
ALTER SEQUENCE renamed_id_seq SET SCHEMA s1;
ALTER SEQUENCE identity_seq SET SCHEMA s1;
ALTER SEQUENCE "Free one" SET SCHEMA s1;
INSERT INTO u DEFAULT VALUES RETURNING *;
ALTER TABLE renamed SET SCHEMA s1;
\d s1.renamed
\d u
INSERT INTO s1.renamed (c) VALUES ('three') RETURNING *;
INSERT INTO u DEFAULT VALUES RETURNING *;
SELECT pg_get_serial_sequence('s1.renamed', 'id'), pg_get_serial_sequence('s1.renamed', 'b');
ALTER SCHEMA s1 RENAME TO "S 3";
\d "S 3".renamed
\d u
INSERT INTO "S 3".renamed (c) VALUES ('four') RETURNING *;
INSERT INTO u DEFAULT VALUES RETURNING *;
DROP TABLE u;
DROP TABLE "S 3".renamed;
SELECT count(*) FROM pg_class WHERE relkind = 'S';
