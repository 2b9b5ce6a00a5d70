/** So many answers of each function are kept. */
const MOST = 20_000;

/**
 * The same pure function, which does not work out again what it worked out before: the calendar of a month is that of a hundred thousand
 * subscriptions. Arguments must be told apart by their text. What it throws is not kept; when it is full it begins anew.
 */
export function remembered<Arguments extends readonly (string | number | null)[], Answer>(
  work: (...given: Arguments) => Answer,
): (...given: Arguments) => Answer {
  const answers = new Map<string, Answer>();
  return (...given) => {
    const key = given.join('\n');
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = work(...given);
    if (answers.size >= MOST) answers.clear();
    answers.set(key, answer);
    return answer;
  };
}
