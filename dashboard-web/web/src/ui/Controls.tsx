import { clockText, micros } from '../base/time';
import { SPEEDS } from '../core/player';
import type { Store } from '../core/store';
import { PauseIcon, PlayIcon, StepBackIcon, StepOnIcon } from './icons';

/** Replay: play, pause, one event either way, speed, scrub, back to live. */
export function Controls({ store }: { store: Store }) {
  const { player } = store;
  const now = store.now();
  const playing = player.mode === 'playing';
  const toggle = () => {
    if (playing || player.mode === 'live') {
      player.pause(store.newest);
    } else {
      player.play(store.newest, performance.now());
      store.following = true;
    }
    store.changed();
  };
  return (
    <div class="controls" role="toolbar" aria-label="Replay">
      <button
        type="button"
        data-testid="step-back"
        title="One event back (,)"
        aria-label="One event back"
        onClick={() => store.step(-1)}
      >
        <StepBackIcon />
      </button>
      <button
        type="button"
        class="primary"
        data-testid="play"
        title={player.mode === 'paused' ? 'Play (space)' : 'Pause (space)'}
        aria-label={player.mode === 'paused' ? 'Play' : 'Pause'}
        onClick={toggle}
      >
        {player.mode === 'paused' ? <PlayIcon /> : <PauseIcon />}
      </button>
      <button
        type="button"
        data-testid="step-on"
        title="One event on (.)"
        aria-label="One event on"
        onClick={() => store.step(1)}
      >
        <StepOnIcon />
      </button>
      <label>
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
        min={store.oldest}
        max={store.newest}
        step={1}
        value={now}
        onInput={(event) => {
          player.scrub(micros(Number(event.currentTarget.value)));
          player.pause(store.newest);
          store.changed();
        }}
      />
      <output class="instant" data-testid="instant">
        {clockText(now)}
      </output>
      <button
        type="button"
        class={player.mode === 'live' ? 'live on' : 'live'}
        data-testid="live"
        onClick={() => {
          player.live();
          store.following = true;
          store.changed();
        }}
      >
        ● Live
      </button>
    </div>
  );
}
