-- What pg_stat_user_tables and pg_stat_user_indexes count, and how the end of a transaction decides
-- about it. PostgreSQL counts at its convenience; pg_stat_force_next_flush() says that it is now.
create table t (id int, name text, n int) with (autovacuum_enabled = off);
create unique index t_id on t (id);
select pg_stat_force_next_flush();
select seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, n_tup_ins as ins, n_tup_upd as upd, n_tup_del as del, n_tup_hot_upd as hot, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
insert into t select i, 'row', i from generate_series(1, 100) i;
select pg_stat_force_next_flush();
select n_tup_ins as ins, n_tup_upd as upd, n_tup_del as del, n_tup_hot_upd as hot, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
-- reading
select count(*) from t;
select name from t where n = 17;
select pg_stat_force_next_flush();
select seq_scan, seq_tup_read
  from pg_stat_user_tables where relname = 't';
set enable_seqscan = off;
select name from t where id = 17;
select name from t where id = 1000;
reset enable_seqscan;
select pg_stat_force_next_flush();
select seq_scan, seq_tup_read, idx_scan, idx_tup_fetch
  from pg_stat_user_tables where relname = 't';
select indexrelname, idx_scan, idx_tup_read, idx_tup_fetch from pg_stat_user_indexes where relname = 't';
-- writing: heap-only updates, others, deletes
update t set n = n + 1 where n <= 10;
update t set id = id + 1000 where n between 90 and 92;
delete from t where n > 98;
select pg_stat_force_next_flush();
select n_tup_ins as ins, n_tup_upd as upd, n_tup_del as del, n_tup_hot_upd as hot, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
-- an aborted insert is a dead row, an aborted delete nothing
begin;
insert into t values (2001, 'gone', 0), (2002, 'gone', 0);
update t set n = 0 where n = 50;
delete from t where n = 51;
rollback;
select pg_stat_force_next_flush();
select n_tup_ins as ins, n_tup_upd as upd, n_tup_del as del, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
-- what a savepoint did that was rolled back to
begin;
insert into t values (3001, 'stays', 0);
savepoint a;
insert into t values (3002, 'gone', 0), (3003, 'gone', 0);
savepoint b;
delete from t where n = 60;
release b;
rollback to a;
savepoint c;
insert into t values (3004, 'stays', 0);
release c;
commit;
select pg_stat_force_next_flush();
select n_tup_ins as ins, n_tup_upd as upd, n_tup_del as del, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
-- a failed statement
insert into t values (4001, 'gone', 0), (4002, 'gone', 0), (17, 'duplicate', 0);
select pg_stat_force_next_flush();
select n_tup_ins as ins, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
-- an insert that finds its row there already
insert into t values (17, 'again', 0), (5001, 'new', 0) on conflict (id) do update set n = 18;
select pg_stat_force_next_flush();
select n_tup_ins as ins, n_tup_upd as upd, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
-- truncation, undone and done
begin;
insert into t values (6001, 'gone', 0);
truncate t;
insert into t values (6002, 'gone', 0);
rollback;
select pg_stat_force_next_flush();
select n_tup_ins as ins, n_tup_upd as upd, n_tup_del as del, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
begin;
insert into t values (6001, 'truncated', 0);
truncate t;
insert into t values (6002, 'stays', 0);
commit;
select pg_stat_force_next_flush();
select n_tup_ins as ins, n_tup_upd as upd, n_tup_del as del, n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
-- vacuum and analyze
insert into t select i, 'row', i from generate_series(1, 50) i;
delete from t where n > 40;
select pg_stat_force_next_flush();
select n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
vacuum t;
analyze t;
select pg_stat_force_next_flush();
select n_live_tup as live, n_dead_tup as dead, n_mod_since_analyze as mods, n_ins_since_vacuum as inss
  from pg_stat_user_tables where relname = 't';
select last_vacuum is null, last_autovacuum is null, last_analyze is null, last_autoanalyze is null,
       vacuum_count, autovacuum_count, analyze_count, autoanalyze_count from pg_stat_user_tables where relname = 't';
vacuum (analyze) t;
select vacuum_count, analyze_count from pg_stat_user_tables where relname = 't';
-- what is gone has no statistics
select count(*) from pg_stat_all_tables where relname = 't';
drop table t;
select count(*) from pg_stat_all_tables where relname = 't';
-- single counters, and setting them to zero
create table r (id int primary key) with (autovacuum_enabled = off);
insert into r values (1), (2), (3);
delete from r where id = 3;
select pg_stat_force_next_flush();
select pg_stat_get_live_tuples('r'::regclass) as live, pg_stat_get_dead_tuples('r'::regclass) as dead,
       pg_stat_get_tuples_inserted('r'::regclass) as ins, pg_stat_get_tuples_deleted('r'::regclass) as del,
       pg_stat_get_vacuum_count('r'::regclass) as vacuums, pg_stat_get_last_vacuum_time('r'::regclass) as vacuumed;
select pg_stat_get_live_tuples(0) as nothing;
select pg_stat_reset_single_table_counters('r'::regclass);
select n_tup_ins, n_live_tup, n_dead_tup from pg_stat_user_tables where relname = 'r';
insert into r values (4);
select pg_stat_force_next_flush();
select n_tup_ins, n_live_tup from pg_stat_user_tables where relname = 'r';
select pg_stat_reset();
select n_tup_ins, n_live_tup from pg_stat_user_tables where relname = 'r';
select stats_reset is not null as reset, tup_inserted from pg_stat_database where datname = current_database();
select pg_stat_reset_shared('archiver');
select archived_count, failed_count from pg_stat_archiver;
select pg_stat_reset_shared('recovery_prefetch');
select prefetch, hit, skip_init, skip_new, skip_fpw, skip_rep, wal_distance, block_distance, io_depth, stats_reset is not null as reset from pg_stat_recovery_prefetch;
select pg_stat_reset_shared('nonsense');
drop table r;
