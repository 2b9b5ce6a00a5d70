import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { keyIdOf } from './key-id-of.ts';

export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

/** An Ed25519 private key: PKCS8 as PEM (also with \n written out, as environments have it) or its DER in base64. @throws Error that says what is wrong */
export function readSigningKey(text: string): SigningKey {
  const privateKey = parse(text.trim());
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new Error(`is a key for ${privateKey.asymmetricKeyType}, not for Ed25519`);
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { id: keyIdOf(publicKey), privateKey, publicKey };
}

function parse(text: string): KeyObject {
  try {
    return text.includes('-----BEGIN')
      ? createPrivateKey(text.replaceAll('\\n', '\n'))
      : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new Error(
      'is no private key in PKCS8: make one with "openssl genpkey -algorithm ed25519", and give its PEM or the base64 of its DER',
      { cause },
    );
  }
}
