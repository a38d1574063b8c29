import { expect, it } from 'vitest';
import { buildTestApi } from '../support/api.ts';
import { apiPage } from '../support/api-page.ts';

// After a change of the API: npx vitest run test/docs/api.test.ts -u
it('docs/api.md says what the service publishes', async () => {
  const { app } = await buildTestApi();
  const { body } = await app.inject('/docs/json');
  const page = apiPage(JSON.parse(body) as Record<string, unknown>);
  await expect(page).toMatchFileSnapshot('../../docs/api.md');
});
