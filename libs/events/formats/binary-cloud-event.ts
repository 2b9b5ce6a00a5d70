/** Whether a request carries a CloudEvent in its headers. Names of headers are in lower case. */
export const isBinaryCloudEvent = (headers: Headers): boolean => headers['ce-specversion'] !== undefined;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const PREFIX = 'ce-';
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The CloudEvent of a request in binary mode, put into the JSON form: attributes from `ce-` headers, `data` as it was read from the body
 * (undefined: there was none).
 * @throws RangeError with a sentence when a header is no text.
 */
export function binaryCloudEvent(headers: Headers, data: unknown): Record<string, unknown> {
  const attributes: [string, unknown][] = [];
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith(PREFIX) && typeof value === 'string')
      attributes.push([name.slice(PREFIX.length), decodeHeader(name, value)]);
  // Last, so that no header can stand for the body.
  return { ...Object.fromEntries(attributes), data };
}

/** As the HTTP binding of CloudEvents 1.0 has it: unquoted, then percent-decoded, then UTF-8. Node gives headers as Latin-1. */
function decodeHeader(name: string, value: string): string {
  const plain = /^".*"$/s.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
  const decoded = plain.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  try {
    return UTF8.decode(Buffer.from(decoded, 'latin1'));
  } catch {
    throw new RangeError(`The header ${name} is not UTF-8, percent-encoded.`);
  }
}
