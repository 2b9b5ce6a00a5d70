import { createPublicKey, verify } from 'node:crypto';
import { chainHeadText, type SignedHead } from './chain-head.ts';
import { keyIdOf } from './key-id-of.ts';

/** What is wrong with the signature of a head, in words; null: nothing. `publicKey`: SubjectPublicKeyInfo, DER; undefined where it is not known. */
export function headFault(head: SignedHead, publicKey: Buffer | undefined): string | null {
  if (publicKey === undefined) return `it was signed by the key ${head.key_id}, which is not known`;
  if (keyIdOf(publicKey) !== head.key_id) return `the public key that is given for ${head.key_id} is another`;
  return isSigned(head, publicKey) ? null : 'its signature is not by its key over what it says';
}

function isSigned(head: SignedHead, publicKey: Buffer): boolean {
  try {
    const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
    return verify(null, Buffer.from(chainHeadText(head)), key, Buffer.from(head.signature, 'base64'));
  } catch {
    return false;
  }
}
