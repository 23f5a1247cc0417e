import type { TextKey } from '../../../src/base/types';
import { isPluginResponse } from '../../../src/host/response';
import type { PluginRouter, RouteOptions } from '../../../src/host/route-types';
import { collectRoutes } from '../../../src/host/router';

const answer = async () => ({ status: 204 }) as const;

describe('paths of routes', () => {
  it.each(['/', '/items', '/items/:id', '/a-b/:itemId/c9'])('accepts %s', (path) => {
    const routes = collectRoutes('p', (router) => router.get(path, answer, { public: true }));

    expect(routes).toMatchObject([{ plugin: 'p', method: 'get', path, options: { public: true } }]);
  });

  it.each([
    '',
    'items',
    '//',
    '//evil.example',
    '/a//b',
    '/a/',
    '/*',
    '/:id?',
    '/../x',
    '/A b',
    '/(x+)+',
  ])('refuses %j', (path) => {
    const register = () => collectRoutes('p', (router) => router.get(path, answer));

    expect(register).toThrow(
      expect.objectContaining({ details: { plugin: 'p', route: path, problem: 'not a path' } }),
    );
  });

  it('refuses two routes for the same requests, not the same path by two methods', () => {
    const both = (router: PluginRouter): void => {
      router.get('/items/:id', answer);
      router.post('/items/:id', answer);
    };
    const same = (router: PluginRouter): void => {
      router.get('/items/:id', answer);
      router.get('/items/:name', answer);
    };

    expect(collectRoutes('p', both)).toHaveLength(2);
    expect(() => collectRoutes('p', same)).toThrow('config/invalid');
  });

  it('refuses a route that is public and wants a proof of who is there', () => {
    const register = () =>
      collectRoutes('p', (router) => router.get('/x', answer, { public: true, confirmed: true }));
    const problem = 'public, and to be confirmed';

    expect(register).toThrow(
      expect.objectContaining({ details: { plugin: 'p', route: '/x', problem } }),
    );
    expect(
      collectRoutes('p', (router) => router.post('/x', answer, { confirmed: true })),
    ).toMatchObject([{ options: { confirmed: true } }]);
  });

  it('refuses a route that is public and wants a permission', () => {
    const register = () =>
      collectRoutes('p', (router) =>
        router.get('/x', answer, { public: true, permission: 'admin.access' }),
      );
    const problem = 'public, and with a permission';

    expect(register).toThrow(
      expect.objectContaining({ details: { plugin: 'p', route: '/x', problem } }),
    );
  });

  it('refuses a challenge of another plugin, and one that is public', () => {
    const register = (isPublic: boolean, challenges: readonly string[]) => () =>
      collectRoutes(
        'p',
        (router) => router.post('/x', answer, { challenge: 'otp', public: isPublic }),
        { challenges: challenges.map((id) => ({ id, label: 'p:x' as TextKey, path: '/x' })) },
      );
    const said = (problem: string) =>
      expect.objectContaining({ details: { plugin: 'p', route: '/x', problem } });

    expect(register(false, ['otp'])()).toHaveLength(1);
    expect(register(false, ['own'])).toThrow(said('challenge not in contributes.challenges'));
    expect(register(true, ['otp'])).toThrow(said('public, and for a challenge'));
  });

  describe('a page for administrators', () => {
    const register = (path: string, options: RouteOptions, href: string) => () =>
      collectRoutes('p', (router) => router.get(path, answer, options), {
        admin: { label: 'p:title' as TextKey, href },
      });
    const said = (href: string, problem: string) =>
      expect.objectContaining({
        details: { plugin: 'p', route: href, problem: `contributes.admin: ${problem}` },
      });
    const wanted = 'expected the permission admin.access or admin.platform, found';

    it.each([
      ['/', '/p'],
      ['/', '/p/'],
      ['/figures', '/p/figures?days=30#top'],
      ['/figures/:day', '/p/figures/today'],
    ])('is the route %s for the link %s', (path, href) => {
      expect(register(path, { permission: 'admin.access' }, href)()).toHaveLength(1);
      expect(register(path, { permission: 'admin.platform' }, href)()).toHaveLength(1);
      expect(register(path, {}, href)).toThrow(said(href, `${wanted} none`));
    });

    it('is refused when it is public, or for a right of the plugin', () => {
      expect(register('/', { public: true }, '/p')).toThrow(said('/p', `${wanted} none`));
      const own = { permission: 'p.read' } as unknown as RouteOptions;
      expect(register('/', own, '/p')).toThrow(said('/p', `${wanted} p.read`));
    });

    it('is refused when no route answers it', () => {
      const none = 'expected a GET route, found none';
      const options = { permission: 'admin.access' } as const;
      expect(register('/figures', options, '/p')).toThrow(said('/p', none));
      expect(() =>
        collectRoutes('p', undefined, { admin: { label: 'p:title' as TextKey, href: '/p' } }),
      ).toThrow(said('/p', none));
    });
  });

  it('takes files on a POST of an open session, within a bound', () => {
    const register = (method: 'get' | 'post', options: RouteOptions) => () =>
      collectRoutes('p', (router) => router[method]('/x', answer, options), {
        challenges: [{ id: 'otp', label: 'p:x' as TextKey, path: '/x' }],
      });
    const said = (problem: string) =>
      expect.objectContaining({ details: { plugin: 'p', route: '/x', problem } });
    const upload = { maxBytes: 30_000_000 };
    const whose = 'upload, and not for open sessions alone';
    const bound = 'upload.maxBytes: expected 1 to 30000000';

    expect(register('post', { upload })()).toMatchObject([{ options: { upload } }]);
    expect(register('get', { upload })).toThrow(said('upload, and not a POST'));
    expect(register('post', { upload, public: true })).toThrow(said(whose));
    expect(register('post', { upload, challenge: 'otp' })).toThrow(said(whose));
    for (const maxBytes of [0, 1.5, 30_000_001, Number.NaN, '9' as unknown as number]) {
      expect(register('post', { upload: { maxBytes } })).toThrow(said(bound));
    }
  });

  it('refuses a route without a handler, and routes added later', () => {
    let kept: PluginRouter | undefined;
    const routes = collectRoutes('p', (router) => {
      kept = router;
    });

    kept?.get('/late', answer);

    expect(routes).toEqual([]);
    expect(() => collectRoutes('p', (router) => router.get('/', undefined as never))).toThrow(
      'config/invalid',
    );
  });
});

describe('answers of routes', () => {
  it.each([
    [{ view: 'v', model: {}, title: 't' }],
    [{ view: 'v', model: { a: 1 }, title: 't', status: 422 }],
    [{ redirect: '/p' }],
    [{ json: [1] }],
    [{ json: 1, status: 299 }],
    [{ json: 1, status: 404 }],
    [{ json: 1, status: 429, retryAfterS: 30 }],
    [{ view: 'v', model: {}, title: 't', status: 503, retryAfterS: 0 }],
    [{ status: 404 }],
    [{ file: { name: 'a.csv', type: 'text/csv', content: 'a' } }],
    [{ file: { name: 'a', type: 'image/png', content: Buffer.of(1), isInline: true } }],
    [{ file: { name: 'a', type: 'image/png', content: Buffer.of(1), keep: 'check' } }],
  ])('accepts %j', (value) => {
    expect(isPluginResponse(value)).toBe(true);
  });

  it.each([
    [undefined],
    ['<p>html</p>'],
    [{}],
    [{ view: 'v' }],
    [{ view: 'v', model: null, title: 't' }],
    [{ status: 200 }],
    [{ json: 1, status: 302 }],
    [{ json: 1, status: 199 }],
    [{ view: 'v', model: {}, title: 't', status: 304 }],
    [{ json: 1, retryAfterS: 30 }],
    [{ json: 1, status: 422, retryAfterS: 30 }],
    [{ json: 1, status: 429, retryAfterS: 1.5 }],
    [{ json: 1, status: 429, retryAfterS: -1 }],
    [{ json: 1, status: 429, retryAfterS: 100_000 }],
    [{ redirect: '' }],
    [{ redirect: '/x', html: '<p>' }],
    [{ file: { name: 'a.csv', type: 'text/csv' } }],
    [{ file: { name: '', type: 'text/csv', content: '' } }],
    [{ file: { name: 'a', type: 'text/csv; charset=x', content: '' } }],
    [{ file: { name: 'a', type: 'text/csv', content: 3 } }],
    [{ file: { name: 'a', type: 'text/csv', content: '' }, status: 404 }],
  ])('refuses %j', (value) => {
    expect(isPluginResponse(value)).toBe(false);
  });
});
