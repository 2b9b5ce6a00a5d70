/** What JSON can hold. Numbers are doubles; quantities and amounts are strings long before they come here. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Arrays and objects with their canonical text. */
export type WrittenJson = Pick<WeakMap<object, string>, 'get'>;

/**
 * The one byte sequence that stands for a JSON value: RFC 8785 (JSON Canonicalization Scheme). Keys in UTF-16 order, numbers as
 * ECMAScript writes them, no white space. Members that are undefined are left out, as JSON.stringify does.
 * `written`: parts of the value whose canonical text is known already. @throws RangeError for what has no canonical form: NaN, infinities,
 * lone surrogates.
 */
export function canonicalJson(value: Json, written?: WrittenJson): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  const known = written?.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each, written)).join(',')}]`;
  const object = value as { readonly [key: string]: Json | undefined };
  let members = '';
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member === undefined) continue;
    const text = typeof member === 'string' ? quote(member) : canonicalJson(member, written);
    members += members === '' ? `${quote(key)}:${text}` : `,${quote(key)}:${text}`;
  }
  return `{${members}}`;
}

function quote(text: string): string {
  // Most texts are short and have nothing to escape: looking at them costs less than handing them to JSON.stringify.
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new RangeError('a string with a lone surrogate has no JSON form');
  return JSON.stringify(text);
}

/** Printable ASCII but for quotation mark and backslash. */
const PLAIN = /^[ !#-[\]-~]*$/;
