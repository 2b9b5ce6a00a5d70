import { createHash } from 'node:crypto';

/** Names a public key (SubjectPublicKeyInfo, DER): the first 16 bytes of its SHA-256, hex. */
export function keyIdOf(publicKey: Buffer): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 32);
}
