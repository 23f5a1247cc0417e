import { guardLinks, type LinkRules } from '../../../src/mail/guard-links';
import { linksOf } from '../../../src/mail/links';
import { verifyTarget } from '../../../src/mime';

const LEAVE = {
  prefix: 'https://site.example/leave',
  key: 'c2VjcmV0',
  sessionTag: 't',
  expires: 100,
};
const LISTS = { official: [], suspect: [], blocked: [], leave: 'suspect' as const };

const guard = (html: string, rules: Partial<LinkRules> = {}): string =>
  guardLinks(html, {
    classes: {},
    links: undefined,
    ownDomains: ['saisons.example'],
    leave: LEAVE,
    note: ({ kind, host }) => `${kind} <${host}>`,
    ...rules,
  });

const link = (href: string, text: string): string =>
  `<a href="${href}" target="_blank">${text}</a>`;

/** What the page between is asked for: `reason address`. */
function targetOf(html: string): string | undefined {
  const href = /href="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  if (!href.startsWith(LEAVE.prefix)) return undefined;
  const query = Object.fromEntries(new URL(href).searchParams);
  return verifyTarget({ key: LEAVE.key, sessionTag: 't', now: 1 }, query);
}

const HTML =
  '<p><a href="https://a.example/?x=1&amp;y=2" target="_blank">a</a> ' +
  '<a href="https://b.example/">b</a> <a href="#note">n</a> <a href="mailto:x@y.example">m</a> ' +
  '<a href="https://b.example/">encore b</a></p>';

describe('links of a body', () => {
  it('are its web addresses, decoded and each once', () => {
    expect(linksOf(HTML)).toEqual(['https://a.example/?x=1&y=2', 'https://b.example/']);
  });

  it('are marked by a word before them, everywhere they stand', () => {
    const marked = guard(HTML, { classes: { 'https://b.example/': 'suspect' } });

    expect(
      marked.match(/<b data-link-note="suspect">suspect &lt;b.example&gt;<\/b> /g),
    ).toHaveLength(2);
    expect(marked).toContain('<a href="https://b.example/" data-link="suspect">');
    expect(marked).toContain('<a href="https://a.example/?x=1&amp;y=2" target="_blank">a</a>');
  });

  it('lead nowhere when blocked, and keep their text', () => {
    const marked = guard(HTML, {
      classes: { 'https://a.example/?x=1&y=2': 'blocked' },
      note: () => 'bloqué',
    });

    expect(marked).not.toContain('a.example');
    expect(marked).toContain('<a data-link="blocked" target="_blank">a</a>');
  });

  it('are not marked by names that an object has by itself', () => {
    const html = '<a href="https://constructor/">c</a><a href="https://c.example/">d</a>';
    expect(guard(html)).toBe(html);
  });

  it.each([
    ['https://mal.example/x', 'https://saisons.example/quota'],
    ['https://mal.example/x', 'www.saisons.example'],
    ['https://mal.example/x', 'saisons.example'],
    ['https://mal.example/x', '<b>https://</b><i>saisons.example</i>'],
    ['https://saisons.example.mal.example/', 'https://saisons.example'],
    ['https://mal.example/', 'https://sai\u200bsons.example/'],
  ])('%s that says %s is told, and leads over the page between', (href, text) => {
    const html = guard(link(href, text), { links: LISTS });

    expect(html).toContain('data-link-note="mismatch"');
    expect(targetOf(html)).toBe(`mismatch ${href}`);
  });

  it.each([
    ['https://www.ville.example/a', 'ville.example'],
    ['https://ville.example/rapport.pdf', 'rapport.pdf'],
    ['https://clic.ville.example/?u=1', 'https://ville.example'],
    ['https://ville.example/', 'Notre site'],
    ['https://ville.example/', 'contact@ville.example'],
    ['https://ville.example/', ''],
  ])('%s that says %s is left alone', (href, text) => {
    const html = link(href, text);

    expect(guard(html, { links: LISTS })).toBe(html);
  });

  it('imitate a name with letters of another alphabet', () => {
    const html = guard(link('https://xn--80ak6aa92e.com/', 'ici'), { links: LISTS });

    expect(html).toContain('data-link-note="look-alike"');
    expect(targetOf(html)).toBe('look-alike https://xn--80ak6aa92e.com/');
  });

  it('follow the lists of the site', () => {
    const lists = { ...LISTS, suspect: ['.louche.example'], blocked: ['mal.example'] };
    const of = (href: string) => guard(link(href, 'ici'), { links: lists });

    expect(targetOf(of('https://a.louche.example/'))).toBe('suspect https://a.louche.example/');
    expect(of('https://mal.example/')).not.toContain('href');
    expect(of('https://pasmal.example/')).toContain('href="https://pasmal.example/"');
  });

  it('lead over the page between when they leave, where the site wants it', () => {
    const lists = { ...LISTS, leave: 'outside' as const, official: ['.service.example'] };
    const of = (href: string) => targetOf(guard(link(href, 'ici'), { links: lists }));

    expect(of('https://ailleurs.example/?a=1&amp;b=2')).toBe(
      'outside https://ailleurs.example/?a=1&b=2',
    );
    expect(of('https://intranet.saisons.example/')).toBeUndefined();
    expect(of('https://www.service.example/')).toBeUndefined();
    expect(of('mailto:a@b.example')).toBeUndefined();
  });

  it('beyond those that are compared lead over the page between', () => {
    const many = link('https://a.example/', 'a').repeat(3_000);
    const html = guard(many + link('https://mal.example/', 'saisons.example'), { links: LISTS });

    expect(targetOf(html.slice(many.length))).toBe('outside https://mal.example/');
  });

  it('take no time that grows faster than they are', () => {
    const html = '<a href="https://a.example/" '.repeat(100_000);
    const started = performance.now();

    const guarded = guard(html, { links: LISTS });

    expect(guarded.match(/href=/g)).toHaveLength(5_000);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
