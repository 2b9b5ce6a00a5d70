import { z } from 'zod';
import { EVEN_IF_FAULTY, instantSchema, lineSchema, slugSchema } from '#libs/catalog/fields.ts';
import { HOUR } from './hour.ts';

const MAX_CONDITIONS = 20;
const MAX_ALTERNATIVES = 100;

const scalar = z.union([z.string().max(1000), z.number(), z.boolean()]);
const bound = z.string().regex(/^-?\d{1,30}(\.\d{1,40})?$/, 'must be a decimal, as a string: "200" or "0.5"');

const OPERATORS = ['eq', 'in', 'exists', 'gt', 'gte', 'lt', 'lte'] as const;

const conditionSchema = z
  .strictObject({
    property: lineSchema(),
    eq: scalar.optional().describe('The property is this; a number and its decimal as text are the same'),
    in: z.array(scalar).min(1).max(MAX_ALTERNATIVES).optional().describe('The property is one of these'),
    exists: z.boolean().optional().describe('Whether the event has the property'),
    gt: bound.optional(),
    gte: bound.optional(),
    lt: bound.optional(),
    lte: bound.optional(),
  })
  .superRefine((condition, context) => {
    const given = OPERATORS.filter((operator) => condition?.[operator] !== undefined);
    if (given.length === 1) return;
    context.addIssue({
      code: 'custom',
      message: `must hold exactly one of ${OPERATORS.join(', ')}: send two conditions for two`,
    });
  }, EVEN_IF_FAULTY);

const versionFields = {
  name: lineSchema(),
  event_type: lineSchema().describe('Events of this type are counted'),
  value_property: lineSchema()
    .optional()
    .describe('The property that is read, a decimal string or a number (of unique: any value); not for count'),
  group_by: z
    .array(lineSchema())
    .max(10)
    .refine((names) => new Set(names).size === names.length, 'must not name a property twice')
    .default([])
    .describe('Properties whose values split the usage'),
  filter: z
    .array(conditionSchema)
    .max(MAX_CONDITIONS)
    .default([])
    .describe('Conditions on properties; only events that meet all are counted'),
};

export const aggregationSchema = z.enum(['count', 'sum', 'min', 'max', 'avg', 'latest', 'unique', 'weighted_sum']);

export const meterSchema = z
  .strictObject({
    key: slugSchema,
    aggregation: aggregationSchema,
    ...versionFields,
    effective_from: instantSchema
      .nullable()
      .default(null)
      .describe('Events whose own time lies before this are not counted; null: no bound'),
  })
  .superRefine((meter, context) => {
    const message = valuePropertyFault(meter?.aggregation, meter?.value_property);
    if (message) context.addIssue({ code: 'custom', path: ['value_property'], message });
  }, EVEN_IF_FAULTY);

/** What is wrong about a value property, if anything. */
export function valuePropertyFault(
  aggregation: z.infer<typeof aggregationSchema> | undefined,
  property: string | undefined,
): string | undefined {
  if (!aggregationSchema.safeParse(aggregation).success) return undefined;
  if (aggregation === 'count')
    return property === undefined ? undefined : 'must be left out: a count looks at no property';
  return property === undefined ? `is missing: ${aggregation} needs to know which property to read` : undefined;
}

export const meterVersionSchema = z.strictObject({
  ...versionFields,
  effective_from: instantSchema
    .refine((at) => at % HOUR === 0, 'must lie on a full hour of UTC')
    .optional()
    .describe('The version before ends here. Left out: the next full hour that no event can have reached yet'),
});
