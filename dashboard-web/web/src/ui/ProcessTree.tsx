import { kindOf } from '../core/processes';
import type { ClusterView, ProcessView } from '../core/state';

/** The processes that are alive at the shown instant, as the tree that the postmaster forked. */
export function ProcessTree({
  view,
  oracle,
  onSelect,
}: {
  view: ClusterView;
  oracle: boolean;
  onSelect: (pid: number) => void;
}) {
  const all = [...view.processes.values()].sort(
    (a, b) => kindOf(a.type).rank - kindOf(b.type).rank || a.pid - b.pid,
  );
  const roots = all.filter((p) => !view.processes.has(p.parent));
  const childrenOf = (pid: number) => all.filter((p) => p.parent === pid && p.pid !== pid);
  return (
    <section class="tree" aria-label="Processes">
      <h2>
        Processes <span class="count">{all.length}</span>
      </h2>
      {all.length === 0 && <p class="empty">No process is alive at this instant.</p>}
      <ul data-testid="process-tree">
        {roots.map((root) => (
          <li key={root.pid}>
            <ProcessRow process={root} oracle={oracle} onSelect={onSelect} />
            <ul>
              {childrenOf(root.pid).map((child) => (
                <li key={child.pid}>
                  <ProcessRow process={child} oracle={oracle} onSelect={onSelect} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ProcessRow({
  process,
  oracle,
  onSelect,
}: {
  process: ProcessView;
  oracle: boolean;
  onSelect: (pid: number) => void;
}) {
  const kind = kindOf(process.type);
  const session =
    process.user === undefined ? undefined : `${process.user}@${process.database ?? ''}`;
  const note = process.activity ?? session;
  return (
    <button
      type="button"
      class={`process ${process.state}`}
      data-type={process.type}
      data-pid={process.pid}
      title={kind.purpose}
      onClick={() => onSelect(process.pid)}
    >
      <span class="dot" />
      <span class="name">{process.type}</span>
      <span class="pid">{process.pid}</span>
      {oracle && kind.oracle && <span class="oracle">{kind.oracle}</span>}
      {note && <span class="note">{note}</span>}
    </button>
  );
}
