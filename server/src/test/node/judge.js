// Answers on stdout, line by line, what PostgreSQL's grammar says of the statements on stdin.
// In:  {"sql": "..."}
// Out: {"tree": ...} without locations, or {"error": "...", "position": n} in characters from 0.
'use strict';

const readline = require('node:readline');
const { parseSync, loadModule } = require('libpg-query');

const PLACES = new Set(['location', 'stmt_location', 'stmt_len', 'version', 'name_location']);

/** The tree without places in the text, and with one spelling of what has several. */
function normalized(node) {
  if (Array.isArray(node)) {
    return node.map(normalized);
  }
  if (node === null || typeof node !== 'object') {
    return node;
  }
  const result = {};
  for (const key of Object.keys(node).sort()) {
    if (PLACES.has(key)) {
      continue;
    }
    // Digits may be grouped by underscores, which mean nothing.
    result[key] = key === 'fval' && typeof node[key] === 'string'
      ? node[key].replaceAll('_', '')
      : normalized(node[key]);
  }
  return result;
}

function answer(sql) {
  try {
    return { tree: JSON.stringify(normalized(parseSync(sql))) };
  } catch (e) {
    const position = e.sqlDetails?.cursorPosition;
    return { error: e.message, position: position === undefined ? -1 : position };
  }
}

loadModule().then(() => {
  const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity });
  lines.on('line', (line) => {
    process.stdout.write(JSON.stringify(answer(JSON.parse(line).sql)) + '\n');
  });
});
