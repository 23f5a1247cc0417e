import { lintTemplate } from './template-lint';

const VIEW = 'skins/base/views/mail.ejs';

it.each([
  '<p class="x"><%= model.subject %></p>',
  "<%- include('partials/row', { row: model.row }) %>",
  "<%- icon(row.isRead ? 'mail-open' : 'mail', t('a.b')) %>",
  "<% for (const item of slot('page.banner@1')) { %><%- item.html %><% } %>",
  '<script type="module" src="<%= src %>"></script>',
  '<%# <%- model.subject %>',
  '<a href="/settings/<%= model.id %>">x</a>',
])('accepts %s', (source) => {
  expect(lintTemplate(VIEW, source)).toEqual([]);
});

it.each([
  ['raw text', '<%- model.subject %>'],
  ['a member reviewed elsewhere', '<%- model.body %>'],
  ['raw text behind an include', "<%- include('a') + model.subject %>"],
  ['raw text behind an icon', "<%- icon('a'), model.subject %>"],
  ['raw html of something else', '<%- message.html %>'],
  ['a slot by a variable name', '<% for (const item of slot(name)) { %><% } %>'],
  ['an include by a variable name', '<%- include(model.view) %>'],
  ['an inline script', '<script>let x</script>'],
  ['an inline style', '<style>p{}</style>'],
  ['a handler', '<a href="/" onclick="x()">'],
  ['a handler in capitals', "<img src='/a' ONERROR='x()'>"],
  ['a style attribute', '<p style="color:<%= model.colour %>">'],
  ['a script address', '<a href="javascript:x()">'],
  ['another server', '<img src="https://cdn.example/x.png">'],
  ['another server without scheme', '<script src="//cdn.example/x.js"></script>'],
])('refuses %s', (_what, source) => {
  expect(lintTemplate(VIEW, source)).toHaveLength(1);
});

it('accepts reviewed members where they were reviewed', () => {
  expect(lintTemplate('skins/base/views/layout.ejs', '<%- model.body %>')).toEqual([]);
  expect(lintTemplate('skins/base/views/layout.ejs', '<%- model.html %>')).toHaveLength(1);
  expect(
    lintTemplate('skins/base/views/body-frame.ejs', '<style>p{}</style><%- model.html %>'),
  ).toEqual([]);
});
