import type { z } from 'zod';

/** What can be read of something that its schema refused: each field that is right by itself, defaults included. */
export function readableFields<Shape extends z.ZodRawShape>(
  { shape }: z.ZodObject<Shape>,
  value: unknown,
): { readonly [Field in keyof Shape]?: z.output<Shape[Field]> } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const given = value as Readonly<Record<string, unknown>>;
  const read = Object.entries(shape).flatMap(([field, schema]) => {
    const parsed = (schema as z.ZodType).safeParse(Object.hasOwn(given, field) ? given[field] : undefined);
    return parsed.success && parsed.data !== undefined ? [[field, parsed.data]] : [];
  });
  return Object.fromEntries(read);
}
