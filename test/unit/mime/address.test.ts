import { displayAddress, formatAddress, isValidAddress, parseAddressList } from '../../../src/mime';

const read = (text: string) => parseAddressList(text).addresses.map(formatAddress);

describe('parseAddressList', () => {
  it.each<[string, string, string[]]>([
    ['commas', 'a@b.fr, c@d.fr', ['a@b.fr', 'c@d.fr']],
    [
      'semicolons and lines',
      'a@b.fr; c@d.fr\ne@f.fr\r\ng@h.fr',
      ['a@b.fr', 'c@d.fr', 'e@f.fr', 'g@h.fr'],
    ],
    ['tabs', 'Odile Roy <o@r.fr>\tp@q.fr', ['Odile Roy <o@r.fr>', 'p@q.fr']],
    ['spaces', 'a@b.fr c@d.fr', ['a@b.fr', 'c@d.fr']],
    ['quoted names with commas', '"Roy, Odile" <o@r.fr>', ['"Roy, Odile" <o@r.fr>']],
    ['escaped quotes', '"a \\"b\\" c" <o@r.fr>', ['"a \\"b\\" c" <o@r.fr>']],
    ['comments', 'o@r.fr (Odile (DSI) Roy)', ['"Odile (DSI) Roy" <o@r.fr>']],
    ['groups', 'Équipe: a@b.fr, C <c@d.fr>;, e@f.fr', ['a@b.fr', 'C <c@d.fr>', 'e@f.fr']],
    ['an empty group', 'undisclosed-recipients:;', []],
    ['encoded words', '=?utf-8?Q?Ren=C3=A9?= =?utf-8?Q?e?= <r@e.fr>', ['Renée <r@e.fr>']],
    [
      'a folded name',
      'Un nom très\r\n long <a@b.fr>,\r\n c@d.fr',
      ['Un nom très long <a@b.fr>', 'c@d.fr'],
    ],
    ['a name before a bare address', 'Odile Roy o@r.fr', ['Odile Roy <o@r.fr>']],
    ['international domains', 'x@préfecture.fr', ['x@préfecture.fr']],
    ['mailto', 'mailto:a@b.fr', ['a@b.fr']],
    ['a route', '<@x,@y:a@b.fr>', ['a@b.fr']],
    [
      'a domain literal',
      'a@[IPv6:2001:db8::1], b@[192.0.2.1]',
      ['a@[IPv6:2001:db8::1]', 'b@[192.0.2.1]'],
    ],
    ['quoted local parts', '"a b"@c.fr', ['"a b"@c.fr']],
    ['a name that repeats the address', "'a@b.fr' <a@b.fr>", ['a@b.fr']],
    ['nothing', ' ,; \n', []],
  ])('reads %s', (_, text, expected) => {
    expect(parseAddressList(text)).toMatchObject({ invalid: [] });
    expect(read(text)).toEqual(expected);
  });

  it('keeps what is not an address visible, as typed', () => {
    const list = parseAddressList('odile, a@b.fr, <roy>, x@, @y.fr, a b@c@d');

    expect(list.addresses).toEqual([{ name: '', mail: 'a@b.fr' }]);
    expect(list.invalid).toEqual(['odile', '<roy>', 'x@', '@y.fr', 'a b@c@d']);
  });

  it.each([
    ['Bob <bob@x.fr, Carol <carol@y.fr>', ['Bob <bob@x.fr'], ['carol@y.fr']],
    ['Carol <carol@y.fr>, Bob <bob@x.fr; dan@z.fr', ['Bob <bob@x.fr'], ['carol@y.fr', 'dan@z.fr']],
    ['<bob@x.fr, <carol@y.fr>', ['<bob@x.fr'], ['carol@y.fr']],
  ])('keeps the neighbour of a bracket left open: %s', (typed, wrong, right) => {
    const { addresses, invalid } = parseAddressList(typed);
    expect(invalid.map((one) => one.trim())).toEqual(wrong);
    expect(addresses.map(({ mail }) => mail)).toEqual(right);
  });

  it.each([
    ['<@relay.fr,@other.fr:bob@x.fr>, a@b.fr', 2],
    ['"a,b" <"x,y"@z.fr>, a@b.fr', 2],
  ])('reads commas where the grammar lets them stand: %s', (typed, entries) => {
    const { addresses, invalid } = parseAddressList(typed);
    expect(addresses.length + invalid.length).toBe(entries);
  });

  it('lets no encoded name or line end become another recipient', () => {
    const list = parseAddressList('=?utf-8?Q?x_<evil@e.test>,_y=0D=0ABcc:_z@e.test?= <a@b.fr>');

    expect(list.addresses).toEqual([{ name: 'x <evil@e.test>, y Bcc: z@e.test', mail: 'a@b.fr' }]);
  });

  it('round-trips what it formats', () => {
    const names = ['Roy, Odile', 'a "b" \\ c', 'é', '=?x?', '<a@b.c>', 'x;y:z(w)'];
    for (const name of names) {
      const address = { name, mail: 'a@b.fr' };
      expect(parseAddressList(formatAddress(address)).addresses).toEqual([address]);
    }
  });
});

describe('isValidAddress', () => {
  it.each(['a@b.fr', 'a.b+c@d-e.gouv.fr', 'é@été.fr', "o'neil@x.ie", 'a@localhost', '"a b"@c.d'])(
    'accepts %s',
    (mail) => expect(isValidAddress(mail)).toBe(true),
  );

  it.each([
    '',
    'a',
    '@b',
    'a@',
    'a@b..c',
    'a..b@c',
    '.a@b',
    'a b@c',
    'a@b c',
    'a@-b.fr',
    'a@b\r\nc',
    'a\0@b.fr',
    'a@b.fr>',
    'a\u202e@b.fr',
    `${'a'.repeat(65)}@b.fr`,
    `a@${'b'.repeat(64)}.fr`,
    'a@%31.fr',
    'a,b@c.fr',
  ])('refuses %j', (mail) => expect(isValidAddress(mail)).toBe(false));
});

describe('displayAddress', () => {
  it('strips controls and bidi marks from names', () => {
    expect(displayAddress({ name: 'Odile\0\r\n\u202eyoR\u200b', mail: 'o@r.fr' })).toEqual({
      name: 'Odile yoR',
      mail: 'o@r.fr',
      isDeceptive: false,
    });
  });

  it('marks names that hold another address', () => {
    expect(displayAddress({ name: 'ministre@gouv.fr', mail: 'x@evil.test' }).isDeceptive).toBe(
      true,
    );
    expect(displayAddress({ name: 'X@evil.test', mail: 'x@evil.test' }).isDeceptive).toBe(false);
  });

  it('gives the punycode of domains that imitate Latin, not of accents', () => {
    expect(displayAddress({ name: '', mail: 'a@аррӏе.com' })).toMatchObject({
      isDeceptive: true,
      punycode: 'xn--80ak6aa92e.com',
    });
    expect(displayAddress({ name: '', mail: 'a@xn--80ak6aa92e.com' }).isDeceptive).toBe(true);
    expect(displayAddress({ name: '', mail: 'a@été.fr' }).isDeceptive).toBe(false);
  });
});
