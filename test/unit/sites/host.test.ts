import { createSiteResolver, normalizeHost } from '../../../src/sites';
import { aSiteFile, parse } from './support';

describe('normalizeHost', () => {
  it.each([
    ['Mail.Example.TEST', 'mail.example.test'],
    ['mail.example.test:8443', 'mail.example.test'],
    ['mail.example.test.', 'mail.example.test'],
    ['mail.example.test.:80', 'mail.example.test'],
    ['127.0.0.1:3000', '127.0.0.1'],
    ['[::1]:3000', '[::1]'],
    ['[0:0:0:0:0:0:0:1]', '[::1]'],
    ['[2001:DB8::A]', '[2001:db8::a]'],
    ['xn--prfecture-c4a.test', 'xn--prfecture-c4a.test'],
  ])('reads %s', (header, host) => {
    expect(normalizeHost(header)).toBe(host);
  });

  it.each([
    undefined,
    '',
    ' ',
    'a b',
    'a.test, b.test',
    'user@mail.example.test',
    'mail.example.test/path',
    'mail.example.test\\@evil.test',
    'mail.example.test%00',
    'mail.example.test\r\nX: y',
    'mail.example.test:',
    'mail.example.test:99999',
    'mail.example.test:80:80',
    'mail..example.test',
    'mail.example.test..',
    '-mail.test',
    '[::1',
    '::1',
    '[::1%eth0]',
    '[zz::1]',
    'préfecture.test',
    `${'a'.repeat(300)}.test`,
    `${'a.'.repeat(127)}test`,
  ])('refuses %j', (header) => {
    expect(normalizeHost(header)).toBeUndefined();
  });
});

describe('createSiteResolver', () => {
  const { sites } = parse({
    sites: {
      one: aSiteFile({ hosts: ['one.test', '127.0.0.1', '[::1]', 'named.localhost'] }),
      two: aSiteFile({ hosts: ['two.test', '*.localhost'] }),
    },
  });
  const resolver = createSiteResolver(sites);

  it.each([
    ['one.test', 'one'],
    ['ONE.test:3000', 'one'],
    ['127.0.0.1:3000', 'one'],
    ['[::1]:3000', 'one'],
    ['two.test.', 'two'],
    ['named.localhost', 'one'],
    ['anything.localhost:3000', 'two'],
    ['a.b.localhost', 'two'],
  ])('gives the site of %s', (header, id) => {
    expect(resolver.byHost(header)?.id).toBe(id);
  });

  it.each(['three.test', 'one.test.evil.test', 'localhost', '127.0.0.2', '127.1', undefined])(
    'knows no site for %s',
    (header) => {
      expect(resolver.byHost(header)).toBeUndefined();
    },
  );

  it('finds a site by its id', () => {
    const [first] = sites;

    expect(first && resolver.byId(first.id)).toBe(first);
  });
});
