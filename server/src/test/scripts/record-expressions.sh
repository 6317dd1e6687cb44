#!/bin/sh
# Writes anew what a running PostgreSQL 15 answers to the expressions in
# server/src/test/resources/regress/expressions: lines "> expression" stay, what is below each is
# replaced. The database must have encoding UTF8 and locale C.
#
#   PGHOST=... PGPORT=... PGUSER=postgres sh server/src/test/scripts/record-expressions.sh [file...]
set -eu
folder=$(cd "$(dirname "$0")/../resources/regress/expressions" && pwd)
export PGCLIENTENCODING=UTF8
psql -X -q -c 'select 1' postgres > /dev/null
[ $# -gt 0 ] || set -- "$folder"/*.txt
for file in "$@"; do
  {
    echo "set timezone = 'UTC';"
    awk '
      /^> / { e = substr($0, 3); q = e; gsub(/\\/, "\\\\\\\\", q); gsub(/\047/, "\\\047", q)
              print "\\echo \047> " q "\047"; print "select " e ";" }
      /^! / { q = $0; gsub(/\047/, "\\\047", q); print "\\echo \047" q "\047"; print substr($0, 3) ";" }
      /^#/  { q = $0; gsub(/\047/, "\\\047", q); print "\\echo \047" q "\047" }' "$file"
  } | psql -X -q -A -t -P null='\N' -v VERBOSITY=verbose -f - postgres 2>&1 |
    sed -E -e 's/^psql:<stdin>:[0-9]+: //' -e '/^LINE [0-9]+: /,/^ *\^$/d' -e '/^LOCATION: /d' > "$file.new"
  mv "$file.new" "$file"
done
