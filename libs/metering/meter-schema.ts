import { z } from 'zod';
import { EVEN_IF_FAULTY, instantSchema, lineSchema, slugSchema } from '#libs/catalog/fields.ts';

export const meterSchema = z
  .strictObject({
    key: slugSchema,
    name: lineSchema(),
    event_type: lineSchema().describe('Events of this type are counted'),
    aggregation: z.enum(['count', 'sum']),
    value_property: lineSchema()
      .optional()
      .describe('With the aggregation sum: the property that is summed, a decimal string or a number'),
    group_by: z
      .array(lineSchema())
      .max(10)
      .refine((names) => new Set(names).size === names.length, 'must not name a property twice')
      .default([])
      .describe('Properties whose values split the usage'),
    effective_from: instantSchema
      .nullable()
      .default(null)
      .describe('Events whose own time lies before this are not counted; null: no bound'),
  })
  .superRefine((meter, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', path: ['value_property'], message });
    const isGiven = meter?.value_property !== undefined;
    if (meter?.aggregation === 'sum' && !isGiven) complain('is missing: a sum needs to know which property to add up');
    if (meter?.aggregation === 'count' && isGiven) complain('must be left out: a count adds nothing up');
  }, EVEN_IF_FAULTY);

export type MeterInput = z.infer<typeof meterSchema>;
