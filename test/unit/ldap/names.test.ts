import { InvalidDNSyntaxError } from 'ldapts';
import { readDirectoryBytes, searchDirectory, type WithClient } from '../../../src/ldap';

const endpoint = { urls: ['ldap://one.example', 'ldap://two.example'] } as never;

/** A directory that knows no such attribute, as OpenLDAP says it; `asked` counts its servers. */
function stranger() {
  const asked: string[] = [];
  const refuse = (): never => {
    throw new InvalidDNSyntaxError('invalid DN');
  };
  const client = {
    search: async () => refuse(),
    searchPaginated: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => refuse() }) }),
  };
  const through = (async (_: unknown, url: string, __: number, ask: (it: unknown) => unknown) => {
    asked.push(url);
    return ask(client);
  }) as unknown as WithClient;
  return { asked, options: { timeoutMs: 1_000, through } };
}

const search = (scope: 'base' | 'one' | 'sub') => ({
  base: 'unknown=1,dc=saisons,dc=example',
  scope,
  filter: '(objectClass=*)',
  attributes: ['cn'],
  limit: 1,
});

describe('a name that a directory cannot read', () => {
  it.each(['base', 'one'] as const)('is that of no entry (%s)', async (scope) => {
    const { asked, options } = stranger();
    const found = await searchDirectory(endpoint, search(scope), options);

    expect(found).toEqual({ entries: [], isCut: false });
    expect(asked).toEqual(['ldap://one.example']);
  });

  it('has no bytes', async () => {
    const { options } = stranger();
    const dn = search('base').base;

    expect(await readDirectoryBytes(endpoint, { dn, attributes: ['photo'] }, options)).toEqual(
      new Map(),
    );
  });

  it('is told where everything below it is looked for', async () => {
    const { options } = stranger();

    await expect(searchDirectory(endpoint, search('sub'), options)).rejects.toMatchObject({
      code: 'directory/unreachable',
    });
  });
});
