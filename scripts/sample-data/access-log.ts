import { seededRandom } from '#scripts/demo/random.ts';

export interface AccessLogOptions {
  /** Calendar month of the requests, YYYY-MM (UTC). */
  readonly month: string;
  readonly lines: number;
  readonly seed: number;
  readonly users?: number;
}

interface Client {
  readonly host: string;
  readonly user: string;
  readonly agent: string;
}

/**
 * A web server's access log of one month in the Combined Log Format, with what real ones have: few busy users and many quiet ones,
 * users on several addresses (IPv6 among them), requests without a user, bursts of equal lines in one second, broken request lines of
 * port scans, quotes in agents, missing sizes, and days by the server's own offset (summer and winter as in Berlin). Each line lies
 * within the month by UTC. The same options give the same bytes.
 */
export function createAccessLog({ month, lines, seed, users = 40 }: AccessLogOptions): string {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const clients = createClients(users, random);
  const start = Date.parse(`${month}-01T00:00:00Z`);
  if (Number.isNaN(start) || !/^\d{4}-\d{2}$/.test(month)) throw new Error(`${month} is no month such as 2026-10`);
  const end = nextMonth(month);
  // Sorted by arrival, as a server writes.
  const seconds = Array.from({ length: lines }, () => start + Math.floor((random() * (end - start)) / 1000) * 1000);
  seconds.sort((a, b) => a - b);

  const written: string[] = [];
  for (const at of seconds) {
    const previous = written.at(-1);
    if (previous !== undefined && random() < REPEATED) written.push(previous);
    else if (random() < SCANS) written.push(scan(at, random, pick));
    else {
      // Squared twice: the first users send most.
      const client = clients[Math.floor(random() ** 4 * clients.length)] as Client;
      const [method, path, status] = request(random, pick);
      const size = status === 304 || method === 'HEAD' ? '-' : String(Math.floor(200 + random() ** 3 * 900_000));
      const referer = random() < 0.3 ? 'https://app.example.com/dashboard?tab=usage' : '-';
      written.push(
        `${client.host} - ${client.user} [${logTime(at)}] "${method} ${path} HTTP/1.1" ${status} ${size} "${referer}" "${client.agent}"`,
      );
    }
  }
  return `${written.join('\n')}\n`;
}

const REPEATED = 0.004;
const SCANS = 0.003;
const NAMES = ['ada', 'bela', 'chen', 'dilnoza', 'emeka', 'farah', 'goran', 'hana', 'ines', 'jonas'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
  'curl/8.14.1',
  'python-requests/2.32.4',
  'acme-sync/1.4 (\\"nightly\\" build)',
];

function createClients(users: number, random: () => number): Client[] {
  const agent = () => AGENTS[Math.floor(random() * AGENTS.length)] as string;
  const byte = () => 1 + Math.floor(random() * 254);
  const named = Array.from({ length: users }, (_, at): Client[] => {
    const user = `${NAMES[at % NAMES.length]}${at < NAMES.length ? '' : `-${Math.floor(at / NAMES.length) + 1}`}`;
    const addresses = [`198.51.100.${byte()}`, `2001:db8:${at.toString(16)}::${byte().toString(16)}`];
    return addresses.slice(0, random() < 0.4 ? 2 : 1).map((host) => ({ host, user, agent: agent() }));
  });
  const nameless = Array.from(
    { length: 8 },
    (): Client => ({ host: `203.0.113.${byte()}`, user: '-', agent: agent() }),
  );
  return [...named.flat(), ...nameless];
}

function request(random: () => number, pick: <Item>(items: readonly Item[]) => Item): [string, string, number] {
  const status = (usual: number) => {
    const draw = random();
    if (draw < 0.93) return usual;
    return pick([400, 401, 403, 404, 404, 429, 500, 502, 503]);
  };
  const id = Math.floor(random() * 90_000) + 10_000;
  const draw = random();
  if (draw < 0.45) return ['GET', `/api/v1/projects/${id}?fields=name,owner`, status(200)];
  if (draw < 0.6) return ['POST', '/api/v1/events', status(202)];
  if (draw < 0.7) return ['PUT', `/files/${id}/report%20final.pdf`, status(201)];
  if (draw < 0.75) return ['DELETE', `/files/${id}`, status(204)];
  if (draw < 0.78) return ['HEAD', `/files/${id}`, status(200)];
  if (draw < 0.88) return ['GET', `/assets/app.${id.toString(16)}.js`, random() < 0.5 ? 304 : status(200)];
  if (draw < 0.95) return ['GET', '/', status(200)];
  return ['GET', `/search?q=${pick(['tariff', 'a+b', 'caf%C3%A9', '%22quoted%22'])}`, status(200)];
}

/** Port scans and clients that hang up: no user, no readable request. */
function scan(at: number, random: () => number, pick: <Item>(items: readonly Item[]) => Item): string {
  const [line, status] = pick([
    ['-', 408],
    ['\\x16\\x03\\x01\\x02', 400],
    ['GET /wp-login.php HTTP/1.0', 404],
  ] as const);
  const size = status === 404 ? '196' : '-';
  return `192.0.2.${1 + Math.floor(random() * 254)} - - [${logTime(at)}] "${line}" ${status} ${size} "-" "-"`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function nextMonth(month: string): number {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return Date.UTC(year, number, 1);
}

function logTime(at: number): string {
  const hours = isSummer(at) ? 2 : 1;
  const local = new Date(at + hours * 3_600_000).toISOString();
  const [, year, month, day, time] = /^(\d{4})-(\d{2})-(\d{2})T([\d:]{8})/.exec(local) as unknown as string[];
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0${hours}00`;
}

/** Central European summer time: from the last Sunday of March to that of October, 01:00 UTC. */
function isSummer(at: number): boolean {
  const year = new Date(at).getUTCFullYear();
  const lastSunday = (month: number) => {
    const last = new Date(Date.UTC(year, month + 1, 0, 1));
    return last.getTime() - last.getUTCDay() * 86_400_000;
  };
  return at >= lastSunday(2) && at < lastSunday(9);
}
