import { useEffect, useRef } from 'preact/hooks';
import type { Store } from '../core/store';
import { TimelineWidget } from './timelineWidget';

/** The timeline: lanes on a canvas, drawn in one frame loop, with a tooltip over them. */
export function Timeline({ store }: { store: Store }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const minimap = useRef<HTMLCanvasElement>(null);
  const tooltip = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!canvas.current || !minimap.current || !tooltip.current) {
      return undefined;
    }
    return new TimelineWidget(store, canvas.current, minimap.current, tooltip.current).start();
  }, [store]);

  return (
    <div class="timeline-frame">
      <canvas
        ref={minimap}
        class="minimap"
        data-testid="minimap"
        role="img"
        aria-label="The whole log; the frame is the part that is shown. Drag to move it."
      />
      <canvas
        ref={canvas}
        class="timeline"
        data-testid="timeline"
        tabIndex={0}
        role="application"
        aria-label="Timeline with a lane for each process. W and S zoom, A and D pan, comma and full stop go from event to event, question mark lists all keys. The Log panel has the same events as a table."
      />
      <div ref={tooltip} class="tooltip" role="tooltip" hidden />
    </div>
  );
}
