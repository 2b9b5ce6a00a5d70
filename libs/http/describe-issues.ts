import type { z } from 'zod';
import type { FieldError } from './errors.ts';

type Issue = z.core.$ZodIssue;

/** All faults that zod found, as pointers with a sentence's predicate: '/charges/0/key', 'is missing'. */
export function describeIssues(issues: readonly Issue[], inside?: FieldError['in']): FieldError[] {
  return issues.flatMap((issue) => expand(issue, [])).map((fault) => (inside ? { ...fault, in: inside } : fault));
}

function expand(issue: Issue, prefix: readonly PropertyKey[]): FieldError[] {
  const path = [...prefix, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        pointer: pointerOf([...path, key]),
        code: 'unknown_field',
        detail: 'is not a known field',
      }));
    // A key that is no currency, for one: the key's own faults, not that there are some.
    case 'invalid_key':
      return issue.issues.flatMap((inner) => expand(inner, path));
    case 'invalid_union': {
      // Of several forms the one that the value nearly has is worth telling.
      const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0];
      if (nearest && issue.errors.length > 0 && nearest.length > 0)
        return nearest.flatMap((inner) => expand(inner, path));
      return [{ pointer: pointerOf(path), code: 'invalid_value', detail: issue.message }];
    }
    default:
      return [{ pointer: pointerOf(path), code: codeOf(issue), detail: issue.message }];
  }
}

const codeOf = (issue: Issue): string =>
  issue.code === 'custom' ? 'invalid_value' : issue.message === MISSING ? 'missing' : issue.code;

/** RFC 6901. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const MISSING = 'is missing';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  date: 'a date',
  null: 'null',
};

/** Words for what zod finds, where a schema has none of its own. Pass as `error` to safeParse. */
export const wordIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return MISSING;
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      if (issue.input === undefined) return MISSING;
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${list(issue.values)}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? `must be one of ${list(issue.options)}` : undefined;
    case 'too_small':
      return `must ${size(issue.origin, issue.minimum, 'at least', issue.inclusive ?? true)}`;
    case 'too_big':
      return `must ${size(issue.origin, issue.maximum, 'at most', issue.inclusive ?? true)}`;
    case 'unrecognized_keys':
      return 'is not a known field';
    default:
      return undefined;
  }
};

const list = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(', ');

function size(origin: string, limit: number | bigint, word: string, inclusive: boolean): string {
  if (origin === 'string') return `have ${word} ${limit} ${Number(limit) === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set')
    return `hold ${word} ${limit} ${Number(limit) === 1 ? 'entry' : 'entries'}`;
  return inclusive ? `be ${word} ${limit}` : `be ${word === 'at least' ? 'more' : 'less'} than ${limit}`;
}
