import type { PluginContext } from '../../../src/host/context-types';
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
  async function withTables() {
    const { context, world } = await contextOf({ needs: ['db'] });
    await world.db.knex.schema.createTable('my_plugin_notes', (table) => {
      table.string('text');
    });
    return { db: context.db, world };
  }

  it('is its own tables', async () => {
    const { db } = await withTables();

    await db.table('my_plugin_notes').insert({ text: 'one' });
    await db.transaction(async (table) => {
      await table('my_plugin_notes').insert({ text: 'two' });
    });

    expect(await db.table('my_plugin_notes').pluck('text')).toEqual(['one', 'two']);
  });

  it('rolls back when a transaction fails', async () => {
    const { db } = await withTables();

    const failing = db.transaction(async (table) => {
      await table('my_plugin_notes').insert({ text: 'one' });
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(await db.table('my_plugin_notes').pluck('text')).toEqual([]);
  });

  it.each(['users', 'my_plugin', 'my-plugin_x', 'other_x', 'my_plugin_x; drop table users', ''])(
    'refuses the table %j',
    async (name) => {
      const { db } = await withTables();

      expect(() => db.table(name)).toThrow('request/forbidden');
      await expect(db.transaction(async (table) => void table(name))).rejects.toThrow(
        'request/forbidden',
      );
    },
  );

  it('refuses other tables in a join, a subquery or another from', async () => {
    const { db } = await withTables();
    const notes = () => db.table('my_plugin_notes');

    await expect(notes().join('users', 'users.name', 'text').select()).rejects.toThrow('forbidden');
    await expect(notes().from('sessions').select()).rejects.toThrow('forbidden');
    await expect(
      notes().whereIn('text', (inner) => void inner.select('name').from('users')),
    ).rejects.toThrow('forbidden');
    await expect(notes().into('users').insert({ name: 'x' })).rejects.toThrow('forbidden');
  });

  it('is closed without the capability', async () => {
    const { context } = await contextOf();

    expect(() => context.db.table('my_plugin_notes')).toThrow('request/forbidden');
    await expect(context.db.transaction(async () => {})).rejects.toThrow('request/forbidden');
  });
});

describe('outbound HTTP of a plugin', () => {
  const calls: { url: string; allowHosts: readonly string[] | undefined; maxBytes: number }[] = [];
  const createFetch: HostInput['createFetch'] =
    ({ allowHosts }) =>
    async (url, { maxBytes }) => {
      calls.push({ url: String(url), allowHosts, maxBytes });
      return {
        status: 200,
        headers: { 'x-secret': '1' },
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

    expect(answer).toEqual({ status: 200, contentType: 'text/plain', body: Buffer.from('ok') });
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
