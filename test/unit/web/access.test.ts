import type { RequestContext } from '../../../src/web/context';
import { adminReach } from '../../../src/web/routes/admin/access';
import { aSite } from '../session/kit';

/** A request of somebody whose group grants the administration; `asked` counts the questions. */
function stand() {
  const site = {
    ...aSite(),
    groups: [{ id: 'admins', title: 'admins', members: [], permissions: ['admin.access'] }],
  };
  const actor = {
    user: { id: 1, groups: ['admins'] },
    session: { state: 'open', site: site.id, user: { groups: ['admins'] } },
    scope: { site: site.id },
  };
  let asked = 0;
  const hooks = {
    filter: async (_scope: unknown, _name: string, value: unknown) => {
      asked++;
      return value;
    },
    guard: async () => {
      asked++;
      return [];
    },
  };
  const ctx = { site, actor } as unknown as RequestContext;
  const deps = { hooks } as unknown as Parameters<typeof adminReach>[0];
  return { ctx, deps, asked: () => asked };
}

describe('how far a person may administer', () => {
  it('is asked once in a request, and again in the next one', async () => {
    const { ctx, deps, asked } = stand();
    expect(await adminReach(deps, ctx)).toBe('site');
    const once = asked();
    expect(await adminReach(deps, ctx)).toBe('site');
    expect(asked()).toBe(once);

    expect(await adminReach(deps, { ...ctx })).toBe('site');
    expect(asked()).toBe(2 * once);
    expect(once).toBeGreaterThan(0);
  });
});
