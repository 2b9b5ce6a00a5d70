const DAY = 86_400_000;

/** YYYY-MM-DD of an instant (epoch milliseconds), UTC. Records come in order of arrival, so the last day is remembered. */
export function dayOf(instant: number): string {
  const day = Math.floor(instant / DAY);
  if (day !== lastDay) {
    lastDay = day;
    lastText = new Date(day * DAY).toISOString().slice(0, 10);
  }
  return lastText;
}

let lastDay = Number.NaN;
let lastText = '';
