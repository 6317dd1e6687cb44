// node-postgres: values, prepared statements, pools, cursors, streams, copies, errors and cancellation.
// Usage: node_postgres_scenario.cjs URL; the modules are found by NODE_PATH.
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { Client, DatabaseError, Pool } = require('pg');
const Cursor = require('pg-cursor');
const QueryStream = require('pg-query-stream');
const copy = require('pg-copy-streams');

const connectionString = process.argv[2];

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('this should have failed');
}

async function values(client) {
  await client.query(`CREATE TABLE v (id serial PRIMARY KEY, t text, n numeric(10,2), b boolean, d date,
    ts timestamptz, j jsonb, a int[], raw bytea, f float8, big bigint, u uuid, i interval)`);
  const raw = Buffer.from([0, 1, 255]);
  const inserted = await client.query(
    `INSERT INTO v (t, n, b, d, ts, j, a, raw, f, big, u, i)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
    ['wört', '12.50', true, '2024-02-29', new Date('2024-03-01T12:00:00.123Z'), { a: [1, null] },
      [1, null, 3], raw, 0.1, '9007199254740993', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', '1 day 02:00:00']);
  assert.equal(inserted.command, 'INSERT');
  assert.equal(inserted.rowCount, 1);
  assert.deepEqual(inserted.rows, [{ id: 1 }]);
  const { rows: [row], fields } = await client.query('SELECT * FROM v WHERE id = $1', [1]);
  assert.equal(row.t, 'wört');
  assert.equal(row.n, '12.50');
  assert.equal(row.b, true);
  assert.equal(row.d.getFullYear(), 2024);
  assert.equal(row.ts.toISOString(), '2024-03-01T12:00:00.123Z');
  assert.deepEqual(row.j, { a: [1, null] });
  assert.deepEqual(row.a, [1, null, 3]);
  assert.deepEqual(row.raw, raw);
  assert.equal(row.f, 0.1);
  assert.equal(row.big, '9007199254740993');
  assert.deepEqual({ ...row.i }, { days: 1, hours: 2 });
  assert.equal(fields[1].name, 't');
  assert.equal(fields[1].dataTypeID, 25);
  const arrays = await client.query({ text: 'SELECT 1 AS x, 2 AS x', rowMode: 'array' });
  assert.deepEqual(arrays.rows, [[1, 2]]);
  const binary = await client.query({ text: 'SELECT $1::int4 + 1 AS n', values: [41], binary: true });
  assert.equal(binary.rows[0].n, 42);
  const several = await client.query('SELECT 1 AS a; SELECT 2 AS b; UPDATE v SET b = false');
  assert.deepEqual(several.map((one) => one.command), ['SELECT', 'SELECT', 'UPDATE']);
}

async function prepared(client) {
  for (let i = 0; i < 3; i++) {
    const { rows } = await client.query({ name: 'doubled', text: 'SELECT $1::int * 2 AS n', values: [i] });
    assert.equal(rows[0].n, 2 * i);
  }
  const { rows } = await client.query('SELECT name FROM pg_prepared_statements');
  assert.deepEqual(rows, [{ name: 'doubled' }]);
}

async function transactions(client) {
  await client.query('BEGIN');
  await client.query('CREATE TABLE t (id int PRIMARY KEY)');
  await client.query('ROLLBACK');
  await client.query('CREATE TABLE t (id int PRIMARY KEY)');
  await client.query('BEGIN');
  await client.query('INSERT INTO t VALUES (1)');
  await client.query('SAVEPOINT s');
  const twice = await failure(client.query('INSERT INTO t VALUES ($1)', [1]));
  assert.ok(twice instanceof DatabaseError);
  assert.equal(twice.code, '23505');
  assert.equal(twice.constraint, 't_pkey');
  assert.equal(twice.detail, 'Key (id)=(1) already exists.');
  assert.equal((await failure(client.query('SELECT 1'))).code, '25P02');
  await client.query('ROLLBACK TO s');
  await client.query('COMMIT');
  const syntax = await failure(client.query('SELECT FRM'));
  assert.equal(syntax.code, '42703');
  assert.equal(syntax.position, '8');
}

async function pooled() {
  const pool = new Pool({ connectionString, max: 8 });
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => pool.query('SELECT $1::int AS n, pg_backend_pid() AS pid', [i])));
  assert.deepEqual(answers.map((one) => one.rows[0].n), Array.from({ length: 200 }, (_, i) => i));
  assert.ok(new Set(answers.map((one) => one.rows[0].pid)).size <= 8);
  await pool.end();
}

async function cursors(client) {
  await client.query('BEGIN');
  const cursor = client.query(new Cursor('SELECT * FROM generate_series(1, $1) AS n', [250]));
  const sizes = [];
  for (let rows = await cursor.read(100); rows.length > 0; rows = await cursor.read(100)) {
    sizes.push(rows.length);
  }
  assert.deepEqual(sizes, [100, 100, 50]);
  await cursor.close();
  let sum = 0;
  const stream = client.query(new QueryStream('SELECT * FROM generate_series(1, 1000) AS n', [], { batchSize: 64 }));
  for await (const row of stream) {
    sum += row.n;
  }
  assert.equal(sum, 500500);
  await client.query('COMMIT');
}

async function copies(client) {
  await client.query('CREATE TABLE c (id int, t text)');
  const lines = Array.from({ length: 5000 }, (_, i) => `${i}\t${i % 7 === 0 ? '\\N' : 'row ' + i}\n`);
  const into = client.query(copy.from('COPY c FROM STDIN'));
  await pipeline(Readable.from(lines), into);
  assert.equal(into.rowCount, 5000);
  let out = '';
  for await (const chunk of client.query(copy.to('COPY (SELECT * FROM c ORDER BY id) TO STDOUT'))) {
    out += chunk;
  }
  assert.equal(out, lines.join(''));
  const broken = await failure(pipeline(Readable.from(['x\ty\n']), client.query(copy.from('COPY c FROM STDIN'))));
  assert.equal(broken.code, '22P02');
  assert.equal((await client.query('SELECT count(*) FROM c')).rows[0].count, '5000');
}

async function notices(client) {
  const seen = [];
  client.on('notice', (notice) => seen.push(notice.message));
  await client.query('DROP TABLE IF EXISTS nosuch');
  assert.deepEqual(seen, ['table "nosuch" does not exist, skipping']);
}

async function cancellation() {
  const slow = new Client({ connectionString, statement_timeout: 300, application_name: 'node' });
  await slow.connect();
  assert.equal((await failure(slow.query('SELECT pg_sleep(30)'))).code, '57014');
  assert.equal((await slow.query('SHOW application_name')).rows[0].application_name, 'node');
  const other = new Client({ connectionString });
  await other.connect();
  const ended = new Promise((resolve) => slow.on('error', resolve));
  const pid = (await slow.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
  await other.query('SELECT pg_terminate_backend($1)', [pid]);
  assert.equal((await ended).code, '57P01');
  await other.end();
  const unknown = new Client({ connectionString: connectionString + '_not' });
  assert.equal((await failure(unknown.connect())).code, '3D000');
}

async function main() {
  const client = new Client({ connectionString });
  await client.connect();
  for (const step of [values, prepared, transactions, pooled, cursors, copies, notices, cancellation]) {
    await step(client);
    console.log('ok', step.name);
  }
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
