-- views: what they show, what they depend on, how they are replaced
SET client_min_messages = warning;
CREATE TABLE item (id int PRIMARY KEY, name varchar(20) NOT NULL, price numeric(8,2), kind text);
CREATE TABLE sale (item int, at date, pieces int);
INSERT INTO item VALUES (1, 'cup', 3.50, 'dish'), (2, 'plate', 5, 'dish'), (3, 'fork', 2.25, 'tool'), (4, 'spoon', NULL, 'tool');
INSERT INTO sale VALUES (1, '2024-01-01', 10), (1, '2024-01-02', 5), (3, '2024-01-02', 7), (9, '2024-01-03', 1);
CREATE VIEW dish AS SELECT * FROM item WHERE kind = 'dish';
SELECT * FROM dish ORDER BY id;
SELECT d.name, upper(d.kind) FROM dish d WHERE price > 4;
-- a star is what it was
ALTER TABLE item ADD COLUMN color text DEFAULT 'white';
SELECT * FROM dish ORDER BY id;
SELECT count(*), sum(price) FROM dish;
-- column names
CREATE VIEW named (a, b) AS SELECT id, name, price FROM item;
SELECT * FROM named ORDER BY a DESC LIMIT 2;
CREATE VIEW too_many (a, b, c) AS SELECT 1, 2;
CREATE VIEW twice AS SELECT id, id FROM item;
CREATE VIEW twice AS SELECT i.*, s.* FROM item i JOIN item s ON i.id = s.id;
-- joins, groups, set operations, subqueries, WITH, windows
CREATE VIEW turnover AS
  SELECT i.kind, count(*) AS sales, sum(s.pieces * i.price) AS money
  FROM item i JOIN sale s ON s.item = i.id GROUP BY i.kind HAVING count(*) > 0;
SELECT * FROM turnover ORDER BY kind;
CREATE VIEW using_join AS SELECT * FROM item JOIN (SELECT item AS id, pieces FROM sale) s USING (id);
SELECT id, name, pieces FROM using_join ORDER BY id, pieces;
CREATE VIEW outer_join AS SELECT s.*, i.name FROM sale s LEFT JOIN item i ON i.id = s.item;
SELECT * FROM outer_join ORDER BY at, item;
CREATE VIEW names AS SELECT name FROM item UNION SELECT kind FROM item;
SELECT * FROM names ORDER BY 1;
CREATE VIEW unsold AS SELECT name FROM item i WHERE NOT EXISTS (SELECT 1 FROM sale WHERE sale.item = i.id);
SELECT * FROM unsold ORDER BY 1;
CREATE VIEW best AS WITH by_item AS (SELECT item, sum(pieces) AS n FROM sale GROUP BY item)
  SELECT item, n, rank() OVER (ORDER BY n DESC) FROM by_item;
SELECT * FROM best ORDER BY item;
CREATE RECURSIVE VIEW countdown (n) AS SELECT 3 UNION ALL SELECT n - 1 FROM countdown WHERE n > 1;
SELECT * FROM countdown;
CREATE VIEW constants AS SELECT 'text' AS t, 1 AS i, 1.5 AS n, NULL AS nothing, DATE '2024-02-29' AS d;
SELECT * FROM constants;
-- views of views
CREATE VIEW cheap_dish AS SELECT name FROM dish WHERE price < 4;
SELECT * FROM cheap_dish;
SELECT name FROM dish EXCEPT SELECT name FROM cheap_dish;
-- another search_path, another schema
CREATE SCHEMA shop;
CREATE VIEW shop.dish_names AS SELECT name FROM dish;
SET search_path = shop;
SELECT * FROM dish_names ORDER BY 1;
SELECT * FROM public.turnover ORDER BY kind;
RESET search_path;
-- replace
CREATE VIEW dish AS SELECT 1;
CREATE OR REPLACE VIEW dish AS SELECT id, name, price, kind FROM item WHERE kind = 'dish' AND id > 1;
SELECT * FROM dish;
CREATE OR REPLACE VIEW dish AS SELECT id, name, price, kind, color FROM item WHERE kind = 'dish';
SELECT * FROM dish ORDER BY id;
SELECT * FROM cheap_dish;
CREATE OR REPLACE VIEW dish AS SELECT id, name, price FROM item;
CREATE OR REPLACE VIEW dish AS SELECT id, name AS title, price, kind, color FROM item;
CREATE OR REPLACE VIEW dish AS SELECT id::bigint, name, price, kind, color FROM item;
CREATE OR REPLACE VIEW item AS SELECT 1;
CREATE OR REPLACE VIEW fresh AS SELECT 1 AS one;
SELECT * FROM fresh;
-- what cannot be in one
CREATE VIEW nope AS SELECT * FROM missing;
CREATE VIEW nope AS SELECT nothing FROM item;
CREATE VIEW nope AS SELECT $1;
CREATE VIEW nope WITH (colour = red) AS SELECT 1;
CREATE VIEW barrier WITH (security_barrier) AS SELECT id FROM item;
SELECT reloptions FROM pg_class WHERE relname = 'barrier';
-- dependencies
CREATE TABLE one (a int, b int);
CREATE VIEW uses_b AS SELECT b FROM one;
ALTER TABLE one DROP COLUMN b;
ALTER TABLE one DROP COLUMN a;
SELECT * FROM uses_b;
DROP TABLE one;
DROP TABLE one CASCADE;
SELECT * FROM uses_b;
ALTER TABLE sale ADD COLUMN extra int;
ALTER TABLE sale DROP COLUMN extra;
DROP VIEW dish;
DROP VIEW item;
DROP TABLE dish;
DROP VIEW missing;
DROP VIEW IF EXISTS missing;
DROP VIEW dish CASCADE;
SELECT * FROM cheap_dish;
SELECT relname, relkind, relnatts, relhasrules FROM pg_class WHERE relname IN ('turnover', 'best') ORDER BY 1;
SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = 'named'::regclass ORDER BY attnum;
SELECT table_name, is_updatable FROM information_schema.views WHERE table_name = 'turnover';
SELECT viewname, viewowner FROM pg_views WHERE viewname = 'turnover';
-- undone with its transaction
BEGIN;
CREATE VIEW gone AS SELECT 1 AS x;
SELECT * FROM gone;
ROLLBACK;
SELECT * FROM gone;
DROP VIEW named, names, fresh;
DROP SCHEMA shop CASCADE;
