// pgx: values in the binary format, batches, copies, transactions, pools, locks and cancellation.
// Usage: pgx_scenario URL
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

var ctx = context.Background()

// must ends the scenario where something fails that should not.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func equal(expected, actual any) {
	if !reflect.DeepEqual(expected, actual) {
		panic(fmt.Sprintf("expected %#v, but it is %#v", expected, actual))
	}
}

func code(err error) string {
	var told *pgconn.PgError
	if !errors.As(err, &told) {
		panic(fmt.Sprintf("no error of the server: %v", err))
	}
	return told.Code
}

func values(url string, conn *pgx.Conn) {
	_, err := conn.Exec(ctx, `CREATE TABLE v (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t text,
		n numeric(10,2), b boolean, d date, ts timestamptz, j jsonb, a int[], raw bytea, f float8, u uuid,
		i interval, words text[])`)
	must(err)
	at := time.Date(2024, 3, 1, 12, 0, 0, 123456000, time.UTC)
	var id int64
	var price pgtype.Numeric
	must(price.Scan("12.50"))
	must(conn.QueryRow(ctx, `INSERT INTO v (t, n, b, d, ts, j, a, raw, f, u, i, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		"wört", price, true, at, at, map[string]any{"a": []any{1.0, nil}}, []int32{1, 2, 3}, []byte{0, 1, 255},
		0.1, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", 26*time.Hour, []string{"a", `b"c,`}).Scan(&id))
	equal(int64(1), id)
	type row struct {
		T     string
		N     string
		B     *bool
		D     time.Time
		Ts    time.Time
		J     map[string]any
		A     []int32
		Raw   []byte
		F     float64
		U     string
		I     time.Duration
		Words []string
	}
	rows, err := conn.Query(ctx, "SELECT t, n::text, b, d, ts, j, a, raw, f, u, i, words FROM v")
	must(err)
	got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	must(err)
	yes := true
	got.Ts = got.Ts.UTC()
	equal(row{"wört", "12.50", &yes, time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), at,
		map[string]any{"a": []any{1.0, nil}}, []int32{1, 2, 3}, []byte{0, 1, 255}, 0.1,
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8", 26 * time.Hour, []string{"a", `b"c,`}}, got)
	var none *string
	must(conn.QueryRow(ctx, "SELECT NULL::text WHERE $1 = ANY($2::int[])", 2, []int{1, 2}).Scan(&none))
	equal((*string)(nil), none)
	equal(pgx.ErrNoRows, conn.QueryRow(ctx, "SELECT 1 WHERE false").Scan(&id))
}

// modes runs one query in each way in which pgx sends one.
func modes(url string, conn *pgx.Conn) {
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe,
		pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		for i := 1; i < 4; i++ {
			var sum int
			var text string
			must(conn.QueryRow(ctx, "SELECT $1::int + 1, $2::text", mode, i, "it's").Scan(&sum, &text))
			equal(i+1, sum)
			equal("it's", text)
		}
	}
}

func batches(url string, conn *pgx.Conn) {
	_, err := conn.Exec(ctx, "CREATE TABLE b (id int PRIMARY KEY, t text)")
	must(err)
	batch := &pgx.Batch{}
	for i := 0; i < 100; i++ {
		batch.Queue("INSERT INTO b VALUES ($1, $2)", i, fmt.Sprint("row ", i))
	}
	var count int
	batch.Queue("SELECT count(*) FROM b").QueryRow(func(row pgx.Row) error { return row.Scan(&count) })
	must(conn.SendBatch(ctx, batch).Close())
	equal(100, count)
	broken := &pgx.Batch{}
	broken.Queue("INSERT INTO b VALUES (1000)")
	broken.Queue("INSERT INTO b VALUES (1)")
	broken.Queue("INSERT INTO b VALUES (1001)")
	equal("23505", code(conn.SendBatch(ctx, broken).Close()))
	must(conn.QueryRow(ctx, "SELECT count(*) FROM b").Scan(&count))
	equal(100, count) // the pipeline is one transaction
}

func copies(url string, conn *pgx.Conn) {
	_, err := conn.Exec(ctx, "CREATE TABLE c (id int, t text, at timestamptz, n numeric, a int[])")
	must(err)
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	copied, err := conn.CopyFrom(ctx, pgx.Identifier{"c"}, []string{"id", "t", "at", "n", "a"},
		pgx.CopyFromSlice(5000, func(i int) ([]any, error) {
			if i%7 == 0 {
				return []any{i, nil, nil, nil, nil}, nil
			}
			return []any{i, fmt.Sprint("row ", i), at, "1.5", []int32{int32(i)}}, nil
		}))
	must(err)
	equal(int64(5000), copied)
	var sum, filled int64
	must(conn.QueryRow(ctx, "SELECT sum(id), count(a[1]) FROM c WHERE at IS NULL OR at = $1", at).Scan(&sum, &filled))
	equal(int64(12497500), sum)
	equal(int64(4285), filled)
}

func transactions(url string, conn *pgx.Conn) {
	fails := errors.New("undo")
	equal(fails, pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM b")
		must(err)
		return fails
	}))
	must(pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		inner, err := tx.Begin(ctx)
		must(err)
		_, err = inner.Exec(ctx, "INSERT INTO b VALUES (1)")
		equal("23505", code(err))
		must(inner.Rollback(ctx))
		_, err = tx.Exec(ctx, "INSERT INTO b VALUES (100, 'after a savepoint')")
		return err
	}))
	err := pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM b")
		return err
	})
	equal("25006", code(err))
	var count int
	must(conn.QueryRow(ctx, "SELECT count(*) FROM b").Scan(&count))
	equal(101, count)
}

func pools(url string, conn *pgx.Conn) {
	config, err := pgxpool.ParseConfig(url)
	must(err)
	config.MaxConns = 6
	pool, err := pgxpool.NewWithConfig(ctx, config)
	must(err)
	defer pool.Close()
	_, err = pool.Exec(ctx, "CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)")
	must(err)
	var all sync.WaitGroup
	for i := 0; i < 50; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			must(pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
				var n int
				must(tx.QueryRow(ctx, "SELECT n FROM counter FOR UPDATE").Scan(&n))
				_, err := tx.Exec(ctx, "UPDATE counter SET n = $1", n+1)
				return err
			}))
		}()
	}
	all.Wait()
	var n int
	must(pool.QueryRow(ctx, "SELECT n FROM counter").Scan(&n))
	equal(50, n)
}

func cancellation(url string, conn *pgx.Conn) {
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := conn.Exec(short, "SELECT pg_sleep(30)")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
		panic(err)
	}
	other, err := pgx.Connect(ctx, url)
	must(err)
	defer other.Close(ctx)
	go func() {
		time.Sleep(100 * time.Millisecond)
		must(other.PgConn().CancelRequest(ctx))
	}()
	_, err = other.Exec(ctx, "SELECT pg_sleep(30)")
	equal("57014", code(err))
	var one int
	must(other.QueryRow(ctx, "SELECT 1").Scan(&one))
}

func main() {
	url := os.Args[1]
	conn, err := pgx.Connect(ctx, url)
	must(err)
	for _, step := range []struct {
		name string
		run  func(string, *pgx.Conn)
	}{{"values", values}, {"modes", modes}, {"batches", batches}, {"copies", copies},
		{"transactions", transactions}, {"pools", pools}, {"cancellation", cancellation}} {
		step.run(url, conn)
		fmt.Println("ok", step.name)
	}
}
