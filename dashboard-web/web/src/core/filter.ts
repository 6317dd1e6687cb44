/** What is looked for, as the reader types it. */
export interface Filter {
  readonly types: readonly string[];
  readonly processes: readonly string[];
  readonly pids: readonly string[];
  /** A regular expression over the event's JSON. */
  readonly text: string;
}

export const NO_FILTER: Filter = { types: [], processes: [], pids: [], text: '' };

/** Something to look for, with a name for it before the colon; a value with blanks is in quotes. */
const TERM = /(?:(\w+):)?(?:"([^"]*)"|\/((?:[^/\\]|\\.)*)\/|(\S+))/g;

const quoted = (value: string): string => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Reads `type:wal.* process:checkpointer pid:12 xid:742 relation:employees /timeout|deadlock/`. A word
 * alone is a type if it has a dot, and otherwise a text that the event must contain.
 */
export function parseFilter(source: string): Filter {
  const filter = { types: [] as string[], processes: [] as string[], pids: [] as string[] };
  const texts: string[] = [];
  for (const [, name, inQuotes, regex, word] of source.matchAll(TERM)) {
    const value = inQuotes ?? word ?? '';
    if (regex !== undefined) {
      texts.push(regex);
    } else if (name === 'type') {
      filter.types.push(value);
    } else if (name === 'process') {
      filter.processes.push(value);
    } else if (name === 'pid' && /^\d+$/.test(value)) {
      filter.pids.push(value);
    } else if (name === 'xid') {
      texts.push(`"xid":"?${quoted(value)}\\b`);
    } else if (name === 'relation') {
      texts.push(`"(relname|target|query_summary)":"[^"]*${quoted(value)}`);
    } else if (name === undefined && /^[a-z]+\.[a-z_*]+$/.test(value)) {
      filter.types.push(value);
    } else if (value !== '') {
      texts.push(quoted(name === undefined ? value : `${name}:${value}`));
    }
  }
  // All of the texts, in any order.
  const text = texts.length <= 1 ? (texts[0] ?? '') : texts.map((t) => `(?=.*${t})`).join('');
  return { ...filter, text };
}

export const isEmpty = (f: Filter): boolean =>
  f.types.length + f.processes.length + f.pids.length === 0 && f.text === '';

/** The filter as parameters of a request. */
export function filterQuery(filter: Filter, withText: boolean): string {
  const query = new URLSearchParams();
  const list = (name: string, values: readonly string[]) => {
    if (values.length > 0) {
      query.set(name, values.join(','));
    }
  };
  list('types', filter.types);
  list('processes', filter.processes);
  list('pids', filter.pids);
  if (withText && filter.text !== '') {
    query.set('text', filter.text);
  }
  return query.toString();
}
