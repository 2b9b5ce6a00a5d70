/** One request as a web server logged it. `null` where the log has '-'. */
export interface LoggedRequest {
  readonly host: string;
  readonly user: string | null;
  /** RFC 3339 with the log's own offset. */
  readonly time: string;
  /** Null when the client sent no readable request line (port scans, time-outs). */
  readonly method: string | null;
  readonly path: string | null;
  readonly status: number | null;
  /** Decimal digits; '0' where the log has '-'. */
  readonly bytes: string;
}

export type ParsedLine =
  | { readonly ok: true; readonly request: LoggedRequest }
  | { readonly ok: false; readonly fault: string };

const TIME = /\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{2})(\d{2})\] /;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const STATUS_AND_BYTES = / (\d{3}|-) (\d{1,18}|-)(?= |$)/y;
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\S.*?)(?: HTTP\/\d(?:\.\d)?)?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A line of the Combined Log Format, or of the Common one (without referer and agent). Fields behind the agent, which many servers
 * add, are passed over. Every pattern reads in linear time: lines are written by strangers.
 * Source: Apache httpd, mod_log_config; nginx, ngx_http_log_module.
 */
export function parseAccessLogLine(line: string): ParsedLine {
  const timeAt = TIME.exec(line);
  if (!timeAt) return fault('has no time such as [21/Oct/2026:13:55:36 +0200] after the user');
  const who = readWho(line.slice(0, timeAt.index));
  if ('fault' in who) return fault(who.fault);
  const time = readTime(timeAt);
  if (!time) return fault(`has a time that does not exist: ${timeAt[0].trim()}`);

  const request = matchAt(QUOTED, line, timeAt.index + timeAt[0].length);
  if (!request) return fault('has no request in quotes after the time, or the quotes do not close');
  const numbers = matchAt(STATUS_AND_BYTES, line, request.end);
  if (!numbers) return fault('has no status and size after the request');
  if (!hasWholeTail(line, numbers.end)) return fault('has referer and agent that are not two texts in quotes');

  const [status, bytes] = [numbers.groups[1] as string, numbers.groups[2] as string];
  const requestLine = REQUEST_LINE.exec(request.groups[1] as string);
  return {
    ok: true,
    request: {
      ...who,
      time,
      method: requestLine?.[1] ?? null,
      path: requestLine?.[2] ?? null,
      status: status === '-' ? null : Number(status),
      bytes: bytes === '-' ? '0' : String(BigInt(bytes)),
    },
  };
}

const fault = (text: string): ParsedLine => ({ ok: false, fault: `no line of an access log: it ${text}` });

function matchAt(pattern: RegExp, line: string, at: number): { groups: RegExpExecArray; end: number } | undefined {
  pattern.lastIndex = at;
  const groups = pattern.exec(line);
  return groups ? { groups, end: pattern.lastIndex } : undefined;
}

/** Nothing, or ` "referer" "agent"` and whatever follows. */
function hasWholeTail(line: string, at: number): boolean {
  if (line.slice(at).trim() === '') return true;
  const referer = line[at] === ' ' && matchAt(QUOTED, line, at + 1);
  if (!referer || line[referer.end] !== ' ') return false;
  const agent = matchAt(QUOTED, line, referer.end + 1);
  return agent !== undefined && (agent.end === line.length || line[agent.end] === ' ');
}

/** `host ident user `. A user may contain spaces; to tell it from a further field, only where ident is '-', as it is nearly always. */
function readWho(text: string): { host: string; user: string | null } | { fault: string } {
  const [host, ident, ...rest] = text.split(' ');
  if (!host || !ident || rest.length < 2 || rest.at(-1) !== '')
    return { fault: 'does not begin with client, identity and user' };
  const name = rest.slice(0, -1).join(' ');
  if (rest.length > 2 && ident !== '-')
    return {
      fault:
        'has more than client, identity and user before the time (a log with virtual hosts? strip its first field)',
    };
  if (name.trim() === '') return { fault: 'does not begin with client, identity and user' };
  return { host, user: name === '-' || name === '""' ? null : undoEscapes(name) };
}

function readTime(match: RegExpExecArray): string | undefined {
  const [, day, name, year, hour, minute, second, offsetHour, offsetMinute] = match as unknown as string[];
  const month = MONTHS.indexOf(name as string) + 1;
  const date = new Date(Date.UTC(Number(year), month - 1, Number(day)));
  if (month === 0 || Number(day) < 1 || date.getUTCMonth() !== month - 1) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  if (Math.abs(Number(offsetHour)) > 23 || Number(offsetMinute) > 59) return undefined;
  const [mm] = [String(month).padStart(2, '0')];
  return `${year}-${mm}-${day}T${hour}:${minute}:${second}${offsetHour}:${offsetMinute}`;
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|(["\\]))/g;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Undoes \xhh, \" and \\ of a user's name. What would not be printable text after it stays as it was logged. */
function undoEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const plain = bytes.replace(ESCAPE, (_, hex: string | undefined, character: string) =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : character,
  );
  try {
    const decoded = UTF8.decode(Buffer.from(plain, 'latin1'));
    return /\p{Cc}/u.test(decoded) ? text : decoded;
  } catch {
    return text;
  }
}
