import fc from 'fast-check';

/** Prices, charges and usage of any kind, as JSON: what laws are tried on. */

/** A decimal string from 0 to `units` × 10^-scale, of any smaller scale too. */
export const decimal = (units: bigint, scale: number): fc.Arbitrary<string> =>
  fc.tuple(fc.bigInt({ min: 0n, max: units }), fc.integer({ min: 0, max: scale })).map(([digits, places]) => {
    const text = digits.toString().padStart(places + 1, '0');
    return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
  });

/** Rates of up to 12 decimals. */
export const rate = decimal(10n ** 9n, 12);
/** Up to 10^18 units, fractions too. */
export const quantity = decimal(10n ** 18n, 6);
export const smallQuantity = decimal(5000n, 2);
export const percent = decimal(10_000n, 4);

/** What is not given is left out, as in JSON. */
export const optional = <T>(name: string, value: fc.Arbitrary<T>): fc.Arbitrary<Readonly<Record<string, T>>> =>
  fc.option(value).map((some) => (some === null ? {} : { [name]: some }));

const fields = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all));

/** Tiers whose bounds rise by whole steps of `size` hundredths. */
export const tiers = (row: fc.Arbitrary<object>, hundredths: number): fc.Arbitrary<unknown[]> =>
  fc.array(fc.tuple(fc.integer({ min: 1, max: hundredths }), row), { minLength: 1, maxLength: 5 }).map((rows) => {
    let bound = 0;
    return rows.map(([step, figures], index) => {
      bound += step;
      return { up_to: index === rows.length - 1 ? null : (bound / 100).toFixed(2), ...figures };
    });
  });

const unitTier = fields(
  rate.map((unit_amount) => ({ unit_amount })),
  optional('flat_amount', rate),
);
const percentTier = fields(
  percent.map((each) => ({ percent: each })),
  optional('flat_amount', rate),
);
const positive = decimal(10n ** 6n, 6).map((text) => (/[1-9]/.test(text) ? text : '1'));

/** Prices of a quantity, by model. `hundredths`: how far apart tier bounds may lie. */
export const prices = (hundredths = 200_000) => ({
  flat: rate.map((amount) => ({ model: 'flat', amount })),
  per_unit: rate.map((unit_amount) => ({ model: 'per_unit', unit_amount })),
  graduated: tiers(unitTier, hundredths).map((all) => ({ model: 'graduated', tiers: all })),
  volume: tiers(unitTier, hundredths).map((all) => ({ model: 'volume', tiers: all })),
  stairstep: tiers(
    rate.map((flat_amount) => ({ flat_amount })),
    hundredths,
  ).map((all) => ({ model: 'stairstep', tiers: all })),
  package: fc
    .tuple(positive, rate, fc.constantFrom('up', 'down'))
    .map(([size, amount, round]) => ({ model: 'package', size, amount, round })),
  percentage: fc
    .tuple(percent, optional('free_amount', smallQuantity))
    .map(([each, free]) => ({ model: 'percentage', percent: each, ...free })),
  graduated_percentage: tiers(percentTier, hundredths).map((all) => ({ model: 'graduated_percentage', tiers: all })),
  matrix: fc.tuple(rate, rate).map(([one, other]) => ({
    model: 'matrix',
    dimensions: ['region'],
    rates: [{ values: ['eu'], unit_amount: one }],
    default_unit_amount: other,
  })),
  dynamic: positive.map((multiplier) => ({ model: 'dynamic', multiplier })),
});

/** Percentages that look at single events, with any of their limits. */
export const eventPrice: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(percent, smallQuantity, optional('free_events', fc.nat(3)), optional('free_amount', smallQuantity))
  .chain(([each, fixed_amount, events, amount]) =>
    fc.tuple(fc.option(smallQuantity), fc.option(smallQuantity)).map(([one, other]) => {
      const [least, most] = one !== null && other !== null && Number(one) > Number(other) ? [other, one] : [one, other];
      return {
        model: 'percentage',
        percent: each,
        fixed_amount,
        ...events,
        ...amount,
        ...(least !== null && { minimum_per_event: least }),
        ...(most !== null && { maximum_per_event: most }),
      };
    }),
  );

/** Now and then below zero, as corrections are. */
export const signed = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(value, fc.nat(4)).map(([text, die]) => (die === 0 && /[1-9]/.test(text) ? `-${text}` : text));

export const events: fc.Arbitrary<string[]> = fc.array(signed(smallQuantity), { maxLength: 6 });

/** What can be around a price of usage: units, included units, unit rate, discount, maximum, minimum. */
export const around: fc.Arbitrary<Record<string, unknown>> = fields(
  optional(
    'convert',
    fc.record({
      divide: positive,
      round: fc.constantFrom('up', 'down', 'half_up', 'none'),
      places: fc.nat(3),
    }),
  ),
  optional('included_units', smallQuantity),
  optional(
    'discount_percent',
    decimal(10_000n, 2).map((text) => (Number(text) > 100 ? '100' : text)),
  ),
  optional(
    'unit',
    positive.map((worth) => ({ name: 'credits', rate: worth })),
  ),
  fc.tuple(fc.option(smallQuantity), fc.option(smallQuantity)).map(([one, other]) => {
    const [least, most] = one !== null && other !== null && Number(one) > Number(other) ? [other, one] : [one, other];
    return { ...(least !== null && { minimum_amount: least }), ...(most !== null && { maximum_amount: most }) };
  }),
);

export const currency = fc.constantFrom('JPY', 'USD', 'KWD', 'CLF');
