import { z } from 'zod';
import { slugSchema } from '#libs/catalog/fields.ts';
import { ApiError } from '#libs/http/errors.ts';
import { aggregationSchema } from '#libs/metering/meter-schema.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';
import { timeSchema } from './fields.ts';

export const meterAnswer = z.object({
  key: slugSchema,
  version: z.int(),
  name: z.string(),
  event_type: z.string(),
  aggregation: aggregationSchema,
  value_property: z.string().nullable(),
  group_by: z.array(z.string()),
  filter: z.array(z.record(z.string(), z.unknown())),
  effective_from: timeSchema.nullable(),
  effective_until: timeSchema.nullable(),
  created_at: timeSchema,
  archived_at: timeSchema.nullable(),
});

export const presentMeter = (meter: StoredMeter): z.infer<typeof meterAnswer> => ({
  key: meter.key,
  version: meter.version,
  name: meter.name,
  event_type: meter.eventType,
  aggregation: meter.aggregation,
  value_property: meter.valueProperty,
  group_by: [...meter.groupBy],
  filter: meter.filter.map((condition) => ({ ...condition })),
  effective_from: meter.effectiveFrom?.toISOString() ?? null,
  effective_until: meter.effectiveUntil?.toISOString() ?? null,
  created_at: meter.createdAt.toISOString(),
  archived_at: meter.archivedAt?.toISOString() ?? null,
});

export const noSuchMeter = (key: string) => new ApiError('not_found', `There is no meter "${key}".`);
