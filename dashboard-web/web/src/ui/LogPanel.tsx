import { useEffect, useState } from 'preact/hooks';
import { clockText, micros } from '../base/time';
import { filterQuery, isEmpty } from '../core/filter';
import type { TickView } from '../core/api';
import type { Store } from '../core/store';

const SHOWN_MAX = 80;

/** The events up to the shown instant, or those that the filter found, as a table. */
export function LogPanel({ store }: { store: Store }) {
  const [read, setRead] = useState<readonly TickView[]>([]);
  const filtered = !isEmpty(store.filter);
  const sequence = store.sequence();
  useEffect(() => {
    let gone = false;
    void store.api
      .search(sequence + 1, true, SHOWN_MAX, filterQuery(store.filter, true))
      .then((found) => !gone && setRead(found.matches))
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, [store, store.isLive ? Math.floor(sequence) : sequence, store.filterText]);
  return (
    <section aria-label="Events">
      <h2>
        {filtered ? 'Events that the filter found' : 'Events up to this instant'}
      </h2>
      <table data-testid="recent">
        <thead>
          <tr>
            <th scope="col">time</th>
            <th scope="col">event</th>
            <th scope="col">process</th>
          </tr>
        </thead>
        <tbody>
          {read.map((tick) => (
            <tr
              key={tick.sequence}
              class={tick.sequence === store.selected ? 'is' : ''}
              data-sequence={tick.sequence}
            >
              <td>
                <button type="button" onClick={() => void store.show(tick.sequence)}>
                  {clockText(micros(tick.time), 20)}
                </button>
              </td>
              <td class={tick.group === 'trouble' ? 'bad' : ''}>{tick.type}</td>
              <td title={store.overview?.rows[tick.row]?.type}>
                {tick.pid === 0 ? '' : `${tick.pid} `}
                {store.overview?.rows[tick.row]?.type}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
