import {
  encodeFlowed,
  forwardSubject,
  linkify,
  plainFromHtml,
  quoteHtml,
  quoteText,
  replyHeaders,
  replySubject,
  sanitizeMail,
  signTarget,
  tasks,
  textToHtml,
  unflow,
  verifyTarget,
} from '../../../src/mime';
import { inspect } from './safe-html';

const show = (text: string, options = {}) =>
  textToHtml(text, { quotedSummary: 'Cité', ...options });
const hrefs = (text: string) =>
  [...linkify(text).matchAll(/href="([^"]*)"/g)].map((match) => match[1]);

describe('linkify', () => {
  it.each<[string, string[]]>([
    ['voir https://a.fr/x.', ['https://a.fr/x']],
    ['(https://a.fr/x_(y))', ['https://a.fr/x_(y)']],
    ['« https://a.fr/x », "http://b.fr"', ['https://a.fr/x', 'http://b.fr']],
    ['<https://a.fr/?a=1&b=2>', ['https://a.fr/?a=1&amp;b=2']],
    ['www.gouv.fr!', ['https://www.gouv.fr']],
    ['mailto:a@b.fr,', ['mailto:a@b.fr']],
    ['http:// www. https://. xhttp://a.fr', []],
    ['javascript:alert(1) //a.fr ftp://a.fr', []],
    ["l'adresse 'https://a.fr'", ['https://a.fr']],
  ])('in %j', (text, expected) => {
    expect(hrefs(text)).toEqual(expected);
  });

  it.each([
    '<script>alert(1)</script>',
    'https://a.fr/"onmouseover="alert(1)',
    "https://a.fr/'><img src=x onerror=alert(1)>",
    '[1]: javascript:alert(1)',
    'https://a.fr/&quot;><b>',
  ])('cannot be broken out of by %j', (text) => {
    const { html } = show(text);
    expect(inspect(html).problems).toEqual([]);
    expect(inspect(html).text).toBe(text);
  });
});

describe('text to HTML', () => {
  it('nests quotes, folds the tail with its attribution, dims the signature', () => {
    const body = show('Oui.\n-- \nOdile\n\nLe 3 mai, X a écrit :\n> Venez\n>> Quand ?\n\n');

    expect(body.hasQuoted).toBe(true);
    expect(body.html).toMatch(
      /^<div class="plain">Oui\.<div class="signature">-- \nOdile\n<\/div>/,
    );
    expect(body.html).toContain(
      '<details class="quoted"><summary>Cité</summary>Le 3 mai, X a écrit :<blockquote>Venez<blockquote>Quand ?</blockquote></blockquote>',
    );
  });

  it.each(['> q\nréponse', '> seulement', 'a\n> q\nb', 'rien'])('folds nothing in %j', (text) => {
    expect(show(text).hasQuoted).toBe(false);
  });

  it("folds Outlook's original message", () => {
    expect(show("Oui.\n\n-----Message d'origine-----\nDe : X\nVenez").html).toContain('<details');
  });

  it('closes what it opens, whatever the quotes', () => {
    for (const text of ['>>> a\n> b\nc\n>> d', '-- \n> a\n-- \nb', 'a\n> b\n-- \nc\n> d']) {
      const { html } = show(text);
      expect(html.match(/<(?:div|blockquote|details)\b/g)?.length).toBe(
        html.match(/<\/(?:div|blockquote|details)>/g)?.length,
      );
    }
  });

  it('joins format=flowed paragraphs', () => {
    expect(unflow('Un texte \nqui coule.\n> cité \n> suite\n-- \nsig')).toEqual([
      { depth: 0, text: 'Un texte qui coule.' },
      { depth: 1, text: 'cité suite' },
      { depth: 0, text: '-- ' },
      { depth: 0, text: 'sig' },
    ]);
    expect(unflow('dé \njà', true)[0]?.text).toBe('déjà');
  });

  it('writes format=flowed that reads back the same', () => {
    const text = `${'mot '.repeat(60)}fin\n  retrait\n> cité\n>> plus ${'x '.repeat(70)}y\nFrom ici\n${'z'.repeat(200)}\n-- \nOdile`;
    const encoded = encodeFlowed(text);

    expect(
      Math.max(
        ...encoded
          .split('\r\n')
          .filter((l) => l.includes(' '))
          .map((l) => l.length),
      ),
    ).toBeLessThanOrEqual(78);
    const back = unflow(encoded).map(
      (line) => '>'.repeat(line.depth) + (line.depth ? ' ' : '') + line.text,
    );
    expect(back.join('\n')).toBe(text);
  });
});

describe('HTML to text', () => {
  it('keeps paragraphs, lists, tables, links and quotes', () => {
    const { text } = plainFromHtml(
      '<style>p{}</style><p>Bonjour <b>Odile</b>,</p><ol><li>un<li>deux</ol><blockquote>cité<br>suite</blockquote>' +
        '<table><tr><td>a<td>b<tr><td>c<td>d</table><p><a href="https://x.fr/">le site</a> <a href="https://x.fr/">x.fr</a></p><pre>a\n  b</pre>',
    );

    expect(text).toBe(
      'Bonjour Odile,\n\n1. un\n2. deux\n\n> cité\n> suite\n\na  b\nc  d\n\nle site <https://x.fr/> x.fr\n\na\n  b',
    );
  });
});

describe('answers', () => {
  it.each([
    ['Re: Re: Réunion', 'Re: Réunion'],
    ['RE : Tr : Réunion', 'Re: Réunion'],
    ['Rép: AW: SV: Fwd: FW: Réunion', 'Re: Réunion'],
    ['Re[2]: Réunion', 'Re: Réunion'],
    ['Réunion: ordre du jour', 'Re: Réunion: ordre du jour'],
    ['Restauration: menu', 'Re: Restauration: menu'],
    ['', 'Re:'],
  ])('answers %j with %j', (subject, expected) => {
    expect(replySubject(subject)).toBe(expected);
  });

  it('forwards with one prefix', () => {
    expect(forwardSubject('Tr: Re: Réunion', 'Tr')).toBe('Tr: Réunion');
  });

  it('builds references, bounded to the first and the last twenty', () => {
    const references = Array.from({ length: 20_000 }, (_, i) => `<${i}@x>`).join(' ');
    const headers = replyHeaders({ messageId: ' <own@x>\r\nBcc: y', references });

    expect(headers.inReplyTo).toBe('<own@x>');
    expect(headers.references).toHaveLength(21);
    expect(headers.references[0]).toBe('<0@x>');
    expect(headers.references.at(-1)).toBe('<own@x>');
    expect(replyHeaders({ messageId: '<b@x>', inReplyTo: '<a@x>' }).references).toEqual([
      '<a@x>',
      '<b@x>',
    ]);
    expect(replyHeaders({ messageId: 'junk' })).toEqual({ references: [] });
  });

  it('quotes text without its signature', () => {
    expect(quoteText('Oui\n\n> non\n-- \nOdile', { attribution: 'Le 3, X a écrit :' })).toBe(
      'Le 3, X a écrit :\n> Oui\n>\n>> non',
    );
  });

  it('quotes HTML so that the sanitiser keeps and folds it', () => {
    const quote = quoteHtml('<p>Venez</p>', { attribution: '<X> a écrit :' });
    const body = sanitizeMail(`<p>Oui</p>${quote}`, {
      remote: { mode: 'block' },
      quotedSummary: 'Cité',
    });

    expect(body.hasQuoted).toBe(true);
    expect(inspect(body.html).text).toBe('OuiCité<X> a écrit :Venez');
  });
});

describe('signed targets', () => {
  const key = Buffer.from('secret').toString('base64url');
  const url = 'https://a.fr/x.png?é=1&b=2';
  const signed = signTarget({ prefix: '/image', key, sessionTag: 's1', expires: 2_000 }, url) ?? '';
  const query = Object.fromEntries(new URLSearchParams(signed.split('?')[1]));

  it('verify for the same session before they expire', () => {
    expect(verifyTarget({ key, sessionTag: 's1', now: 2_000 }, query)).toBe(url);
  });

  it.each([
    ['another session', { sessionTag: 's2' }, {}],
    ['another key', { key: 'AAAA' }, {}],
    ['an expired one', { now: 2_001 }, {}],
    ['a later expiry', {}, { e: '9999' }],
    ['another target', {}, { u: Buffer.from('http://127.0.0.1/').toString('base64url') }],
    ['no signature', {}, { s: undefined }],
    ['repeated parameters', {}, { u: ['a', 'b'] }],
  ])('refuse %s', (_, options, change) => {
    expect(
      verifyTarget({ key, sessionTag: 's1', now: 1_000, ...options }, { ...query, ...change }),
    ).toBeUndefined();
  });
});

describe('tasks', () => {
  it('render an HTML part as it was transferred, with the charset it names itself', () => {
    const source = Buffer.from('<meta charset=iso-8859-15><p>=A4 d=E9j=E0</p>', 'latin1');
    const body = tasks.renderHtml({
      bytes: source,
      encoding: 'quoted-printable',
      options: { remote: { mode: 'block' } },
    });

    expect(body.html).toBe('<p>€ déjà</p>');
  });

  it('render a text part', () => {
    const bytes = Buffer.from(Buffer.from('Bonjour é', 'latin1').toString('base64'));
    const body = tasks.renderText({
      bytes,
      encoding: 'base64',
      charset: 'iso-8859-1',
      options: { quotedSummary: 'x' },
    });

    expect(body.html).toBe('<div class="plain">Bonjour é</div>');
  });

  it('keep cid images of composed HTML, and remote ones when asked', () => {
    const html = '<p onclick=x><img src="cid:a@b"><img src="https://e.test/x.png"></p>';

    expect(tasks.sanitizeComposed({ html })).toMatchObject({ usedCids: ['a@b'], blockedRemote: 1 });
    expect(tasks.sanitizeComposed({ html }).html).toContain('src="cid:a@b"');
    expect(tasks.sanitizeComposed({ html, remote: 'keep' }).html).toContain(
      'src="https://e.test/x.png"',
    );
    expect(tasks.plainFromHtml({ html: '<p>a</p>' }).text).toBe('a');
  });
});
