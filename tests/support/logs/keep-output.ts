import { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { logFolder } from './log-folder.ts';

/** What `spawn`, `execFile` and `fork` all end in, with what Node gives it. */
interface Spawning {
  spawn(this: ChildProcess, options: { readonly file: string; readonly args?: readonly string[] }): unknown;
}

/** Their standard output is a log too; that of others is what a person asked for, and may be a key. */
const SERVICE = /(?:^|\/)(?:services\/[\w-]+\/main|scripts\/migrate|[\w-]+-with-fault)\.ts$/;
const KEPT = Symbol.for('tollbook.tests.output-is-kept');

/**
 * From now on, whatever a child of this process writes as its log is kept in the folder of logs as well, whoever starts it and however. Once
 * per process: test files of one worker share Node's own modules.
 */
export function keepOutput(): void {
  const prototype = ChildProcess.prototype as unknown as Spawning & { [KEPT]?: true };
  if (prototype[KEPT]) return;
  prototype[KEPT] = true;
  const spawn = prototype.spawn;
  prototype.spawn = function (options) {
    const result = spawn.call(this, options);
    const { file, args = [] } = options;
    const script = args.find((arg) => SERVICE.test(arg));
    const name = `${(script ?? path.basename(file)).split('/').slice(-2).join('-')}-${process.pid}-${this.pid}`;
    if (this.stderr) keep(this.stderr, `${name}.stderr`);
    if (this.stdout && script) keep(this.stdout, `${name}.stdout`);
    return result;
  };
}

/** Not as a listener: that would let the stream flow before its reader is there. */
function keep(stream: Readable, name: string): void {
  const file = path.join(logFolder() as string, name);
  const push = stream.push;
  stream.push = function (this: Readable, chunk: unknown, encoding?: BufferEncoding) {
    if (chunk instanceof Uint8Array || typeof chunk === 'string') appendFileSync(file, chunk);
    return push.call(this, chunk, encoding);
  };
}
