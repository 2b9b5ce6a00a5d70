const DAY_MS = 86_400_000;

/** Local days from one date to another, the second not counted: a calendar's days, whatever the clocks do on them. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;
