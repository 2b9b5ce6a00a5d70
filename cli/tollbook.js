#!/usr/bin/env node
// Plain JavaScript, so that an older Node can start it: Tollbook itself needs Node 24, which `npm ci` puts into the clone.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const entry = new URL('./tollbook.ts', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= NEEDED) await import(entry.href);
else await runWithOwnNode();

async function runWithOwnNode() {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `tollbook needs Node ${NEEDED}, and this is ${process.version}: run "npm ci" in the clone, which brings it, or install it.`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(entry), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`${node} cannot be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code) => process.exit(code ?? 1));
}
