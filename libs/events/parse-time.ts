const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Milliseconds since 1970 UTC of an RFC 3339 string or of epoch milliseconds; undefined when it is neither. Digits beyond the
 * millisecond are cut off. A leap second (…:60) is taken as the first instant of the next minute.
 */
export function parseTime(value: string | number): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  const match = RFC_3339.exec(value);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match as unknown as string[];
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (h > 23 || mi > 59 || s > 60) return undefined;
  const utc = Date.UTC(y, mo - 1, d, h, mi, s);
  const check = new Date(Date.UTC(y, mo - 1, d));
  if (y < 1 || check.getUTCMonth() !== mo - 1 || check.getUTCDate() !== d) return undefined;
  const offset = offsetMinutes(zone as string);
  if (offset === undefined) return undefined;
  return utc + (fraction ? Number(fraction.slice(1, 4).padEnd(3, '0')) : 0) - offset * 60_000;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}
