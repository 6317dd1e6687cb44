import { useState } from 'preact/hooks';
import { grouped } from '../base/format';
import type { SqlLane } from '../core/lanes';
import type { Store } from '../core/store';
import { askToken, token } from './token';

const EXAMPLE = `SELECT sequence, event AS label
FROM lifeline.events
WHERE event LIKE 'checkpoint.%'`;

const ROWS_SHOWN = 40;

async function run(store: Store, sql: string): Promise<void> {
  const secret = token() ?? (await askToken(store, 'This asks the server'));
  if (secret !== undefined) {
    await store.runLane(sql, secret);
  }
}

/** Queries whose rows are lanes of the timeline. */
export function SqlPanel({ store }: { store: Store }) {
  const [typed, setTyped] = useState('');
  const add = () => {
    const sql = typed.trim().replace(/;$/, '');
    if (sql !== '') {
      void run(store, sql);
    }
  };
  return (
    <>
      <section aria-label="A lane from SQL">
        <h2>A lane from SQL</h2>
        <p class="hint">
          Every row with a <code>sequence</code> or a <code>time</code> becomes a mark on a lane of its
          own; <code>label</code> names it, <code>value</code> is its height. The log is the view{' '}
          <code>lifeline.events</code>.
        </p>
        <form
          class="sql"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <textarea
            aria-label="Query"
            data-testid="sql"
            rows={6}
            spellcheck={false}
            placeholder={EXAMPLE}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.preventDefault();
                add();
              }
            }}
          />
          <details>
            <summary>{store.login.user === '' ? 'as lifeline_dashboard, read-only' : `as ${store.login.user}`}</summary>
            <label class="field">
              role
              <input type="text" value={store.login.user} autocomplete="off" onInput={(e) => { store.login = { ...store.login, user: e.currentTarget.value.trim() }; store.changed(); }} />
            </label>
            <label class="field">
              password
              <input type="password" value={store.login.password} autocomplete="off" onInput={(e) => { store.login = { ...store.login, password: e.currentTarget.value }; }} />
            </label>
          </details>
          <div class="buttons">
            <button type="submit" class="primary" data-testid="sql-run">
              Show as a lane
            </button>
          </div>
        </form>
      </section>
      {store.lanes.map((lane) => (
        <Lane key={lane.sql} lane={lane} store={store} edit={setTyped} />
      ))}
    </>
  );
}

function Lane({ lane, store, edit }: { lane: SqlLane; store: Store; edit: (sql: string) => void }) {
  const { answer } = lane;
  return (
    <section aria-label="Lane" class="sql-lane" data-testid="sql-lane" data-state={lane.state}>
      <pre>{lane.sql}</pre>
      {lane.state === 'new' && <p class="hint">This query came with the address. It has not run yet.</p>}
      {lane.failure !== undefined && (
        <p class="failure" role="alert">
          {lane.failure}
        </p>
      )}
      {answer !== undefined && (
        <p class="hint" data-testid="sql-count">
          {grouped(answer.points.length)} {answer.points.length === 1 ? 'row' : 'rows'}
          {answer.more ? ', and there are more' : ''}
          {answer.elsewhere > 0 ? `; ${grouped(answer.elsewhere)} stand where the log does not reach` : ''}
        </p>
      )}
      <div class="buttons">
        <button type="button" onClick={() => void run(store, lane.sql)} disabled={lane.state === 'running'}>
          {lane.state === 'new' ? 'Run' : 'Run again'}
        </button>
        <button type="button" onClick={() => edit(lane.sql)}>
          Edit
        </button>
        <button type="button" data-testid="sql-remove" onClick={() => store.removeLane(lane.sql)}>
          Remove
        </button>
      </div>
      {answer !== undefined && answer.points.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">event</th>
              <th scope="col">label</th>
              <th scope="col">value</th>
            </tr>
          </thead>
          <tbody>
            {answer.points.slice(0, ROWS_SHOWN).map((point, i) => (
              <tr key={i}>
                <td>
                  <button type="button" class="plain" onClick={() => void store.show(point.sequence)}>
                    #{point.sequence}
                  </button>
                </td>
                <td>{point.label}</td>
                <td>{point.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
