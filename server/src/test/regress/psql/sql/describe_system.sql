CREATE ROLE describe_admin CREATEDB CREATEROLE LOGIN CONNECTION LIMIT 3 VALID UNTIL '2030-01-01 00:00:00+00';
CREATE ROLE describe_member IN ROLE describe_admin NOINHERIT;
COMMENT ON ROLE describe_admin IS 'who may much';
ALTER ROLE describe_admin SET work_mem = '8MB';
ALTER ROLE describe_admin IN DATABASE postgres SET enable_sort = off;
CREATE TABLE published (a int PRIMARY KEY, b text);
CREATE TABLE "Quoted One" (a int);
CREATE SEQUENCE counting;
CREATE VIEW seen AS SELECT b FROM published;
CREATE INDEX published_b ON published (b);
CREATE PUBLICATION describe_all FOR ALL TABLES WITH (publish = 'insert, update');
CREATE PUBLICATION describe_one FOR TABLE published (a) WHERE (a > 1);
COMMENT ON PUBLICATION describe_one IS 'some of it';
\dA nosuch
\dAc+ btree int8
\dAo btree text_ops
\da+
\daS count
\daS *avg*
\dbS pg_default
\dC boolean
\dconfig work_mem
\dconfig+ *_cost
\dconfig enable_*
\ddS count
\ddS pg_catalog.int4pl
\dDS+
\dfS abs
\dfS+ abs
\dfS+ btrim
\dfS to_char
\dfwS
\dfpS
\dfnS lower text
\dfS generate_series
\dfS pg_get_*def
\dg describe_*
\dg+ describe_*
\du describe_admin
\duS pg_*
\dnS+ pg_*
\do
\doS ->>
\doS ~~ text
\doS+ !~*
\dOS+ C
\dpS pg_class
\z pg_catalog.pg_am
\drds describe*
\drds describe_admin postgres
\dRp
\dRp+
\dRp describe_o*
\dRs+
\dsS
\dTS
\dTS+ int*
\dTS *time*
\dT pg_catalog.json*
\dtS pg_a*
\dv+ information_schema.sequences
\dXS
\dy
\l nosuch
\sf abs(int)
\sf+ lower(text)
\sf nosuch
\sv pg_nosuch
\det
\desS
\dP+
\dtiv
\dtvs public.*
\dt "Quoted*"
\dt quoted*
\d published*
\d "Quoted One"
\dt pg_catalog.pg_t*
\dt *.pg_am
\dt nosuch
\d nosuch.*
\dt a.b.c
\d (
\dT+ nosuch
\df+ nosuch
\lo_list
\lo_list+
\encoding
DROP PUBLICATION describe_all, describe_one;
ALTER ROLE describe_admin IN DATABASE postgres RESET ALL;
DROP ROLE describe_member, describe_admin;
