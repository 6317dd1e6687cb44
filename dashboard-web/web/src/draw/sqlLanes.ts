import { shortNumber } from '../base/format';
import type { Axis, Viewport } from '../core/axis';
import { type LanePoint, laneName, type SqlLane } from '../core/lanes';
import type { Layout } from './layout';
import type { Palette } from './palette';

const MARK_PX = 2;
const LABEL_ROOM_PX = 70;

/** The color of a lane: not those of the counters above. */
const LANE_GROUPS = [3, 10, 7, 6, 9];

const colorOf = (palette: Palette, lane: number): string =>
  palette.groups[LANE_GROUPS[lane % LANE_GROUPS.length] ?? 0] ?? palette.accent;

/** The rows of queries as lanes: a mark each, as high as its value where it has one. */
export function drawSqlLanes(
  context: CanvasRenderingContext2D,
  palette: Palette,
  layout: Layout,
  view: Viewport,
  lanes: readonly SqlLane[],
  axis: Axis,
): void {
  const { gutter, counter: height, font } = layout.metrics;
  lanes.forEach((lane, index) => {
    const top = layout.sqlTop + index * height;
    const color = colorOf(palette, index);
    context.save();
    context.beginPath();
    context.rect(gutter, top, layout.plotWidth, height);
    context.clip();
    drawPoints(context, palette, layout, view, lane.answer?.points ?? [], axis, top, color);
    context.restore();
    context.fillStyle = palette.line;
    context.globalAlpha = 0.6;
    context.fillRect(0, top + height - 1, layout.width, 1);
    context.globalAlpha = 1;
    context.fillStyle = color;
    context.fillRect(0, top + 4, 3, height - 9);
    context.font = `${font}px ${palette.font}`;
    context.fillStyle = lane.state === 'refused' ? palette.bad : palette.soft;
    context.textAlign = 'right';
    const count = countText(lane);
    context.fillText(count, gutter - 10, top + height / 2);
    const room = gutter - 34 - context.measureText(count).width;
    context.textAlign = 'left';
    context.fillStyle = palette.soft;
    context.fillText(cut(context, laneName(lane.sql), room), 12, top + height / 2);
  });
}

function countText(lane: SqlLane): string {
  switch (lane.state) {
    case 'new':
      return 'not run';
    case 'running':
      return '…';
    case 'refused':
      return 'refused';
    case 'shown':
      return `${shortNumber(lane.answer?.points.length ?? 0)}${lane.answer?.more === true ? '+' : ''}`;
  }
}

/** As much of a text as there is room for. */
function cut(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) {
    return text;
  }
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) {
    length--;
  }
  return `${text.slice(0, length)}…`;
}

function drawPoints(
  context: CanvasRenderingContext2D,
  palette: Palette,
  layout: Layout,
  view: Viewport,
  points: readonly LanePoint[],
  axis: Axis,
  top: number,
  color: string,
): void {
  const { gutter, counter: height, font } = layout.metrics;
  const scale = layout.plotWidth / (view.to - view.from);
  const highest = points.reduce((most, point) => Math.max(most, Math.abs(point.value ?? 0)), 0);
  const room = height - 8;
  let labelledTo = Number.NEGATIVE_INFINITY;
  context.font = `${font - 1}px ${palette.font}`;
  const xOf = (point: LanePoint) => gutter + (point[axis] - view.from) * scale;
  for (const [i, point] of points.entries()) {
    const x = xOf(point);
    if (x < gutter - LABEL_ROOM_PX || x > layout.width) {
      continue;
    }
    const share = highest > 0 && point.value !== undefined ? Math.abs(point.value) / highest : 0.7;
    const tall = Math.max(2, room * share);
    context.fillStyle = color;
    context.fillRect(x - MARK_PX / 2, top + height - 4 - tall, MARK_PX, tall);
    if (point.label !== undefined && x > labelledTo) {
      const width = context.measureText(point.label).width;
      const next = points[i + 1];
      if (!next || xOf(next) < x || xOf(next) - x > width + 10) {
        context.fillStyle = palette.soft;
        context.fillText(point.label, x + 5, top + height / 2);
        labelledTo = x + width + 10;
      }
    }
  }
}
