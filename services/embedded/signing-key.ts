import { generateKeyPairSync } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { readSigningKey, type SigningKey } from '#libs/invoicing/chain/read-signing-key.ts';

/**
 * The key that signs the heads of chains: the setting's, or one that the first start makes in the data directory, for its owner's eyes only. It comes
 * there whole or not at all; a start that died before is made up for by the next. The data directory must be locked.
 * @throws Error with one sentence when the file holds no such key
 */
export async function embeddedSigningKey(dataDir: string, given: string | undefined): Promise<SigningKey> {
  if (given !== undefined) return readSigningKey(given);
  const file = path.join(dataDir, 'signing-key.pem');
  const known = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (known === null) return makeKey(file);
  try {
    return readSigningKey(known);
  } catch (cause) {
    throw new Error(`${file} ${(cause as Error).message}. Restore it, or move it away to have a new one made.`, {
      cause,
    });
  }
}

async function makeKey(file: string): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const half = await open(`${file}.new`, 'w', 0o600);
  try {
    await half.chmod(0o600);
    await half.writeFile(text);
    await half.sync();
  } finally {
    await half.close();
  }
  await rename(`${file}.new`, file);
  return readSigningKey(text);
}
