/** A place of a text that no log may hold. */
export interface FoundSecret {
  readonly kind: string;
  /** From 1. */
  readonly line: number;
  /** Its beginning: what says where it comes from without saying it all. */
  readonly beginning: string;
}

/** In JSON within JSON the quotes are escaped. */
const QUOTE = String.raw`\\*["']`;
const NOT_CUT = String.raw`(?!\[cut\])`;

const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['API key', /\btb_(?:live|test|operator)_[\w-]{20,}/g],
  ['customer token', /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g],
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY|\bMC4CAQAwBQYDK2VwBCIEI[\w+/]/g],
  ['private half of a pair', new RegExp(`${QUOTE}d${QUOTE}\\s*:\\s*${QUOTE}[\\w-]{43}\\b`, 'g')],
  // Not the example by which a wrong setting is answered.
  ['password in an address', /\b[a-z][a-z+]*:\/\/(?!user:password@host\b)[^\s:@/"'\\]*:[^\s@/"'\\]+@/g],
  ['password', new RegExp(`\\bpassword(?:${QUOTE})?\\s*[:=]\\s*${QUOTE}${NOT_CUT}[^"'\\\\\\s]`, 'gi')],
  ['password', /\bpassword\s+'[^']/gi],
  ['Authorization header', /\b(?:bearer|basic) +[\w.~+/-]{8,}/gi],
  [
    'Authorization header',
    new RegExp(`${QUOTE}(?:authorization|x-api-key)${QUOTE}\\s*[:,]\\s*${QUOTE}${NOT_CUT}[^"'\\\\]`, 'gi'),
  ],
  ['e-mail address', /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|test|example|invalid|de)\b/gi],
];

const SHOWN = 24;

/** Keys, tokens, passwords and people's addresses in a log. `known` are secrets that no form gives away, such as passwords. */
export function findSecrets(log: string, known: readonly string[] = []): FoundSecret[] {
  const places = [
    ...KINDS.flatMap(([kind, pattern]) => [...log.matchAll(pattern)].map(({ index }) => ({ kind, index }))),
    ...known.flatMap((secret) => placesOf(secret, log).map((index) => ({ kind: 'known secret', index }))),
  ];
  return places.map(({ kind, index }) => ({
    kind,
    line: log.slice(0, index).split('\n').length,
    beginning: `${log.slice(index, index + SHOWN)}…`,
  }));
}

function placesOf(secret: string, log: string): number[] {
  const places: number[] = [];
  for (let at = log.indexOf(secret); at !== -1; at = log.indexOf(secret, at + secret.length)) places.push(at);
  return places;
}
