import type { PluginContext } from '../../../src/host/context-types';
import type { GuardedFetchOptions } from '../../../src/kernel/fetch';
import { aPlugin, type HostInput, SITE_A, SITE_B, startTest, stopAll } from './kit';

afterEach(stopAll);

async function contextOf(more: Parameters<typeof aPlugin>[1] = {}, input: Partial<HostInput> = {}) {
  let context: PluginContext | undefined;
  const plugin = aPlugin('my-plugin', {
    ...more,
    activate(given) {
      context = given;
    },
  });
  const test = await startTest({ ...input, plugins: [plugin] });
  if (!context) throw new Error('not activated');
  return { context, ...test };
}

describe('the database of a plugin', () => {
  it.each(['users', 'my_plugin', 'my-plugin_x', 'other_x', 'my_plugin_x; drop table users', ''])(
    'refuses the table %j',
    async (name) => {
      const { context } = await contextOf({ needs: ['db'] });

      expect(() => context.db.table(name)).toThrow('request/forbidden');
      await expect(context.db.transaction(async (table) => void table(name))).rejects.toThrow(
        'request/forbidden',
      );
    },
  );

  it('is closed without the need, which the refusal names', async () => {
    const { context } = await contextOf();

    expect(() => context.db.table('my_plugin_notes')).toThrow('plugin/need-missing');
    await expect(context.db.transaction(async () => {})).rejects.toMatchObject({
      code: 'plugin/need-missing',
      details: { plugin: 'my-plugin', need: 'db' },
    });
  });
});

describe('outbound HTTP of a plugin', () => {
  const calls: (Parameters<NonNullable<HostInput['createFetch']>>[0] &
    GuardedFetchOptions & { readonly url: string })[] = [];
  const createFetch: HostInput['createFetch'] = (limits) => async (url, options) => {
    calls.push({ url: String(url), ...limits, ...options });
    return {
      status: 200,
      headers: { 'x-secret': '1', 'set-cookie': 'a=b', 'cache-control': 'no-cache' },
      contentType: 'text/plain',
      body: Buffer.from('ok'),
      url: String(url),
    };
  };
  afterEach(() => void calls.splice(0));

  it('reaches declared hosts only, with a capped size, and returns plain data', async () => {
    const { context } = await contextOf(
      { needs: ['http:https://dav.example', 'http:http://old.example:8080'] },
      { createFetch },
    );

    const answer = await context.http('https://dav.example/x', { maxBytes: 1e12 });

    expect(answer).toEqual({
      status: 200,
      contentType: 'text/plain',
      headers: { 'cache-control': 'no-cache' },
      body: Buffer.from('ok'),
    });
    expect(calls[0]).toMatchObject({ allowHosts: ['dav.example', 'old.example:8080'] });
    expect(calls[0]?.maxBytes).toBeLessThan(1e8);
  });

  it.each([
    'https://evil.example/',
    'http://dav.example/',
    'https://dav.example:8443/',
    'https://dav.example.evil.example/',
    'https://dav.example@evil.example/',
    'file:///etc/passwd',
    'nonsense',
  ])('refuses %s', async (url) => {
    const { context } = await contextOf({ needs: ['http:https://dav.example'] }, { createFetch });

    await expect(context.http(url)).rejects.toThrow('fetch/refused');
    expect(calls).toEqual([]);
  });

  it('holds redirects to the declared origins, scheme and port included', async () => {
    const { context } = await contextOf({ needs: ['http:https://dav.example'] }, { createFetch });

    await context.http('https://dav.example/x');
    const { isAllowed } = calls[0] ?? {};

    expect(isAllowed?.(new URL('https://dav.example/y'))).toBe(true);
    expect(isAllowed?.(new URL('http://dav.example/y'))).toBe(false);
    expect(isAllowed?.(new URL('https://other.example/y'))).toBe(false);
  });

  it('reaches any host over HTTPS with http:public, and stays there', async () => {
    const { context } = await contextOf({ needs: ['http:public'] }, { createFetch });

    await context.http('https://any.example/x');
    const { allowHosts, isAllowed } = calls[0] ?? {};

    expect(allowHosts).toBeUndefined(); // which opens public addresses, on 80 and 443
    expect(isAllowed?.(new URL('http://any.example/x'))).toBe(false);
    await expect(context.http('http://any.example/x')).rejects.toThrow('fetch/refused');
  });

  it('posts at most a megabyte, with the headers that it is given', async () => {
    const { context } = await contextOf({ needs: ['http:https://dav.example'] }, { createFetch });
    const post = (body: string) =>
      context.http('https://dav.example/x', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });

    await post('{}');

    expect(calls[0]).toMatchObject({ method: 'POST', body: '{}' });
    await expect(post('x'.repeat(1_000_001))).rejects.toThrow('request/too-large');
    await expect(
      context.http('https://dav.example/x', { method: 'TRACE' as 'GET' }),
    ).rejects.toThrow('fetch/refused');
    expect(calls).toHaveLength(1);
  });

  it('reaches nothing without the capability', async () => {
    const { context } = await contextOf({}, { createFetch });

    await expect(context.http('https://dav.example/')).rejects.toThrow('fetch/refused');
  });
});

describe('the rest of the context', () => {
  it('reads declared secrets only', async () => {
    const { context } = await contextOf(
      { secrets: ['apiKey'] },
      { secret: (plugin, name) => `${plugin} ${name}` },
    );

    expect(context.secret('apiKey')).toBe('my-plugin apiKey');
    expect(() => context.secret('imapPassword')).toThrow('request/forbidden');
  });

  it('makes URLs below its own prefix', async () => {
    const { context } = await contextOf();

    expect(context.url('items/3')).toBe('/my-plugin/items/3');
    expect(context.url('//evil.example')).toBe('/my-plugin/evil.example');
  });

  it('keeps what it remembers apart by site and person', async () => {
    const { context } = await contextOf();
    const cache = context.cache<string>('names', { max: 10, ttlS: 60 });

    cache.set(SITE_A, 1, 'k', 'of one');
    cache.set(SITE_A, undefined, 'k', 'of all');

    expect(cache.get(SITE_A, 1, 'k')).toBe('of one');
    expect(cache.get(SITE_A, 2, 'k')).toBeUndefined();
    expect(cache.get(SITE_B, 1, 'k')).toBeUndefined();
    expect(cache.get(SITE_A, undefined, 'k')).toBe('of all');
  });

  it('speaks both languages', async () => {
    const { context } = await contextOf();

    expect(context.text('fr')('my-plugin:title')).toBe('Titre my-plugin');
    expect(context.text('en')('my-plugin:title')).toBe('Title my-plugin');
  });
});
