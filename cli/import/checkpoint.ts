import { hash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { CommandError } from '../errors.ts';
import type { Tally } from './tally.ts';

/** How far an import has come: everything before was decided by ingest. */
export interface Progress {
  /** Records from the beginning of the file. */
  readonly records: number;
  /** Of their texts, see `digestOf` in run-import.ts: a file that was changed there is another file. */
  readonly digest: string;
  readonly tally: Tally;
  /** Of the file of refused records. */
  readonly rejectedBytes: number;
}

/**
 * The progress of an import beside its file, for a run that ends before its time, also by kill -9. It only saves work: a run that
 * does not find it, or finds an older one, sends events again that ingest knows by their ids.
 */
export interface Checkpoint {
  /** Undefined: there is none, or it is that of another import. */
  load(): Promise<Progress | undefined>;
  /** Whole or not at all. @throws CommandError when it cannot be written. */
  save(progress: Progress): Promise<void>;
  remove(): Promise<void>;
}

const VERSION = 1;

/** `purpose`: whatever makes another import of it, as the server, the key and the options that decide what is sent. */
export function createCheckpoint(path: string, purpose: readonly unknown[]): Checkpoint {
  // A digest, since a key is among it.
  const mark = hash('sha256', JSON.stringify(purpose)).slice(0, 32);
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch(() => '{}');
      const stored = parse(text);
      if (stored.version !== VERSION || stored.mark !== mark) return undefined;
      const { records, digest, rejectedBytes, tally } = stored as unknown as Progress;
      return { records, digest, rejectedBytes, tally: { ...tally, groups: new Map(Object.entries(tally.groups)) } };
    },
    async save({ tally, ...progress }) {
      const groups = Object.fromEntries(tally.groups);
      const written = `${path}.new`;
      try {
        await writeFile(written, JSON.stringify({ version: VERSION, mark, ...progress, tally: { ...tally, groups } }));
        await rename(written, path);
      } catch (error) {
        throw new CommandError(
          `how far the import has come cannot be written to ${path} (${(error as Error).message}): name another place with --checkpoint PATH`,
        );
      }
    },
    async remove() {
      await rm(path, { force: true });
    },
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
