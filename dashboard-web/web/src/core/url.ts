import { type Axis, isAxis, type Viewport } from './axis';

/** What of the page is in its address: who is sent it sees the same. */
export interface Address {
  readonly axis: Axis;
  /** Where the page stands; absent while it is live. */
  readonly at?: number;
  readonly view?: Viewport;
  readonly selected?: number;
  readonly filter?: string;
  readonly range?: Viewport;
  readonly speed?: number;
  readonly compare?: number;
  readonly pinned?: readonly number[];
  readonly panel?: string;
  readonly theme?: string;
  readonly oracle?: boolean;
  /** The queries whose rows are lanes. */
  readonly sql?: readonly string[];
}

const numbers = (text: string | null): number[] =>
  (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map(Number)
    .filter(Number.isFinite);

function pair(text: string | null): Viewport | undefined {
  const [from, to] = numbers(text);
  return from !== undefined && to !== undefined && to > from ? { from, to } : undefined;
}

/** Reads an address. `seq` alone is enough: it is what other tools link with. */
export function readAddress(hashOrQuery: string): Address {
  const query = new URLSearchParams(hashOrQuery.replace(/^[#?]/, ''));
  const axis = query.get('axis') ?? 'time';
  const one = (name: string) => numbers(query.get(name))[0];
  const fields = {
    at: one('at'),
    view: pair(query.get('view')),
    selected: one('seq'),
    filter: query.get('filter') ?? undefined,
    range: pair(query.get('range')),
    speed: one('speed'),
    compare: one('compare'),
    pinned: query.has('pinned') ? numbers(query.get('pinned')) : undefined,
    panel: query.get('panel') ?? undefined,
    theme: query.get('theme') ?? undefined,
    oracle: query.has('oracle') ? true : undefined,
    sql: query.has('sql') ? query.getAll('sql').filter((text) => text !== '') : undefined,
  };
  const given = Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined));
  return { axis: isAxis(axis) ? axis : 'time', ...given };
}

export function writeAddress(address: Address): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') {
      query.set(name, String(value));
    }
  };
  const part = (view: Viewport | undefined) =>
    view === undefined ? undefined : `${Math.round(view.from)},${Math.round(view.to)}`;
  put('axis', address.axis === 'time' ? undefined : address.axis);
  put('at', address.at === undefined ? undefined : Math.round(address.at));
  put('view', part(address.view));
  put('seq', address.selected);
  put('filter', address.filter);
  put('range', part(address.range));
  put('speed', address.speed === 1 ? undefined : address.speed);
  put('compare', address.compare);
  put('pinned', address.pinned?.join(','));
  put('panel', address.panel);
  put('theme', address.theme);
  put('oracle', address.oracle === true ? 1 : undefined);
  address.sql?.forEach((text) => query.append('sql', text));
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2A', '*');
}
