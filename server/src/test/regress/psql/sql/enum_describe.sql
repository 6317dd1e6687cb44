-- what psql shows of enum types, and how COPY and prepared statements have their values
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
COMMENT ON TYPE mood IS 'a mood';
CREATE SCHEMA s;
CREATE TYPE s."Odd one" AS ENUM ('a', 'it''s', '');
CREATE TABLE person (name text PRIMARY KEY, current mood NOT NULL DEFAULT 'ok', past mood[] DEFAULT '{sad}', o s."Odd one" DEFAULT 'it''s', CHECK (current <> 'sad' OR name <> 'x'));
INSERT INTO person VALUES ('a', 'happy'), ('b', 'sad', '{ok,happy,NULL}', '');
CREATE INDEX ON person (current) WHERE current > 'sad';
CREATE VIEW v AS SELECT name, current, 'a'::s."Odd one" AS o, past::mood[] FROM person WHERE current IN ('sad', 'happy');
ALTER TYPE mood ADD VALUE 'x' BEFORE 'ok';
\dT+
\dT
\dT+ mood
\d person
\d+ v
COPY person TO STDOUT;
COPY person TO STDOUT CSV;
COPY person (name, current) FROM STDIN;
c	ok
d	bad
\.
COPY person (name, current) FROM STDIN;
c	ok
\.
PREPARE named(mood) AS SELECT name FROM person WHERE current = $1 ORDER BY 1;
EXECUTE named('ok');
EXECUTE named('bad');
PREPARE guessed AS SELECT name FROM person WHERE current = $1 OR $2 = ANY (past) ORDER BY 1;
EXECUTE guessed('ok', 'happy');
SELECT name, parameter_types FROM pg_prepared_statements ORDER BY 1;
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';
EXECUTE guessed('fine', 'happy');
EXECUTE guessed('ok', 'happy');
CREATE ROLE regress_moody;
ALTER TYPE mood OWNER TO regress_moody;
DROP ROLE regress_moody;
SET ROLE regress_moody;
ALTER TYPE s."Odd one" ADD VALUE 'b';
DROP TYPE mood;
ALTER TYPE mood ADD VALUE 'mine';
CREATE TYPE public.other AS ENUM ('a');
CREATE TYPE s.other AS ENUM ('a');
SELECT 'a'::s."Odd one";
RESET ROLE;
DROP VIEW v;
DROP TYPE mood CASCADE;
DROP SCHEMA s CASCADE;
\d person
DROP ROLE regress_moody;
