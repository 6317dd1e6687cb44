-- SET ROLE and SET SESSION AUTHORIZATION: who a session is, what it may, and when that is undone.
CREATE ROLE regress_sr_a;
CREATE ROLE regress_sr_b;
CREATE ROLE regress_sr_c NOINHERIT CREATEROLE;
GRANT regress_sr_b TO regress_sr_a;
GRANT regress_sr_b TO regress_sr_c;
CREATE TABLE of_b (id int PRIMARY KEY, note text);
ALTER TABLE of_b OWNER TO regress_sr_b;
INSERT INTO of_b VALUES (1, 'one');
SET ROLE regress_sr_a;
SELECT current_user, session_user, current_role, user;
SHOW role;
SHOW is_superuser;
SHOW session_authorization;
SELECT * FROM of_b;
ALTER TABLE of_b ADD COLUMN more int;
CREATE TABLE refused (a int);
SET log_statement = 'all';
CREATE ROLE regress_sr_d;
DROP ROLE regress_sr_b;
-- The role is the session's, not the one acted as, that must be a member.
SET ROLE regress_sr_c;
SELECT * FROM of_b;
SET ROLE regress_sr_b;
SELECT * FROM of_b;
RESET ROLE;
SELECT current_user, session_user;
SHOW is_superuser;
-- What cannot be.
SET ROLE nobody_of_that_name;
SET SESSION AUTHORIZATION nobody_of_that_name;
SET ROLE "";
SELECT set_config('role', 'nobody_of_that_name', false);
-- Another session's role.
SET ROLE regress_sr_c;
SET SESSION AUTHORIZATION regress_sr_a;
SHOW role;
SELECT current_user, session_user;
SET ROLE regress_sr_c;
SET ROLE regress_sr_b;
SELECT current_user, session_user;
ALTER ROLE regress_sr_a RENAME TO regress_sr_e;
SET ROLE NONE;
SELECT current_user, session_user;
SET SESSION AUTHORIZATION regress_sr_c;
SELECT current_user, session_user;
SELECT * FROM of_b;
SET ROLE regress_sr_b;
SELECT * FROM of_b;
RESET SESSION AUTHORIZATION;
SHOW role;
SELECT current_user, session_user;
SET SESSION AUTHORIZATION 'regress_sr_a';
SET SESSION AUTHORIZATION DEFAULT;
SELECT current_user, session_user;
-- As any parameter: undone with the transaction, the savepoint, or at its end.
SET ROLE regress_sr_a;
BEGIN;
SET LOCAL ROLE regress_sr_b;
SELECT current_user;
COMMIT;
SELECT current_user;
BEGIN;
SET SESSION AUTHORIZATION regress_sr_c;
SET ROLE regress_sr_b;
SELECT current_user, session_user;
ROLLBACK;
SELECT current_user, session_user;
BEGIN;
SET SESSION AUTHORIZATION regress_sr_a;
SAVEPOINT before;
SET ROLE regress_sr_b;
SELECT current_user, session_user;
ROLLBACK TO before;
SELECT current_user, session_user;
SET LOCAL ROLE regress_sr_b;
SELECT current_user, session_user;
COMMIT;
SELECT current_user, session_user;
RESET SESSION AUTHORIZATION;
SELECT set_config('role', 'regress_sr_a', true), current_user;
SELECT current_user;
SELECT set_config('role', 'regress_sr_a', false), current_user;
RESET ALL;
SELECT current_user, current_setting('role');
DISCARD ALL;
SELECT current_user, current_setting('role');
-- A prepared statement is planned for who executes it, a view reads as its owner.
CREATE VIEW seen AS SELECT * FROM of_b;
GRANT SELECT ON seen TO regress_sr_c;
PREPARE reads AS SELECT count(*) FROM of_b;
EXECUTE reads;
SET ROLE regress_sr_c;
EXECUTE reads;
SELECT * FROM seen;
DELETE FROM of_b;
RESET ROLE;
EXECUTE reads;
-- What is created belongs to the role that is acted as.
GRANT CREATE ON SCHEMA public TO regress_sr_a;
SET ROLE regress_sr_a;
CREATE TABLE mine (id serial PRIMARY KEY);
RESET ROLE;
SELECT relname, relowner::regrole FROM pg_class WHERE relname LIKE 'mine%' ORDER BY relname;
-- A role may begin every session as another one.
CREATE ROLE regress_sr_login LOGIN;
GRANT regress_sr_a TO regress_sr_login;
ALTER ROLE regress_sr_login SET role = 'regress_sr_a';
\set QUIET on
\c :DBNAME regress_sr_login
\set QUIET off
SELECT current_user, session_user;
SET ROLE NONE;
SELECT current_user, session_user;
RESET ROLE;
SELECT current_user, session_user;
SET SESSION AUTHORIZATION regress_sr_a;
SET SESSION AUTHORIZATION regress_sr_login;
\set QUIET on
\set target 'user=postgres options=''-c role=regress_sr_b'''
\c -reuse-previous=on :target
\set QUIET off
SELECT current_user, session_user;
DISCARD ALL;
SELECT current_user, session_user;
SET ROLE NONE;
DROP VIEW seen;
DROP TABLE of_b, mine;
REVOKE CREATE ON SCHEMA public FROM regress_sr_a;
DROP ROLE regress_sr_login, regress_sr_a, regress_sr_b, regress_sr_c;
