import { linksOf, markLinks } from '../../../src/mail/links';

const HTML =
  '<p><a href="https://a.example/?x=1&amp;y=2" target="_blank">a</a> ' +
  '<a href="https://b.example/">b</a> <a href="#note">n</a> <a href="mailto:x@y.example">m</a> ' +
  '<a href="https://b.example/">encore b</a></p>';

describe('links of a body', () => {
  it('are its web addresses, decoded and each once', () => {
    expect(linksOf(HTML)).toEqual(['https://a.example/?x=1&y=2', 'https://b.example/']);
  });

  it('are marked by a word before them, everywhere they stand', () => {
    const marked = markLinks(HTML, { 'https://b.example/': 'suspect' }, () => 'lien <suspect>');

    expect(marked.match(/<b data-link-note="suspect">lien &lt;suspect&gt;<\/b> /g)).toHaveLength(2);
    expect(marked).toContain('<a href="https://b.example/" data-link="suspect">');
    expect(marked).toContain('<a href="https://a.example/?x=1&amp;y=2" target="_blank">a</a>');
  });

  it('lead nowhere when blocked, and keep their text', () => {
    const marked = markLinks(HTML, { 'https://a.example/?x=1&y=2': 'blocked' }, () => 'bloqué');

    expect(marked).not.toContain('a.example');
    expect(marked).toContain('<a data-link="blocked" target="_blank">a</a>');
  });

  it('are not marked by names that an object has by itself', () => {
    const html = '<a href="https://constructor/">c</a><a href="https://c.example/">d</a>';
    expect(markLinks(html, {}, () => 'x')).toBe(html);
  });
});
