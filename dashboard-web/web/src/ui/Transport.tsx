import { clockText, micros } from '../base/time';
import { lsnText } from '../base/format';
import { SPEEDS } from '../core/player';
import type { Store } from '../core/store';
import { FitIcon, PauseIcon, PlayIcon, StepBackIcon, StepOnIcon } from './icons';

const LEGEND = [
  ['commit', 'commit'],
  ['statement', 'statement'],
  ['session', 'session'],
  ['wal', 'WAL flush'],
  ['checkpoint', 'checkpoint'],
  ['vacuum', 'vacuum'],
  ['lock', 'lock wait'],
  ['bad', 'failure'],
] as const;

/** Replay: play, pause, one event either way, speed, scrub, back to live; and what the colors are. */
export function Transport({ store }: { store: Store }) {
  const { player } = store;
  const paused = player.mode === 'paused';
  const place = store.isLive ? store.live.head : store.place;
  return (
    <div class="transport" role="toolbar" aria-label="Replay">
      <button type="button" class="plain" data-testid="step-back" title="Previous event (,)" aria-label="One event back" onClick={() => void store.step(-1)}>
        <StepBackIcon />
      </button>
      <button type="button" class="primary" data-testid="play" title={paused ? 'Play (space)' : 'Pause (space)'} aria-label={paused ? 'Play' : 'Pause'} onClick={() => store.togglePlay()}>
        {paused ? <PlayIcon /> : <PauseIcon />}
      </button>
      <button type="button" class="plain" data-testid="step-on" title="Next event (.)" aria-label="One event on" onClick={() => void store.step(1)}>
        <StepOnIcon />
      </button>
      <label class="speed" title="How fast the replay goes">
        <span class="hidden">Speed</span>
        <select
          data-testid="speed"
          value={String(player.speed)}
          onChange={(event) => {
            player.speed = Number(event.currentTarget.value);
            store.changed();
          }}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      <input
        type="range"
        class="scrubber"
        data-testid="scrubber"
        aria-label="Instant that is shown"
        min={store.tail()}
        max={store.head()}
        step={1}
        value={store.now()}
        onInput={(event) => store.scrub(Number(event.currentTarget.value))}
      />
      <output class="instant" data-testid="instant" title="Instant, WAL position and event at which the page stands">
        <b>{clockText(micros(store.axis === 'time' ? store.now() : place.time))}</b>
        <span>{lsnText(place.lsn)}</span>
        <span>#{place.sequence}</span>
      </output>
      <button type="button" class={store.isLive ? 'live on' : 'live'} data-testid="live" title="Follow the newest events (L)" onClick={() => store.goLive()}>
        <i /> Live
      </button>
      <button type="button" class="plain" data-testid="fit" title="Fit (F)" aria-label="Fit" onClick={() => store.fit()}>
        <FitIcon />
      </button>
      <ul class="legend" aria-label="Colors">
        {LEGEND.map(([color, name]) => (
          <li key={name}>
            <i style={{ background: `var(--${color})` }} />
            {name}
          </li>
        ))}
      </ul>
    </div>
  );
}
