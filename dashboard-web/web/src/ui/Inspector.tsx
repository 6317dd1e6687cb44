import { clockText, durationText } from '../base/time';
import type { LogEvent } from '../core/event';
import type { Store } from '../core/store';
import { CloseIcon } from './icons';

/** How many of the events before the shown instant are listed. */
const RECENT = 40;

/** The selected event with the chain of its causes; without one, the latest events. */
export function Inspector({ store }: { store: Store }) {
  const select = (event: LogEvent) => {
    store.selected = event;
    store.player.scrub(event.time);
    store.changed();
  };
  return (
    <section class="inspector" aria-label="Events">
      {store.selected ? (
        <Details event={store.selected} store={store} onSelect={select} />
      ) : (
        <Recent store={store} onSelect={select} />
      )}
    </section>
  );
}

function causesOf(store: Store, event: LogEvent): LogEvent[] {
  const chain: LogEvent[] = [];
  let at: LogEvent | undefined = event;
  while (at && at.cause !== 0 && chain.length < 100) {
    at = store.history.at(store.history.indexOf(at.cause));
    if (at) {
      chain.push(at);
    }
  }
  return chain;
}

function Details({
  event,
  store,
  onSelect,
}: {
  event: LogEvent;
  store: Store;
  onSelect: (event: LogEvent) => void;
}) {
  const causes = causesOf(store, event);
  return (
    <>
      <h2>
        {event.type}
        <button
          type="button"
          class="close"
          title="Back to the latest events (Esc)"
          onClick={() => {
            store.selected = undefined;
            store.changed();
          }}
        >
          <CloseIcon />
        </button>
      </h2>
      <dl data-testid="event-details">
        <dt>sequence</dt>
        <dd>{event.sequence}</dd>
        <dt>time</dt>
        <dd>{clockText(event.time)}</dd>
        <dt>process</dt>
        <dd>
          {event.processType}/{event.pid}
        </dd>
        {Object.entries(event.data).map(([name, value]) => (
          <>
            <dt key={`${name}-name`}>{name}</dt>
            <dd key={name}>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>
          </>
        ))}
      </dl>
      {causes.length > 0 && (
        <>
          <h3>Caused by</h3>
          <ol class="events" data-testid="causes">
            {causes.map((cause) => (
              <Row
                key={cause.sequence}
                event={cause}
                note={`${durationText(event.time - cause.time)} before`}
                onSelect={onSelect}
              />
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Recent({ store, onSelect }: { store: Store; onSelect: (event: LogEvent) => void }) {
  const index = store.nowIndex();
  const recent = store.history.all.slice(Math.max(0, index - RECENT + 1), index + 1).reverse();
  return (
    <>
      <h2>Latest events</h2>
      {recent.length === 0 && <p class="empty">Nothing has happened yet.</p>}
      <ol class="events" data-testid="recent">
        {recent.map((event) => (
          <Row
            key={event.sequence}
            event={event}
            note={clockText(event.time, 20)}
            onSelect={onSelect}
          />
        ))}
      </ol>
    </>
  );
}

function Row({
  event,
  note,
  onSelect,
}: {
  event: LogEvent;
  note: string;
  onSelect: (event: LogEvent) => void;
}) {
  return (
    <li>
      <button type="button" onClick={() => onSelect(event)}>
        <span class="type">{event.type}</span>
        <span class="who">
          {event.processType}/{event.pid}
        </span>
        <span class="when">{note}</span>
      </button>
    </li>
  );
}
