import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** What of a request says where it comes from. */
export type Asked = Pick<IncomingMessage, 'headers'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/**
 * Where requests come from: the other end of the connection or, where that is a trusted proxy, what it says of its own other end in
 * X-Forwarded-For, and so on from the last to the first. What anybody else claims there counts for nothing. `trusted`: addresses and
 * ranges (10.0.0.0/8). Null: the connection is gone.
 */
export function createClientAddress(trusted: readonly string[]): (request: Asked) => string | null {
  const proxies = rangesOf(trusted);
  const isProxy = (address: string): boolean => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return ({ headers, socket }) => {
    let address = readAddress(socket.remoteAddress ?? '');
    const claimed = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').reverse();
    for (const claim of claimed) {
      if (address === null || !isProxy(address)) break;
      const before = readAddress(claim.trim());
      if (before === null) break;
      address = before;
    }
    return address;
  };
}

/** Of IPv4 within IPv6 the IPv4; null if it is none. */
function readAddress(text: string): string | null {
  const address = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1] ?? text;
  return isIP(address) === 0 ? null : address.toLowerCase();
}

function rangesOf(trusted: readonly string[]): BlockList {
  const ranges = new BlockList();
  for (const text of trusted) {
    const range = readRange(text);
    if (!range) throw new Error(`"${text}" is no address and no range of addresses`);
    ranges.addSubnet(range.address, range.prefix, range.family);
  }
  return ranges;
}

export const isAddressRange = (text: string): boolean => readRange(text) !== null;

/** Not all addresses: then anybody could say who they are. */
function readRange(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | null {
  const [, address = '', bits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const most = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  return prefix < 1 || prefix > most ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}
