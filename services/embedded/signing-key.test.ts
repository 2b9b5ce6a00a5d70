import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedSigningKey } from './signing-key.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tollbook-key-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('is made once, for its owner only, and found again', async () => {
  const file = path.join(directory, 'signing-key.pem');
  // What a start left that died while it wrote.
  await writeFile(`${file}.new`, '-----BEGIN', { mode: 0o644 });
  const made = await embeddedSigningKey(directory, undefined);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await embeddedSigningKey(directory, undefined)).id).toBe(made.id);
  expect((await embeddedSigningKey('/nowhere', await readFile(file, 'utf8'))).id).toBe(made.id);
});

test('a file that holds no key is not written over', async () => {
  const file = path.join(directory, 'signing-key.pem');
  await writeFile(file, 'broken');
  await expect(embeddedSigningKey(directory, undefined)).rejects.toThrow(/signing-key\.pem is no private key/);
  expect(await readFile(file, 'utf8')).toBe('broken');
});
