import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import type { InvoiceDraft } from './assemble.ts';
import type { DocumentLine } from './document.ts';
import { type UnitKind, unitKeyText } from './due-unit.ts';

/**
 * Everything about a draft that does not add up, in words; none means it may be finalized. It looks only at the finished draft, so a
 * fault in rating or assembling is caught here and not by the customer.
 */
export function checkDraft(draft: InvoiceDraft): string[] {
  const { body } = draft;
  const digits = currencyDigits(body.currency);
  const problems = body.lines.flatMap((line) => checkLine(line, digits, body));
  const total = sum(body.lines.map(({ amount }) => amount));
  if (!total.eq(body.subtotal))
    problems.push(`the lines add up to ${total.toFixed()}, the subtotal says ${body.subtotal}`);
  if (!new Big(body.subtotal).plus(body.tax_total).eq(body.total))
    problems.push(`${body.subtotal} and tax of ${body.tax_total} are not ${body.total}`);
  if (body.kind === 'invoice' && total.lt('0')) problems.push(`an invoice of ${body.total} is below zero`);
  for (const name of ['subtotal', 'tax_total', 'total'] as const)
    if (!hasDigits(body[name], digits)) problems.push(`${name} ${body[name]} does not have ${digits} digits`);
  if (body.lines.length === 0) problems.push('there are no lines');
  const positions = body.lines.map((line) => line.position);
  if (positions.some((position, index) => position !== index + 1)) problems.push('positions are not 1, 2, 3 …');
  return [...problems, ...checkUnits(draft)];
}

function checkLine(line: DocumentLine, digits: number, { currency, kind }: InvoiceDraft['body']): string[] {
  const name = `line ${line.position} (${line.charge_key})`;
  const problems: string[] = [];
  if (!hasDigits(line.amount, digits)) problems.push(`${name}: amount ${line.amount} does not have ${digits} digits`);
  const worked = sum(line.steps.map(({ amount }) => amount));
  if (!roundToCurrency(worked, currency).eq(line.amount))
    problems.push(`${name}: its steps make ${worked.toFixed()}, its amount is ${line.amount}`);
  if (kind === 'credit_note' ? new Big(line.amount).gt('0') : new Big(line.amount).lt('0'))
    problems.push(`${name}: amount ${line.amount} has the wrong sign for a ${kind}`);
  if (Date.parse(line.service_from) >= Date.parse(line.service_to))
    problems.push(`${name}: its period ends at ${line.service_to}, before it begins`);
  if ((line.kind === 'usage') !== (line.evidence !== undefined))
    problems.push(`${name}: usage has evidence and a fee has none`);
  if (line.evidence && !new Big(line.evidence.quantity).eq(line.quantity))
    problems.push(`${name}: evidence is for ${line.evidence.quantity}, billed is ${line.quantity}`);
  if (line.evidence?.event_count === '0' && !isWithoutEvents(line.quantity, line.evidence))
    problems.push(`${name}: a quantity of ${line.quantity} without an event`);
  return problems;
}

/** What a line without events can say: nothing, or what earlier events left. */
const isWithoutEvents = (quantity: string, evidence: NonNullable<DocumentLine['evidence']>): boolean =>
  evidence.digest === '0' && (evidence.carried_in !== undefined || new Big(quantity).eq('0'));

/** An invoice bills each unit of its lines once, group by group. A credit note bills none. */
function checkUnits({ body, units }: InvoiceDraft): string[] {
  const problems: string[] = [];
  const kinds = new Map(
    body.lines.flatMap((line) => (line.kind === 'minimum' ? [] : [[unitText(line, ''), line.kind] as const])),
  );
  const onLines = body.lines.map((line) => {
    const kind = kinds.get(unitText(line, ''));
    if (kind === undefined) problems.push(`line ${line.position} (${line.charge_key}) tops up nothing`);
    return kind ?? 'fee';
  });
  const parts = body.lines.map((line) => `${unitText(line, line.kind)} ${JSON.stringify(line.group ?? null)}`);
  if (new Set(parts).size !== parts.length) problems.push('one unit stands on two lines');
  // A minimum that is reached has no line beside others.
  const billed = units
    .filter((unit) => unit.kind !== 'commitment' || kinds.has(unitKeyText({ ...unit, kind: '' as UnitKind })))
    .map(unitKeyText);
  const expected = new Set(
    body.kind === 'invoice' ? body.lines.map((line, index) => unitText(line, onLines[index] as string)) : [],
  );
  if ([...billed].sort().join('\n') !== [...expected].sort().join('\n'))
    problems.push('the units billed are not those on the lines');
  return problems;
}

const unitText = (line: DocumentLine, kind: string): string =>
  unitKeyText({
    subscriptionId: line.subscription_id,
    chargeKey: line.charge_key,
    serviceFrom: line.service_from,
    serviceTo: line.service_to,
    kind: kind as UnitKind,
  });

function hasDigits(amount: string, digits: number): boolean {
  return new RegExp(digits === 0 ? '^-?\\d+$' : `^-?\\d+\\.\\d{${digits}}$`).test(amount);
}
