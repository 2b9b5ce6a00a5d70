import { z } from 'zod';
import { instantSchema, lineSchema, slugSchema } from '#libs/catalog/fields.ts';

const common = {
  key: slugSchema,
  name: lineSchema(),
  event_type: lineSchema().describe('Events of this type are counted'),
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
};

export const meterSchema = z.discriminatedUnion('aggregation', [
  z.strictObject({ ...common, aggregation: z.literal('count') }),
  z.strictObject({
    ...common,
    aggregation: z.literal('sum'),
    value_property: lineSchema().describe('Property that is summed: a decimal string or a number'),
  }),
]);

export type MeterInput = z.infer<typeof meterSchema>;
