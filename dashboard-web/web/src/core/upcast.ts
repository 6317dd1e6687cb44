/** The data of an event of an older version, as it would be told today. */
type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/** What a server wrote there, and whoever observed one; see `FormerShapes` on the server. */
const recoveryReason: Upcaster = (data) => ({
  ...data,
  reason: data['reason'] === 'crash' || data['reason'] === 'archive' ? data['reason'] : 'unknown',
});

/** By type, from each version to the next, version 1 first. */
const UPCASTERS: Readonly<Record<string, readonly Upcaster[]>> = {
  'recovery.started': [recoveryReason],
  'recovery.completed': [recoveryReason],
};

/** The log is read as it was written; this makes of old data what the page knows. */
export function upcast(type: string, version: number, data: Record<string, unknown>): Record<string, unknown> {
  const steps = UPCASTERS[type]?.slice(version - 1) ?? [];
  return steps.reduce((raised, step) => step(raised), data);
}
