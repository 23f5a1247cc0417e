import { findMarks, markedParts, markHtml } from '../../../src/mime';

const shown = (text: string, words: readonly string[]): string =>
  markedParts(text, words)
    .map((part) => (part.isMarked ? `[${part.text}]` : part.text))
    .join('');

it.each([
  ['Réunion de budget', ['reunion'], '[Réunion] de budget'],
  ['REUNION', ['réunion'], '[REUNION]'],
  ['Re\u0301union', ['reunion'], '[Re\u0301union]'],
  ['budget, budgets', ['budget'], '[budget], [budget]s'],
  ['plan de charge', ['plan de charge', 'charge'], '[plan de charge]'],
  ['aaa', ['aa'], '[aa]a'],
  ['ﬃche', ['ffi'], '[ﬃ]che'],
  ['🎉 fête', ['fete'], '🎉 [fête]'],
  ['rien', [' ', ''], 'rien'],
  ['', ['x'], ''],
])('points out %s', (text, words, expected) => {
  expect(shown(text, words)).toBe(expected);
});

it.each([
  ['<p title="budget">budget</p>', ['budget'], '<p title="budget"><mark>budget</mark></p>'],
  ['a &amp; amp', ['amp'], 'a &amp; <mark>amp</mark>'],
  ['R&amp;D', ['r&d'], '<mark>R&amp;D</mark>'],
  ['&lt;script&gt;', ['<script>'], '<mark>&lt;script&gt;</mark>'],
  ['&lt;script&gt;', ['lt'], '&lt;script&gt;'],
  [
    '<style>p{color:red}</style><p>color</p>',
    ['color'],
    '<style>p{color:red}</style><p><mark>color</mark></p>',
  ],
  ['<a href="/x?q=plan">plan</a>', ['plan'], '<a href="/x?q=plan"><mark>plan</mark></a>'],
  ['bud<b>get</b>', ['budget'], 'bud<b>get</b>'],
  ['&#233;t&#xe9;', ['ete'], '<mark>&#233;t&#xe9;</mark>'],
])('points out in the text of %s', (html, words, expected) => {
  expect(markHtml(html, words)).toBe(expected);
});

it('adds nothing but marks, whatever the words', () => {
  const html = '<div class="a b" style="width:1px">x &lt;b&gt; &quot;y&quot; <img alt="x"> é</div>';
  for (const word of ['<', '>', '"', '&', ';', 'x', 'div', 'class', 'mark', '</mark>', 'é', '&lt'])
    expect(markHtml(html, [word]).replace(/<\/?mark>/g, '')).toBe(html);
});

it('takes little time for a long text', () => {
  const html = `<p>${'a '.repeat(190_000)}</p>`;
  const started = Date.now();
  const marked = markHtml(html, ['a', 'b', 'c', 'a a a']);
  expect(Date.now() - started).toBeLessThan(1_000);
  expect(marked.match(/<mark>/g)?.length).toBeLessThanOrEqual(500);
  expect(findMarks('a '.repeat(1_000_000), ['a'])).toHaveLength(500);
});
