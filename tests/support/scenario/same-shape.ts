/**
 * Invoices that differ in their day, their customer and the days that they bill, as book.ts writes them; numbers count from 1 in each year.
 * `shape` gives the total and the lines of one.
 */
export function sameShape(
  invoices: readonly (readonly [day: string, customer: string, from: string, to: string])[],
  shape: (service: string) => readonly [total: string, ...lines: string[]],
): string {
  const numbers = new Map<string, number>();
  const told = invoices.map(([day, customer, from, to]) => {
    const year = day.slice(0, 4);
    const number = (numbers.get(year) ?? 0) + 1;
    numbers.set(year, number);
    const [total, ...lines] = shape(`${from}..${to}`);
    return [`INV-${year}-${String(number).padStart(6, '0')} ${day} ${customer} ${total}`, ...lines].join('\n  ');
  });
  return `\n${told.join('\n')}\n`;
}
