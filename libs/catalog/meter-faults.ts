import type { Charge } from '#libs/pricing/charge-schema.ts';
import { anyPrice } from '#libs/pricing/price-in.ts';
import type { PriceModel } from '#libs/pricing/price-schema.ts';

/** What of a meter a charge depends on. */
export interface PricedMeter {
  readonly aggregation: string;
  readonly groupBy: readonly string[];
  readonly archivedAt: Date | null;
}

/** A fault of a charge that shows only beside its meter; the pointer begins at the charge. */
export interface MeterFault {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly detail: string;
}

/** Models whose quantity is money: they need events that are added up. */
const OF_SUMS: readonly PriceModel[] = ['dynamic', 'percentage', 'graduated_percentage'];

/** Everything that keeps a charge from being priced by its meter; `meter`: undefined if it does not exist. */
export function meterFaults(charge: Charge, meter: PricedMeter | undefined): MeterFault[] {
  if (charge.meter === undefined) return [];
  const name = `the meter "${charge.meter}"`;
  if (!meter) {
    const detail = `names ${name}, which does not exist: create it by POST /v1/meters first`;
    return [{ path: ['meter'], code: 'unknown_meter', detail }];
  }
  if (meter.archivedAt !== null)
    return [{ path: ['meter'], code: 'archived_meter', detail: `names the archived meter "${charge.meter}"` }];
  const faults = propertiesOf(charge).flatMap(({ path, property }): MeterFault[] => {
    if (meter.groupBy.includes(property)) return [];
    const has = meter.groupBy.length === 0 ? 'nothing' : meter.groupBy.map((one) => `"${one}"`).join(', ');
    const detail = `names the property "${property}", by which ${name} does not split its usage: it splits by ${has}`;
    return [{ path, code: 'unknown_property', detail }];
  });
  const model = anyPrice(charge)?.model;
  if (model !== undefined && OF_SUMS.includes(model) && meter.aggregation !== 'sum') {
    const detail = `must be a meter that sums up an amount: ${name} is of "${meter.aggregation}", and a ${model} price is taken of money`;
    faults.push({ path: ['meter'], code: 'unfit_meter', detail });
  }
  return faults;
}

/** Where the charge names properties of events. */
function propertiesOf(charge: Charge): { readonly path: readonly PropertyKey[]; readonly property: string }[] {
  return [
    ...Object.keys(charge.filter ?? {}).map((property) => ({ path: ['filter', property], property })),
    ...(charge.group_by ?? []).map((property, index) => ({ path: ['group_by', index], property })),
    ...pricesOf(charge).flatMap(({ path, price }) =>
      price.model === 'matrix'
        ? price.dimensions.map((property, index) => ({ path: [...path, 'dimensions', index], property }))
        : [],
    ),
  ];
}

const pricesOf = ({ price, prices }: Charge) => [
  ...(price ? [{ path: ['price'], price }] : []),
  ...Object.entries(prices ?? {}).map(([currency, one]) => ({ path: ['prices', currency], price: one })),
];
