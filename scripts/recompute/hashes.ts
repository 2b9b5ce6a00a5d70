import { createHash } from 'node:crypto';
import type { ExplainedEvent } from './answers.ts';

/** RFC 8785. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

const sha256 = (...parts: (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** Of an event: what it says, without what its sender left out. */
export function eventHash(organization: number, event: ExplainedEvent): string {
  return sha256(
    canonical({
      v: 2,
      organization,
      id: event.id,
      ...(event.source !== '' && { source: event.source }),
      type: event.type,
      customer: event.customer,
      ...(event.subscription !== null && { subscription: event.subscription }),
      ...(event.time_given && { time: Date.parse(event.time) }),
      properties: event.properties,
    }),
  );
}

/** Of a document: behind the hash of the one before it, with the digest of its buyer in place of the buyer. */
export function documentHash(previousHash: string, document: { readonly buyer: Record<string, unknown> }): string {
  const { salt, ...personal } = document.buyer as { salt?: string; digest?: string };
  const digest = salt === undefined ? personal.digest : sha256(Buffer.from(salt, 'hex'), canonical(personal));
  return sha256(Buffer.from(previousHash, 'hex'), canonical({ ...document, buyer: { digest } }));
}
