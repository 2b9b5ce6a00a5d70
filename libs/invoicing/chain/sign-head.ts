import { sign } from 'node:crypto';
import { type ChainHead, chainHeadText, type SignedHead } from './chain-head.ts';
import type { SigningKey } from './read-signing-key.ts';

/** Signs a head with this key. */
export function signHead(head: Omit<ChainHead, 'key_id'>, key: SigningKey): SignedHead {
  const named = { ...head, key_id: key.id };
  return { ...named, signature: sign(null, Buffer.from(chainHeadText(named)), key.privateKey).toString('base64') };
}
