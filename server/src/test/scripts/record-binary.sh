#!/bin/sh
# Writes anew, in server/src/test/resources/regress/binary.txt, the bytes that a running PostgreSQL 15
# sends for each "type|text": the third column, in hexadecimal.
#
#   PGHOST=... PGPORT=... PGUSER=postgres sh server/src/test/scripts/record-binary.sh
set -eu
export PGCLIENTENCODING=UTF8
file=$(cd "$(dirname "$0")/../resources/regress" && pwd)/binary.txt
psql -X -q -c 'select 1' postgres > /dev/null
{
  echo "set timezone = 'UTC';"
  awk -F'|' '{ t = $2; gsub(/\047/, "\047\047", t)
    printf "select format(\047select %%L || \047\047|\047\047 || %%L || \047\047|\047\047 || encode(%%s(%%L::%%s), \047\047hex\047\047)\047, \047%s\047, \047%s\047, typsend, \047%s\047, \047%s\047) from pg_type where oid = \047%s\047::regtype \\gexec\n", $1, t, t, $1, $1 }' "$file"
} | psql -X -q -A -t -v ON_ERROR_STOP=1 -f - postgres > "$file.new"
mv "$file.new" "$file"
