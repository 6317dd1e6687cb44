#!/bin/sh
# Builds the front end; Maven calls it. The packages are installed again only when the lock file changed.
set -eu
cd "$(dirname "$0")"
stamp=node_modules/.lifeline-lock
if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi
exec npm run --silent "$@"
