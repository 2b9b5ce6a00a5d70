import { Big } from '#libs/money/decimal.ts';
import { addTaxes, type Discounted } from '#libs/pricing/totals/add-taxes.ts';
import type { DocumentLine, InvoiceDocument } from '../documents/document.ts';
import { type Difference, isSameTax } from './differences.ts';

/** A difference of which something stays billed, since there is no room to give it back. */
interface Held {
  readonly difference: Pick<Difference, 'line' | 'parts'>;
  /** After discounts, above zero; with taxes where amounts contain them. */
  readonly heldBack: Big;
}

/**
 * What more of each tax stays billed where amounts do: a document's taxes are those of its lines as they stand, rounded once. By place in the
 * document's taxes. `lines`: of the whole document as it should be, what is held back left out.
 */
export function taxesHeldBack(
  lines: readonly DocumentLine[],
  held: readonly Held[],
  document: InvoiceDocument,
): ReadonlyMap<number, Big> {
  if (held.length === 0) return new Map();
  const should = lines.map(
    (line): Standing => ({ amount: new Big(line.amount).minus(line.discount), of: taxesOf(line) }),
  );
  const more = held.map(
    ({ difference, heldBack }): Standing => ({ amount: heldBack, of: taxesOfDifference(difference, document) }),
  );
  const [without, all] = [taxesOn(should, document), taxesOn([...should, ...more], document)];
  return new Map(all.map((amount, place) => [place, amount.minus(without[place] as Big)]));
}

/** An amount after discounts, with the places of its taxes. */
interface Standing {
  readonly amount: Big;
  readonly of: ReadonlySet<number>;
}

function taxesOn(standing: readonly Standing[], { taxes, currency }: InvoiceDocument): Big[] {
  const lines = standing.map(({ amount }, index): Discounted => ({ line: { charge: String(index), amount }, amount }));
  const rates = taxes.map(({ name, percent, inclusive }, place) => ({
    name,
    percent,
    inclusive,
    charges: standing.flatMap(({ of }, index) => (of.has(place) ? [String(index)] : [])),
  }));
  return addTaxes(lines, rates, currency).taxes.map(({ amount }) => amount);
}

const taxesOf = (line: DocumentLine): ReadonlySet<number> => new Set(line.taxes.map(({ tax }) => tax));

/** The taxes of what there should be, or else of what billed it. */
function taxesOfDifference({ line, parts }: Held['difference'], document: InvoiceDocument): ReadonlySet<number> {
  if (line !== null) return taxesOf(line);
  const billed = parts.flatMap(({ invoice, line: part }) => part.taxes.flatMap(({ tax }) => invoice.taxes[tax] ?? []));
  return new Set(billed.map((tax) => document.taxes.findIndex((own) => isSameTax(own, tax))));
}
