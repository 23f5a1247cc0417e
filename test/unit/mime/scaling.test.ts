import { slowdown } from '../../../src/host/testing';
import {
  decodeWords,
  parseAddressList,
  plainFromHtml,
  sanitizeMail,
  tasks,
  textToHtml,
} from '../../../src/mime';
import { inspect } from './safe-html';

/** Four times the input takes about four times as long; sixteen times would be quadratic. */
const LIMIT = 9;

async function expectLinear(
  make: (size: number) => string,
  size: number,
  run: (text: string) => unknown,
): Promise<void> {
  const [small, large] = [make(size / 2), make(size * 2)];
  expect(
    await slowdown(
      () => run(large),
      () => run(small),
    ),
  ).toBeLessThan(LIMIT);
}

const sanitize = (html: string) =>
  sanitizeMail(html, { remote: { mode: 'block' }, quotedSummary: 'cité' });
const toHtml = (text: string) => textToHtml(text, { quotedSummary: 'cité' });

describe('time grows with the size of the input', () => {
  it.each<[string, (n: number) => string]>([
    ['siblings', (n) => '<b>x</b>'.repeat(n)],
    ['unclosed elements', (n) => '<b>x'.repeat(n)],
    ['deep blocks', (n) => `${'<div>'.repeat(n)}x${'</div>'.repeat(n)}`],
    ['deep quotes', (n) => `a${'<blockquote type=cite>'.repeat(n)}x`],
    [
      'attributes of one element',
      (n) => `<p ${Array.from({ length: n }, (_, i) => `a${i}=1`).join(' ')}>x`,
    ],
    ['unclosed comments', (n) => '<!-- '.repeat(n)],
    ['broken tags', (n) => '<a <b '.repeat(n)],
    ['lone brackets', (n) => '<'.repeat(n)],
    [
      'styles',
      (n) =>
        Array.from({ length: n / 10 }, (_, i) => `<p style="background:rgb(${i},0,0)">x</p>`).join(
          '',
        ),
    ],
    ['entities', (n) => '&amp;&#60;&eacute;'.repeat(n)],
    ['stray closing tags', (n) => '</p></b>'.repeat(n)],
    ['unknown elements', (n) => '<o:p>x</o:p>'.repeat(n)],
  ])('in the sanitiser: %s', (_, make) => expectLinear(make, 10_000, sanitize));

  it.each<[string, (n: number) => string]>([
    ['quotes', (n) => `a\n${'>'.repeat(n)}`],
    ['quoted lines', (n) => '> a\n>> b\n'.repeat(n / 10)],
    ['spaces', (n) => ' '.repeat(n)],
    ['links', (n) => 'https://a.fr/ '.repeat(n / 10)],
    ['closing brackets', (n) => `http://a${')'.repeat(n)}`],
    ['schemes', (n) => 'http://'.repeat(n / 7)],
    ['empty lines', (n) => '\n'.repeat(n / 4)],
    ['signature marks', (n) => '-- \n'.repeat(n / 10)],
  ])('in text: %s', (_, make) => expectLinear(make, 150_000, toHtml));

  it.each<[string, string]>([
    ['quotes', '"'],
    ['opening angles', '<'],
    ['opening comments', '('],
    ['escapes', '\\'],
    ['commas', ','],
    ['colons', ':'],
    ['at signs', '@'],
    ['addresses', 'a@b.c, '],
    ['names', 'Nom <a@b.c>; '],
    ['half quotes', '"a <b@c '],
    ['brackets', 'a@[ '],
  ])('in address lists: %s', async (_, piece) => {
    const make = (n: number) => piece.repeat(Math.ceil(n / piece.length));

    await expectLinear(make, 50_000, parseAddressList);
  });

  it.each(['=?', '=?a?q?', '=?utf-8?q?a?= ', '=?a?b?=?'])('in encoded words: %j', (piece) =>
    expectLinear((n) => piece.repeat(Math.ceil(n / piece.length)), 50_000, decodeWords),
  );

  it.each(['<p>x', '<a href="https://a.fr">b</a>', '<blockquote>', '<ul><li>x', '<td>'])(
    'from HTML to text: %j',
    (piece) => expectLinear((n) => piece.repeat(n), 8_000, plainFromHtml),
  );
});

describe('limits', () => {
  it('cuts 300,000 elements and says so', () => {
    const body = sanitize('<b>x</b>'.repeat(300_000));

    expect(body.truncated).toBe(true);
    expect(inspect(body.html).text.length).toBeLessThanOrEqual(50_000);
  });

  it('keeps the text of 50,000 nested elements', () => {
    const body = sanitize(`${'<div>'.repeat(49_000)}au fond${'</div>'.repeat(49_000)}<p>fin</p>`);

    expect(inspect(body.html).text).toBe('au fondfin');
    expect(body.html.match(/<div>/g)?.length).toBeLessThanOrEqual(512);
  });

  it('keeps the text of an element with 50,000 attributes', () => {
    const attributes = Array.from({ length: 50_000 }, (_, i) => `x${i}="y"`).join(' ');

    expect(sanitize(`<p title="t" ${attributes}>texte</p>`).html).toBe('<p title="t">texte</p>');
  });

  it('drops 2 MB of CSS and keeps the text', () => {
    const css = 'p.a{color:red;background:url(https://e.test/x)}'.repeat(45_000);

    expect(sanitize(`<style>${css}</style><p>texte</p>`).html).toBe('<p>texte</p>');
  });

  it('survives CSS nested without end', () => {
    const nested = `width:${'calc('.repeat(3_000)}1px${')'.repeat(3_000)}`;

    expect(inspect(sanitize(`<p style="${nested}">texte</p>`).html).problems).toEqual([]);
    expect(
      sanitize(`<style>${'@media screen{'.repeat(9_000)}p{color:red}</style>x`).html,
    ).toContain('x');
  });

  it('cuts a message of several megabytes at its limit', () => {
    const body = sanitize('<p>un paragraphe</p>mot '.repeat(120_000));

    expect(body.truncated).toBe(true);
    expect(body.html.length).toBeLessThan(3 * 1024 * 1024);
  });

  it('does not count large inline images as text', () => {
    const image = Buffer.alloc(1_200_000, 'a');
    image.write('GIF89a', 'latin1');
    const tag = `<img src="data:image/gif;base64,${image.toString('base64')}">`;

    const body = sanitize(`${tag}${tag}<p>fin</p>`);

    expect(body.truncated).toBe(false);
    expect(body.html).toMatch(/<p>fin<\/p>$/);
  });

  it('cuts 500,000 lines of text and says so', () => {
    expect(toHtml('ligne\n'.repeat(500_000)).truncated).toBe(true);
  });

  it('reads 50,000 header fields and a 5 MB header within limits', () => {
    const many = tasks.decodeHeaders({ bytes: Buffer.from('X-A: b\r\n'.repeat(50_000)) });
    const huge = tasks.decodeHeaders({ bytes: Buffer.from(`X-A: ${'b'.repeat(5_000_000)}`) });

    expect(many.truncated && huge.truncated).toBe(true);
    expect(many.fields).toHaveLength(10_000);
  });
});
