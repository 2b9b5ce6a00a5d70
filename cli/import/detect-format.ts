import { UsageError } from '../errors.ts';
import { parseAccessLogLine } from './parse-access-log.ts';
import type { Line } from './read-lines.ts';

export const FORMATS = ['ndjson', 'cloudevents', 'csv', 'access-log'] as const;
export type Format = (typeof FORMATS)[number];

const LOOKED_AT = 20;

/** What a file is, by its name's end where that says it, otherwise by its first lines. @throws UsageError when neither does. */
export function detectFormat(fileName: string, first: readonly Line[]): Format {
  const name = fileName.toLowerCase();
  const lines = first.filter((line) => line.fault === undefined && line.text.trim() !== '').slice(0, LOOKED_AT);
  if (isCloudEvent(lines[0]?.text ?? '')) return 'cloudevents';
  if (/\.(ndjson|jsonl)$/.test(name)) return 'ndjson';
  if (name.endsWith('.csv')) return 'csv';
  if (lines.some(({ text }) => parseAccessLogLine(text).ok)) return 'access-log';
  if (lines[0]?.text.trimStart().startsWith('{')) return 'ndjson';
  if (/^[^,{[]+(,[^,]+)+$/.test(lines[0]?.text ?? '')) return 'csv';
  if (isArray(first))
    throw new UsageError(
      `${fileName} is a JSON array: \`jq -c '.[]' FILE > FILE.ndjson\` makes lines of it, which can be imported`,
    );
  throw new UsageError(
    `${fileName}: neither its name nor its first lines say what it is: choose with --format ${FORMATS.join('|')}`,
  );
}

function isCloudEvent(line: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(line) ?? {}, 'specversion');
  } catch {
    return false;
  }
}

/** Of objects. It may be one line that is too long to be read; of that the beginning is there. A log can begin with a bracket too: `[error] …`. */
const isArray = (first: readonly Line[]): boolean =>
  /^\s*\[\s*([{\]]|$)/.test(first.find(({ text }) => text.trim() !== '')?.text ?? '');
