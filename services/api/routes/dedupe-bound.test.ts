import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '#tests/support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ dedupeDays: 40 });
});
afterAll(() => api?.stop());

test('an organization may not take events older than identities are kept', async () => {
  const refused = {
    status: 422,
    body: { errors: [{ pointer: '/event_max_age_days', detail: expect.stringMatching(/at most 40/) }] },
  };
  expect(await api.operator.post('/v1/organizations', { name: 'Too old', event_max_age_days: 41 })).toMatchObject(
    refused,
  );
  const { api: admin } = await api.organization({ event_max_age_days: 40 });
  expect(await admin.patch('/v1/organization', { event_max_age_days: 41 })).toMatchObject(refused);
  expect((await admin.patch('/v1/organization', { event_max_age_days: 30 })).body).toMatchObject({
    event_max_age_days: 30,
  });
});
