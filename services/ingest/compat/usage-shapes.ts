import { z } from 'zod';
import { customerKeySchema, lineSchema } from '#libs/catalog/fields.ts';

/* The bodies of other metering APIs, each as an event: whose it is, of what type, with which properties, and the sender's own id if it has one. */

/** A body in our words. `pointers`: where a fault of the event lies in the body. */
export interface SentUsage {
  /** Ids of different shapes are different. */
  readonly source: string;
  /** Undefined: the body names none. */
  readonly id: string | undefined;
  readonly type: string;
  readonly customer: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly pointers: Readonly<Record<string, string>>;
}

const DECIMAL = /^-?\d{1,30}(\.\d{1,20})?$/;
const amountSchema = z
  .union([z.number(), z.string().regex(DECIMAL, 'must be a decimal such as 12.5')])
  .describe('A number, or a decimal as text for more than 15 digits');

/** Many of their users number their tenants. */
const keySchema = z.union([customerKeySchema, z.int().min(0)]).transform(String);

export const tenantUsageSchema = z
  .strictObject({
    tenantId: keySchema.describe('Key of the customer'),
    metric: lineSchema().describe('Becomes the type of the event'),
    amount: amountSchema,
    dedupeKey: lineSchema().optional().describe('Unique per tenant; without it the header Idempotency-Key is taken'),
  })
  .meta({ title: 'Usage of a tenant' });

export const customerUsageSchema = z
  .strictObject({
    customer_id: keySchema.describe('Key of the customer'),
    resource_type: lineSchema().describe('Becomes the type of the event'),
    quantity: amountSchema,
    metadata: z
      .record(lineSchema(), z.union([z.string().max(1000), z.number(), z.boolean()]))
      .refine((values) => !('quantity' in values), 'must not hold "quantity": that is the amount itself')
      .nullish()
      .describe('Flat; becomes properties of the event'),
  })
  .meta({ title: 'Usage of a customer' });

export const PULSE_TYPE = 'pulse';

export const pulseSchema = z.strictObject({
  tenant_id: keySchema.describe('Key of the customer'),
  product_sku: lineSchema(),
  use_unit: lineSchema(64),
  used_amount: amountSchema,
});

export function usageOfTenant({ tenantId, metric, amount, dedupeKey }: z.infer<typeof tenantUsageSchema>): SentUsage {
  return {
    source: 'compat/tenants',
    // Two tenants may use one key. No slash is left in the first part, so that no two pairs meet.
    id: dedupeKey === undefined ? undefined : `${encodeURIComponent(tenantId)}/${dedupeKey}`,
    type: metric,
    customer: tenantId,
    properties: { amount },
    pointers: { '/id': '/dedupeKey', '/type': '/metric', '/customer': '/tenantId', '/properties': '/amount' },
  };
}

export function usageOfCustomer(body: z.infer<typeof customerUsageSchema>): SentUsage {
  const { customer_id: customer, resource_type: type, quantity, metadata } = body;
  return {
    source: 'compat/customers',
    id: undefined,
    type,
    customer,
    properties: { ...metadata, quantity },
    pointers: { '/id': '', '/type': '/resource_type', '/customer': '/customer_id', '/properties': '/quantity' },
  };
}

export function usageOfPulse(body: z.infer<typeof pulseSchema>): SentUsage {
  const { tenant_id: customer, product_sku, use_unit, used_amount } = body;
  return {
    source: 'compat/pulses',
    id: undefined,
    type: PULSE_TYPE,
    customer,
    properties: { product_sku, use_unit, used_amount },
    pointers: { '/id': '', '/customer': '/tenant_id', '/properties': '/used_amount' },
  };
}
