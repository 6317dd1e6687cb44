"""psycopg 3: what an application does with the driver itself. Usage: psycopg_scenario.py CONNINFO"""

import datetime
import decimal
import sys
import threading
import uuid

import psycopg
from psycopg import errors, sql
from psycopg.rows import dict_row, namedtuple_row
from psycopg.types.json import Jsonb

CONNINFO = sys.argv[1]

VALUES = [
    ("smallint", -32768),
    ("integer", 2147483647),
    ("bigint", -(2**63)),
    ("numeric", decimal.Decimal("12345678901234567890.0987654321")),
    ("numeric", decimal.Decimal("NaN")),
    ("double precision", 0.1),
    ("real", 1.5),
    ("boolean", True),
    ("text", "naïve \u2603 'quoted' \\ $1"),
    ("bytea", bytes(range(256))),
    ("date", datetime.date(2024, 2, 29)),
    ("time", datetime.time(23, 59, 59, 999999)),
    ("timestamp", datetime.datetime(1999, 12, 31, 23, 59, 59, 1)),
    ("timestamptz", datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)),
    ("interval", datetime.timedelta(days=3, hours=4, microseconds=5)),
    ("uuid", uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")),
    ("integer[]", [1, None, 3]),
    ("text[]", ["a,b", 'c"d', "", None]),
    ("jsonb", {"a": [1, 2.5, None], "b": "\u00e9"}),
]


def values(connection):
    for binary in (False, True):
        with connection.cursor(binary=binary) as cursor:
            for type_name, value in VALUES:
                parameter = Jsonb(value) if type_name == "jsonb" else value
                for marker in ("%t", "%b") if type_name != "jsonb" else ("%s",):
                    got = cursor.execute(
                        f"SELECT {marker}::{type_name}", [parameter]
                    ).fetchone()[0]
                    if isinstance(value, decimal.Decimal) and value.is_nan():
                        assert got.is_nan(), got
                    else:
                        assert got == value, (type_name, binary, value, got)


def transactions(connection):
    connection.execute("CREATE TABLE account (id int PRIMARY KEY, balance int CHECK (balance >= 0))")
    connection.commit()
    with connection.transaction():
        connection.execute("INSERT INTO account VALUES (1, 100), (2, 0)")
        try:
            with connection.transaction():
                connection.execute("UPDATE account SET balance = balance - 200 WHERE id = 1")
        except errors.CheckViolation as e:
            assert e.sqlstate == "23514"
            assert e.diag.constraint_name == "account_balance_check", e.diag.constraint_name
        connection.execute("UPDATE account SET balance = balance + 1 WHERE id = 2")
    rows = connection.execute("SELECT * FROM account ORDER BY id").fetchall()
    assert rows == [(1, 100), (2, 1)], rows
    connection.commit()


def many(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE item (id serial PRIMARY KEY, name text, tags text[])")
        cursor.executemany(
            "INSERT INTO item (name, tags) VALUES (%s, %s) RETURNING id",
            [(f"item {i}", [str(i)]) for i in range(200)],
            returning=True,
        )
        ids = [cursor.fetchone()[0]]
        while cursor.nextset():
            ids.append(cursor.fetchone()[0])
        assert ids == list(range(1, 201)), ids[:5]
    with connection.pipeline():
        answers = [
            connection.execute("SELECT name FROM item WHERE id = %s", [i]) for i in range(1, 101)
        ]
        assert [a.fetchone()[0] for a in answers] == [f"item {i}" for i in range(100)]
    # The sixth execution is of a prepared statement.
    for i in range(10):
        row = connection.execute("SELECT count(*) FROM item WHERE id <= %s", [i]).fetchone()
        assert row == (i,), row
    prepared = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]
    assert prepared >= 1, prepared
    with connection.cursor(name="part", row_factory=dict_row) as part:
        part.execute("SELECT id, name FROM item ORDER BY id")
        assert part.fetchmany(3)[2] == {"id": 3, "name": "item 2"}
        part.scroll(10)
        assert part.fetchone()["id"] == 14
        assert sum(1 for _ in part) == 186
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        table = sql.Identifier("item")
        cursor.execute(sql.SQL("SELECT max(id) AS top FROM {}").format(table))
        assert cursor.fetchone().top == 200
    connection.commit()


def copies(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE copied (id int, t text, at timestamptz)")
        now = datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        with cursor.copy("COPY copied FROM STDIN") as copy:
            for i in range(1000):
                copy.write_row((i, None if i % 10 == 0 else f"line\t{i}\n", now))
        assert cursor.rowcount == 1000
        with cursor.copy("COPY (SELECT * FROM copied WHERE id < 3 ORDER BY id) TO STDOUT") as copy:
            copy.set_types(["int4", "text", "timestamptz"])
            assert list(copy.rows()) == [(0, None, now), (1, "line\t1\n", now), (2, "line\t2\n", now)]
        try:
            with cursor.copy("COPY copied FROM STDIN") as copy:
                copy.write("not\ta\n")
            raise AssertionError("a bad line was taken")
        except errors.InvalidTextRepresentation as e:
            assert "COPY copied, line 1, column id" in e.diag.context, e.diag.context
    connection.rollback()


def notices(connection):
    connection.autocommit = True
    seen = []
    connection.add_notice_handler(lambda notice: seen.append(notice.message_primary))
    connection.execute("DROP TABLE IF EXISTS there_is_none")
    assert seen == ['table "there_is_none" does not exist, skipping'], seen
    connection.autocommit = False


def cancellation(connection):
    timer = threading.Timer(0.3, connection.cancel_safe)
    timer.start()
    try:
        connection.execute("SELECT pg_sleep(30)")
        raise AssertionError("it was not cancelled")
    except errors.QueryCanceled:
        connection.rollback()
    timer.join()


def two_sessions(connection):
    connection.execute("CREATE TABLE job (id int PRIMARY KEY, done bool DEFAULT false)")
    connection.execute("INSERT INTO job (id) SELECT generate_series(1, 4)")
    connection.commit()
    take = "SELECT id FROM job WHERE NOT done ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED"
    with psycopg.connect(CONNINFO) as other:
        assert connection.execute(take).fetchall() == [(1,), (2,)]
        assert other.execute(take).fetchall() == [(3,), (4,)]
        try:
            other.execute("SELECT 1 FROM job WHERE id = 1 FOR UPDATE NOWAIT")
            raise AssertionError("the row was locked")
        except errors.LockNotAvailable:
            other.rollback()
    connection.rollback()


with psycopg.connect(CONNINFO) as session:
    for step in (values, transactions, many, copies, notices, cancellation, two_sessions):
        step(session)
        print("ok", step.__name__)
