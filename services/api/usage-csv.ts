import type { UsageAnswer } from './present-usage.ts';

/** RFC 4180, UTF-8. The group-by properties are columns of their own, called group.<property>. */
export function usageCsv(rows: readonly UsageAnswer[], properties: readonly string[]): string {
  const header = [
    'customer',
    'meter',
    ...properties.map((name) => `group.${name}`),
    'from',
    'to',
    'quantity',
    'event_count',
  ];
  const lines = rows.map((row) =>
    [
      text(row.customer),
      text(row.meter),
      ...properties.map((name) => cell(row.group?.[name])),
      row.from,
      row.to,
      row.quantity,
      String(row.event_count),
    ].join(','),
  );
  return [header.map(text).join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

const cell = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? text(value) : String(value);

/** A spreadsheet takes a text that begins with one of these for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function text(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
