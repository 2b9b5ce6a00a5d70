import type { Exported } from './answers.ts';
import { countedFigures } from './counted.ts';
import { compare, type Fraction, fraction, text } from './fraction.ts';
import { documentHash } from './hashes.ts';
import { lineAmounts, stepsOf, type Worked } from './lines.ts';
import { type Figure, totals } from './totals.ts';
import { type Reader, walkLine } from './walk-line.ts';

export interface Row {
  readonly name: string;
  readonly said: string;
  readonly found: string;
  readonly same: boolean;
}

/** Every figure of an invoice by another calculation, from its events on. Of a credit note the sums alone: its amounts are the invoice's. */
export async function recompute(reader: Reader, id: string): Promise<Row[]> {
  const [exported] = await reader.all<Exported>(`/v1/exports/invoices?format=ndjson&document=${id}`);
  if (!exported) throw new Error(`there is no document ${id}`);
  const { document, organization } = exported;
  const hash = documentHash(exported.previous_hash, document);
  const rows: Row[] = [{ name: 'hash', said: exported.hash, found: hash, same: hash === exported.hash }];
  const digits = document.total.split('.')[1]?.length ?? 0;
  const path = `/v1/${document.kind === 'invoice' ? 'invoices' : 'credit-notes'}/${id}`;
  const worked: Worked[] = [];
  if (document.kind === 'invoice') {
    for (const line of document.lines) {
      const walked = await walkLine(reader, organization, path, line);
      worked.push(walked.worked);
      rows.push(...walked.figures.map(rowOf));
      rows.push(rowOf({ name: `line ${line.position} steps`, said: line.amount, found: stepsOf(line, digits) }));
    }
  }
  const amounts = lineAmounts(worked, document.currency, digits);
  rows.push(...countedFigures(worked, amounts, document.currency, digits).map(rowOf));
  for (const [position, found] of amounts) {
    const said = document.lines.find((line) => line.position === position)?.amount as string;
    rows.push(rowOf({ name: `line ${position} amount`, said, found }));
  }
  return [...rows, ...totals(document, digits).map(rowOf)];
}

const rowOf = ({ name, said, found }: Figure): Row => ({
  name,
  said,
  found: text(found),
  same: isSame(said, found),
});

/** Averages are quotients, of which the product carries 40 digits. */
function isSame(said: string, found: Fraction): boolean {
  const difference = compare(fraction(said), found);
  if (difference === 0) return true;
  return (said.split('.')[1]?.length ?? 0) >= 30 && text(fraction(said)) === text(found);
}
