import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import { type UnitKind, unitKeyText } from '../due/due-unit.ts';
import type { InvoiceDraft } from './assemble.ts';
import type { DocumentLine } from './document.ts';

/**
 * Everything about a draft that does not add up, in words; none means it may be finalized. It looks only at the finished draft, so a
 * fault in rating, settling or assembling is caught here and not by the customer.
 */
export function checkDraft(draft: InvoiceDraft): string[] {
  const { body } = draft;
  const digits = currencyDigits(body.currency);
  const problems = [...body.lines.flatMap((line) => checkLine(line, digits, body)), ...checkTotals(body, digits)];
  if (body.lines.length === 0) problems.push('there are no lines');
  const positions = body.lines.map((line) => line.position);
  if (positions.some((position, index) => position !== index + 1)) problems.push('positions are not 1, 2, 3 …');
  return [...problems, ...checkUnits(draft)];
}

const SUMS = [
  'subtotal',
  'discount_total',
  'total_excluding_tax',
  'tax_total',
  'total',
  'credit_applied',
  'prepaid_applied',
  'amount_due',
] as const;

function checkTotals(body: InvoiceDraft['body'], digits: number): string[] {
  const { kind, lines, taxes, discounts } = body;
  const problems: string[] = [];
  const same = (name: string, found: Big, said: string) => {
    if (!found.eq(said)) problems.push(`${name} make ${found.toFixed()}, the document says ${said}`);
  };
  same('the lines', sum(lines.map(({ amount }) => amount)), body.subtotal);
  same('the discounts of the lines', sum(lines.map(({ discount }) => discount)), body.discount_total);
  same('the nets of the lines', sum(lines.map(({ net }) => net)), body.total_excluding_tax);
  same('the taxes', sum(taxes.map(({ amount }) => amount)), body.tax_total);
  same('net and taxes', new Big(body.total_excluding_tax).plus(body.tax_total), body.total);
  const added = sum(taxes.flatMap(({ inclusive, amount }) => (inclusive ? [] : [amount])));
  same(
    'lines less discounts and with added taxes',
    new Big(body.subtotal).minus(body.discount_total).plus(added),
    body.total,
  );
  // A credit note says whose share each line gives back; its invoice says of which discount.
  if (kind === 'invoice') same('the discounts', sum(discounts.map(({ taken }) => taken)), body.discount_total);
  for (const [index, { key, base, amount }] of taxes.entries()) {
    const own = lines.filter(({ taxes: parts }) => parts.some(({ tax }) => tax === index));
    same(`the nets of lines with tax "${key}"`, sum(own.map(({ net }) => net)), base);
    const parts = own.flatMap((line) => line.taxes.filter(({ tax }) => tax === index).map((part) => part.amount));
    same(`the parts of tax "${key}"`, sum(parts), amount);
  }
  const paid = sum([body.credit_applied, body.prepaid_applied, body.amount_due]);
  same('what is due and what balances pay', paid, kind === 'invoice' ? body.total : '0');
  if (kind === 'invoice' && new Big(body.total).lt('0')) problems.push(`an invoice of ${body.total} is below zero`);
  if (kind === 'credit_note') problems.push(...checkSettlement(body));
  for (const name of SUMS)
    if (!hasDigits(body[name], digits)) problems.push(`${name} ${body[name]} does not have ${digits} digits`);
  return problems;
}

function checkSettlement({ settlement, total }: InvoiceDraft['body']): string[] {
  if (settlement === undefined) return ['a credit note does not say what becomes of it'];
  const { offset, refund, credit } = settlement;
  const parts = [offset, refund, credit].map((part) => new Big(part));
  if (parts.some((part) => part.lt('0')))
    return [`offset ${offset}, refund ${refund} or credit ${credit} is below zero`];
  return sum(parts).eq(new Big(total).neg()) ? [] : [`offset, refund and credit do not make ${total}`];
}

function checkLine(line: DocumentLine, digits: number, { currency, kind, taxes }: InvoiceDraft['body']): string[] {
  const name = `line ${line.position} (${line.charge_key ?? line.description})`;
  const problems: string[] = [];
  for (const amount of [line.amount, line.discount, line.net, ...line.taxes.map((tax) => tax.amount)])
    if (!hasDigits(amount, digits)) problems.push(`${name}: amount ${amount} does not have ${digits} digits`);
  const worked = sum(line.steps.map(({ amount }) => amount));
  if (!roundToCurrency(worked, currency).eq(line.amount))
    problems.push(`${name}: its steps make ${worked.toFixed()}, its amount is ${line.amount}`);
  const contained = sum(line.taxes.flatMap(({ tax, amount }) => (taxes[tax]?.inclusive ? [amount] : [])));
  if (!new Big(line.amount).minus(line.discount).eq(contained.plus(line.net)))
    problems.push(`${name}: ${line.amount} less discount ${line.discount} is not its net of ${line.net}`);
  if (line.taxes.some(({ tax }) => taxes[tax] === undefined))
    problems.push(`${name}: has a tax that the document has not`);
  // A part of a line that is less than its taxes are rounded by can have an amount of the other sign; with taxes it has not.
  const given = sum([line.net, ...line.taxes.map(({ amount }) => amount)]);
  const hasWrongSign = kind === 'credit_note' ? given.gt('0') : new Big(line.amount).lt('0');
  if (!MAY_BE_BELOW_ZERO.has(line.kind) && hasWrongSign)
    problems.push(`${name}: amount ${line.amount} has the wrong sign for a ${kind}`);
  if (line.service_from && line.service_to && Date.parse(line.service_from) >= Date.parse(line.service_to))
    problems.push(`${name}: its period ends at ${line.service_to}, before it begins`);
  return [...problems, ...checkEvidence(name, line, kind)];
}

const MAY_BE_BELOW_ZERO: ReadonlySet<DocumentLine['kind']> = new Set(['manual', 'adjustment']);

function checkEvidence(name: string, line: DocumentLine, kind: InvoiceDraft['body']['kind']): string[] {
  const problems: string[] = [];
  // What gives back a part has none.
  const isUsage = line.kind === 'usage' || line.adjusts === 'usage';
  if (kind === 'invoice' && isUsage !== (line.evidence !== undefined))
    problems.push(`${name}: usage has evidence and nothing else has`);
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
  if (body.kind === 'credit_note') return units.length === 0 ? [] : ['a credit note bills units'];
  const problems: string[] = [];
  const lines = body.lines.filter(({ kind }) => kind !== 'manual' && kind !== 'adjustment');
  const ofLines = lines.map(unitTextOf);
  const kinds = new Map(
    lines.flatMap(({ kind }, index) => (kind === 'minimum' ? [] : [[ofLines[index] as string, kind] as const])),
  );
  const onLines = lines.map((line, index) => {
    const kind = kinds.get(ofLines[index] as string);
    if (kind === undefined) problems.push(`line ${line.position} (${line.charge_key}) tops up nothing`);
    return `${ofLines[index]}${kind ?? 'fee'}`;
  });
  const parts = lines.map(({ kind, group }, index) => `${ofLines[index]}${kind} ${JSON.stringify(group ?? null)}`);
  if (new Set(parts).size !== parts.length) problems.push('one unit stands on two lines');
  // A minimum that is reached has no line beside others.
  const billed = units
    .filter((unit) => unit.kind !== 'commitment' || kinds.has(unitKeyText({ ...unit, kind: '' as UnitKind })))
    .map(unitKeyText);
  if (billed.sort().join('\n') !== [...new Set(onLines)].sort().join('\n'))
    problems.push('the units billed are not those on the lines');
  return problems;
}

/** As unitKeyText, up to the kind. */
const unitTextOf = (line: DocumentLine): string =>
  unitKeyText({
    subscriptionId: line.subscription_id as string,
    chargeKey: line.charge_key as string,
    serviceFrom: line.service_from as string,
    serviceTo: line.service_to as string,
    kind: '' as UnitKind,
  });

function hasDigits(amount: string, digits: number): boolean {
  const point = amount.length - digits - 1;
  return digits === 0 ? WHOLE.test(amount) : amount[point] === '.' && DECIMAL.test(amount);
}

const WHOLE = /^-?\d+$/;
const DECIMAL = /^-?\d+\.\d+$/;
