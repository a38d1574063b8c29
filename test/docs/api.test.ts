import { expect, it } from 'vitest';
import { buildTestApi } from '../support/api.ts';
import { apiPage, type ApiDocument } from '../support/api-page.ts';

// After a change of the API: npx vitest run test/docs/api.test.ts -u
it('docs/api.md has every route, field and error of the service', async () => {
  const { app } = await buildTestApi();
  const page = apiPage((await app.inject('/docs/json')).json<ApiDocument>());
  await expect(page).toMatchFileSnapshot('../../docs/api.md');
});
