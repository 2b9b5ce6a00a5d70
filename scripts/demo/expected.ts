import type { Workload } from './workload.ts';

/*
 * What the invoices must say, worked out from the events alone and by other means than the product: whole numbers (BigInt) in
 * fixed units, local months by Intl. It shares no code with libs/.
 */

export const PLAN = {
  key: 'growth',
  name: 'Growth',
  currency: 'USD',
  charges: [
    { key: 'platform', name: 'Platform fee', price: { model: 'flat', amount: '49.00' } },
    {
      key: 'api',
      name: 'API requests',
      meter: 'api_requests',
      price: {
        model: 'graduated',
        tiers: [
          { up_to: '500', unit_amount: '0' },
          { up_to: '5000', unit_amount: '0.012' },
          { up_to: null, unit_amount: '0.0075', flat_amount: '5' },
        ],
      },
    },
    {
      key: 'transfer',
      name: 'Data transfer (GB)',
      meter: 'gigabytes',
      price: { model: 'per_unit', unit_amount: '0.085' },
    },
  ],
} as const;

export interface ExpectedLine {
  readonly quantity: string;
  /** Cents. */
  readonly cents: bigint;
}

/** Customer key → charge key → line. */
export function expectedInvoices({
  period,
  customers,
  events,
}: Workload): Map<string, Record<'platform' | 'api' | 'transfer', ExpectedLine>> {
  const zones = new Map(customers.map(({ key, time_zone }) => [key, createMonthReader(time_zone)]));
  const requests = new Map<string, bigint>();
  const thousandths = new Map<string, bigint>();
  for (const event of events) {
    if (zones.get(event.customer)?.(event.time) !== period) continue;
    if (event.type === 'api.request') requests.set(event.customer, (requests.get(event.customer) ?? 0n) + 1n);
    else {
      const amount = BigInt((event.properties.gigabytes as string).replace('.', ''));
      thousandths.set(event.customer, (thousandths.get(event.customer) ?? 0n) + amount);
    }
  }
  return new Map(
    customers.map(({ key }) => {
      const count = requests.get(key) ?? 0n;
      const transferred = thousandths.get(key) ?? 0n;
      return [
        key,
        {
          platform: { quantity: '1', cents: 4900n },
          api: { quantity: count.toString(), cents: roundToCents(apiTenThousandths(count), 100n) },
          transfer: { quantity: decimal(transferred, 3), cents: roundToCents(transferred * 85n, 10_000n) },
        },
      ];
    }),
  );
}

/** How many events lie in another month than the billed one by their customer's own clock. */
export function countOutside({ period, customers, events }: Workload): number {
  const months = new Map(customers.map(({ key, time_zone }) => [key, createMonthReader(time_zone)]));
  return events.filter(({ customer, time }) => months.get(customer)?.(time) !== period).length;
}

/** The graduated price in ten-thousandths of a dollar. */
function apiTenThousandths(count: bigint): bigint {
  const inSecond = count > 500n ? (count < 5000n ? count : 5000n) - 500n : 0n;
  const inThird = count > 5000n ? count - 5000n : 0n;
  return inSecond * 120n + (inThird > 0n ? inThird * 75n + 50_000n : 0n);
}

/** `parts` of a cent, half up; nothing here is negative. */
const roundToCents = (amount: bigint, parts: bigint): bigint => (amount + parts / 2n) / parts;

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return `${digits.slice(0, -places)}${fraction ? `.${fraction}` : ''}`;
}

function createMonthReader(timeZone: string): (time: string) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit' });
  const months = new Map<string, string>();
  return (time) => {
    const hour = time.slice(0, 13);
    let month = months.get(hour);
    if (!month) {
      const parts = format.formatToParts(new Date(time));
      month = `${parts.find((part) => part.type === 'year')?.value}-${parts.find((part) => part.type === 'month')?.value}`;
      months.set(hour, month);
    }
    return month;
  };
}
