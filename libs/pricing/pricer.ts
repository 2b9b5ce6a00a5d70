import { dynamicPricer } from './models/dynamic.ts';
import { flatPricer } from './models/flat.ts';
import { graduatedPricer } from './models/graduated.ts';
import { matrixPricer } from './models/matrix.ts';
import { packagePricer } from './models/package.ts';
import { perUnitPricer } from './models/per-unit.ts';
import { percentagePricer } from './models/percentage.ts';
import { volumePricer } from './models/volume.ts';
import type { Price, PriceModel, PriceOf } from './price-schema.ts';
import type { Priced } from './price-step.ts';
import type { Usage } from './usage.ts';

/** What usage costs by one price, not rounded. The quantity is not negative. @throws CannotPrice */
export type Pricer = (usage: Usage) => Priced;

const MODELS: { readonly [Model in PriceModel]: (price: PriceOf<Model>) => Pricer } = {
  flat: flatPricer,
  per_unit: perUnitPricer,
  graduated: graduatedPricer,
  volume: volumePricer,
  stairstep: volumePricer,
  package: packagePricer,
  percentage: percentagePricer,
  graduated_percentage: graduatedPricer,
  matrix: matrixPricer,
  dynamic: dynamicPricer,
};

const made = new WeakMap<Price, Pricer>();

/** The pricer of a price, its figures read once for any number of lines. @throws Error for a model that a newer version stored */
export function pricerOf(price: Price): Pricer {
  const known = made.get(price);
  if (known) return known;
  const make = Object.hasOwn(MODELS, price.model) ? (MODELS[price.model] as (price: Price) => Pricer) : undefined;
  // A stored price of a newer version must stop the bill of its customer, not become zero.
  if (!make) throw new Error(`no pricer for price model ${JSON.stringify(price.model)}`);
  const pricer = make(price);
  made.set(price, pricer);
  return pricer;
}
