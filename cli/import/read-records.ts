import type { FileHandle } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import { accessLogEvent, LOG_FIELDS } from './access-log-event.ts';
import { cloudEventLine } from './cloud-event.ts';
import { type CsvColumns, csvColumns, csvEvent } from './csv-columns.ts';
import type { Format } from './detect-format.ts';
import type { Decoded, FieldMap, FileRecord } from './draft.ts';
import { ndjsonEvent } from './ndjson-event.ts';
import { type CsvRow, readCsvRows } from './read-csv-rows.ts';
import { type Line, readLines } from './read-lines.ts';

export interface ReadOptions {
  readonly format: Format;
  readonly map: FieldMap;
  /** Type of events that name none; of all requests of an access log. */
  readonly type?: string;
  /** Source of events that name none. */
  readonly source?: string;
}

/** Every record of the file's first `size` bytes, in order; empty lines are none. */
export async function* readRecords(file: FileHandle, size: number, options: ReadOptions): AsyncGenerator<FileRecord[]> {
  const pages = readLines(file, size);
  if (options.format === 'csv') yield* csvRecords(readCsvRows(pages), options);
  else for await (const lines of pages) yield lineRecords(lines, options);
}

const DECODERS = { ndjson: ndjsonEvent, cloudevents: cloudEventLine, 'access-log': accessLogEvent };

function lineRecords(lines: readonly Line[], options: ReadOptions): FileRecord[] {
  const decode = DECODERS[options.format as keyof typeof DECODERS];
  return lines
    .filter((line) => line.fault !== undefined || line.text.trim() !== '')
    .map(({ number, text, fault, ended }): FileRecord => {
      const broken = fault ?? (options.format === 'access-log' && !ended ? BROKEN_OFF : undefined);
      const decoded: Decoded = broken === undefined ? decode(text, options.map) : { fault: broken };
      return { line: number, text, ...withDefaults(decoded, options) };
    });
}

// A server writes a line and its end at once. Without the end it may lack its last digits and still look whole.
const BROKEN_OFF =
  'the last line and has no end: it was cut off or is still being written; import again when it is whole';

async function* csvRecords(pages: AsyncIterable<CsvRow[]>, options: ReadOptions): AsyncGenerator<FileRecord[]> {
  let columns: CsvColumns | undefined;
  for await (const page of pages) {
    let rows = page;
    if (!columns) {
      const [header, ...rest] = page as [CsvRow, ...CsvRow[]];
      if ('fault' in header) throw new UsageError(`the header row (line ${header.line}) is ${header.fault}`);
      columns = csvColumns(header.cells, options.map, options.type !== undefined);
      rows = rest;
    }
    const known = columns;
    yield rows.map((row): FileRecord => {
      const { line, text } = row;
      if ('fault' in row) return { line, text, fault: row.fault };
      if (row.cells.length !== known.names.length)
        return { line, text, fault: `a row of ${row.cells.length} cells under a header of ${known.names.length}` };
      return { line, text, ...withDefaults({ event: csvEvent(known, row.cells) }, options) };
    });
  }
}

function withDefaults(decoded: Decoded, { type, source, format, map }: ReadOptions): Decoded {
  if ('fault' in decoded) return decoded;
  const isOverridden = format === 'access-log' && type !== undefined && !map.has('type');
  const event = {
    ...decoded.event,
    ...(type !== undefined && (isOverridden || decoded.event.type === undefined) && { type }),
    ...(source !== undefined && decoded.event.source === undefined && { source }),
  };
  return { event };
}

/** @throws UsageError when --map names what an access log or a CloudEvent does not have. */
export function checkMap(format: Format, map: FieldMap): void {
  if (format === 'cloudevents' && map.size > 0)
    throw new UsageError('--map: the fields of CloudEvents have fixed names, nothing can be mapped');
  if (format !== 'access-log') return;
  for (const [field, name] of map) {
    if (!(LOG_FIELDS as readonly string[]).includes(name))
      throw new UsageError(`--map ${field}=${name}: an access log has ${LOG_FIELDS.join(', ')}`);
    if (field === 'id' || field === 'time')
      throw new UsageError(`--map ${field}=…: a request's ${field} comes from its log line and cannot be mapped`);
  }
}
