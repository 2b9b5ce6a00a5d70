import { z } from 'zod';
import {
  modeSchema,
  type Organization,
  organizationChangeSchema,
  organizationSchema,
  sellerSchema,
} from '#libs/catalog/organization-schema.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { settingsOf } from '#libs/catalog/settings-of.ts';
import { insertApiKey } from '#libs/catalog/store/insert-api-key.ts';
import { insertOrganization } from '#libs/catalog/store/insert-organization.ts';
import { type ListedOrganization, listOrganizations } from '#libs/catalog/store/list-organizations.ts';
import { reserveOrganizationId } from '#libs/catalog/store/reserve-organization-id.ts';
import { selectOrganization } from '#libs/catalog/store/select-organization.ts';
import { updateOrganization } from '#libs/catalog/store/update-organization.ts';
import { inOrganization, inTransaction, type Transaction } from '#libs/database/transaction.ts';
import { type FieldError, invalidFields } from '#libs/http/errors.ts';
import { newApiKey } from '#libs/http/keys.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { findTaxRateFaults } from '../check-tax-rates.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { named, timeSchema } from '../fields.ts';

const shape = {
  id: z.int(),
  name: z.string(),
  mode: modeSchema,
  event_max_age_days: z.int(),
  event_max_ahead_seconds: z.int(),
  grace_minutes: z.int(),
  time_zone: z.string(),
  seller: sellerSchema,
  payment_terms_days: z.int(),
  tax_rates: z.array(z.string()),
  currency: z.string().nullable(),
  numbering: z.object({ invoice: z.string(), credit_note: z.string(), reset: z.enum(['never', 'yearly']) }),
  document_url: z.string().nullable(),
  document_notes: z.array(z.string()),
  dead_letters: z.enum(['warn', 'block']),
  retention_years: z.int(),
  created_at: timeSchema,
};
const organizationAnswer = z.object(shape);
const listedAnswer = z.object({ id: shape.id, name: shape.name, mode: shape.mode, created_at: shape.created_at });

const present = (organization: Organization): z.infer<typeof organizationAnswer> => ({
  id: organization.id,
  name: organization.name,
  mode: organization.mode,
  event_max_age_days: organization.eventMaxAgeDays,
  event_max_ahead_seconds: organization.eventMaxAheadSeconds,
  grace_minutes: organization.graceMinutes,
  time_zone: organization.timeZone,
  seller: organization.seller,
  payment_terms_days: organization.paymentTermsDays,
  tax_rates: [...organization.taxRates],
  currency: organization.currency,
  numbering: organization.numbering,
  document_url: organization.documentUrl,
  document_notes: [...organization.documentNotes],
  dead_letters: organization.deadLetters,
  retention_years: organization.retentionYears,
  created_at: organization.createdAt.toISOString(),
});

/** What a change is applied to: an organization in the words of a request. */
const inputOf = ({ id: _id, created_at: _at, ...input }: z.infer<typeof organizationAnswer>) => input;

export function organizationRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, random, dedupeDays } = dependencies;
  const faultsOf = async (
    tx: Transaction,
    organizationId: number,
    { event_max_age_days: days, tax_rates: rates }: z.infer<typeof organizationChangeSchema>,
  ): Promise<FieldError[]> => {
    const detail = `must be at most ${dedupeDays}: identities are kept that long (TOLLBOOK_DEDUPE_DAYS), and an older event could count twice`;
    return [
      ...(days !== undefined && days > dedupeDays ? [{ pointer: '/event_max_age_days', detail }] : []),
      ...(await findTaxRateFaults(tx, organizationId, rates)),
    ];
  };
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/organizations',
      scope: 'operator',
      idempotency: 'refused',
      summary: 'Create an organization; its first admin key is shown once',
      body: organizationSchema,
      response: z.object({ ...shape, admin_key: z.string().describe('Shown once and stored nowhere') }),
      status: 201,
      async handler({ body }) {
        const admin = newApiKey(random, body.mode);
        const organization = await inTransaction(pool, async (tx) => {
          const id = await reserveOrganizationId(tx);
          const faults = await faultsOf(tx, id, body);
          if (faults.length > 0) throw invalidFields(faults);
          const created = await insertOrganization(tx, id, settingsOf(body));
          const { key: _key, ...stored } = admin;
          await insertApiKey(tx, id, {
            ...stored,
            id: newId(dependencies),
            name: 'First admin key',
            scopes: ['admin'],
          });
          await insertOutbox(tx, {
            organizationId: id,
            type: 'organization.created',
            subject: String(id),
            data: present(created),
          });
          return created;
        });
        return { body: { ...present(organization), admin_key: admin.key }, headers: { Location: '/v1/organization' } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/organizations',
      scope: 'operator',
      summary: 'List the organizations of the installation',
      query: z.strictObject(pageQuery),
      response: pageSchema(listedAnswer),
      async handler({ query: { limit, cursor } }) {
        const after = decodeCursor(cursor, z.int()) ?? null;
        const rows = await inTransaction(pool, (tx) => listOrganizations(tx, after, limit + 1));
        const presentListed = ({ createdAt, ...row }: ListedOrganization) => ({
          ...row,
          created_at: createdAt.toISOString(),
        });
        return { body: pageOf(rows, limit, presentListed, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/organization',
      scope: 'read',
      summary: 'The organization of the key',
      response: organizationAnswer,
      async handler({ organizationId }) {
        return {
          body: present(await inOrganization(pool, organizationId, (tx) => selectOrganization(tx, organizationId))),
        };
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/v1/organization',
      scope: 'admin',
      matches: { lock: (tx, organizationId) => selectOrganization(tx, organizationId, true) },
      summary: 'Change settings of the organization',
      body: organizationChangeSchema,
      moreFaults: ({ organizationId, body }) =>
        inOrganization(pool, organizationId, (tx) =>
          faultsOf(tx, organizationId, readableFields(organizationChangeSchema, body)),
        ),
      response: organizationAnswer,
      async handler({ organizationId, body }) {
        const organization = await inOrganization(pool, organizationId, async (tx) => {
          const before = await selectOrganization(tx, organizationId, true);
          const faults = await faultsOf(tx, organizationId, body);
          if (faults.length > 0) throw invalidFields(faults);
          const settings = settingsOf({ ...inputOf(present(before)), ...named(body) });
          const after = await updateOrganization(tx, organizationId, settings);
          await insertOutbox(tx, {
            organizationId,
            type: 'organization.updated',
            subject: String(organizationId),
            data: present(after),
          });
          return after;
        });
        return { body: present(organization) };
      },
    }),
  ];
}
