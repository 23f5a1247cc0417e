import { type SanitizeOptions, sanitizeMail, verifyTarget } from '../../../src/mime';
import { inspect } from './safe-html';
import { REMOTE_VECTORS, SCRIPT_VECTORS } from './vectors';

const BLOCK: SanitizeOptions = { remote: { mode: 'block' }, quotedSummary: 'Texte cité' };
const PROXY: SanitizeOptions = {
  quotedSummary: 'Texte cité',
  remote: {
    mode: 'proxy',
    prefix: '/image',
    key: Buffer.from('a secret of this test').toString('base64url'),
    sessionTag: 'session-1',
    expires: 2_000_000_000,
  },
};
const clean = (html: string, options = BLOCK) => sanitizeMail(html, options);

/** Output that is safe stays safe after a character is added before it, or inside raw text. */
const WRAPPERS: readonly ((vector: string) => string)[] = [
  (vector) => vector,
  (vector) => `<div><p>avant ${vector} après</p></div>`,
  (vector) => `<table><tr><td>${vector}</td></tr></table><p>fin</p>`,
];

describe('the HTML sanitiser', () => {
  it('knows at least 120 script vectors', () => {
    expect(new Set(SCRIPT_VECTORS).size).toBeGreaterThanOrEqual(120);
  });

  it.each(SCRIPT_VECTORS)('leaves only allowed tags, attributes and schemes of %j', (vector) => {
    for (const wrap of WRAPPERS) {
      const { html } = clean(wrap(vector));
      expect(inspect(html).problems).toEqual([]);
    }
  });

  it.each([...SCRIPT_VECTORS, ...REMOTE_VECTORS])(
    'changes nothing the second time: %j',
    (vector) => {
      for (const options of [BLOCK, PROXY]) {
        const once = clean(`<p>Bonjour</p>${vector}<p>fin</p>`, options).html;
        expect(clean(once, options).html).toBe(once);
      }
    },
  );

  it.each(REMOTE_VECTORS)('loads nothing when remote content is blocked: %j', (vector) => {
    const { html, blockedRemote } = clean(vector);

    expect(inspect(html).loads).toEqual([]);
    expect(inspect(html).problems).toEqual([]);
    expect(html.toLowerCase()).not.toContain('evil.test');
    expect(blockedRemote).toBeGreaterThanOrEqual(
      /@import|@font-face|url\(\/\*|<\/style>$/.test(vector) ? 0 : 1,
    );
  });

  it.each(REMOTE_VECTORS)('loads only through the proxy when allowed: %j', (vector) => {
    const { html } = clean(vector, PROXY);
    const key = PROXY.remote.mode === 'proxy' ? PROXY.remote.key : '';

    const found = inspect(html, (url) => {
      const query = Object.fromEntries(new URLSearchParams(url.replace('/image?', '')));
      const target = verifyTarget({ key, sessionTag: 'session-1', now: 1_900_000_000 }, query);
      return target?.toLowerCase().includes('evil.test') === true;
    });

    expect(found.problems).toEqual([]);
  });

  it('keeps the words around what it removes', () => {
    const { html } = clean('<p>avant<script>x()</script> <svg><g>dessin</g></svg> après</p>');

    expect(inspect(html).text).toMatch(/avant.*après/);
  });

  it('keeps the look of ordinary mail: tables, fonts, colours, legacy attributes', () => {
    const mail =
      '<center><table width="600" cellpadding="0" cellspacing="0" border="0" bgcolor="#f0f0f0">' +
      '<tr><td align="center" valign="top" style="padding:10px;background-color:#ffffff;color:#333333">' +
      '<font face="Arial" size="2" color="#000091">Liberté</font></td></tr></table></center>';

    expect(clean(mail).html).toBe(mail);
  });

  it('turns the body element into a block with its colours', () => {
    const { html } = clean('<body bgcolor="#ffeeee" text="navy" style="margin:0">Bonjour</body>');

    expect(html).toBe('<div style="background-color:#ffeeee;color:navy;margin:0">Bonjour</div>');
  });

  it('keeps safe style rules and prefixes ids in them as in the document', () => {
    const { html } = clean(
      '<style>#top .a:hover{color:red}@media (max-width:600px){td{width:100%!important}}</style><p id="top">x</p>',
    );

    expect(html).toContain('#m-top .a:hover{color:red}');
    expect(html).toContain('@media (max-width:600px){td{width:100%!important}}');
    expect(html).toContain('<p id="m-top">x</p>');
  });

  it.each(['value', 'title', 'href', 'src', 'alt', 'name', 'content', 'data-x', 'ID', 'cl\\61ss'])(
    'drops a rule that tests the attribute %s, and keeps those beside it',
    (attribute) => {
      for (const test of [`[${attribute}^="a"]`, `p:not([${attribute}])`, `a,[${attribute}]`]) {
        const { html } = clean(`<style>${test}{color:red}.kept{color:navy}</style><p>x</p>`);

        expect(html).not.toContain('red');
        expect(html).toContain('.kept{color:navy}');
      }
    },
  );

  it('keeps rules that test attributes of layout', () => {
    const { html } = clean('<style>td[align="left"],TD[WIDTH]{color:red}</style><p>x</p>');

    expect(html).toContain('{color:red}');
  });

  it('shows cid images through the addresses it is given and reports their use', () => {
    const cids = { 'logo@site': '/mail/me/INBOX/4/parts/2?s=1', autre: '/x' };
    const body = clean('<img src="cid:logo%40site" alt="Logo"><img src="cid:absent">', {
      ...BLOCK,
      cids,
    });

    expect(body.html).toContain('src="/mail/me/INBOX/4/parts/2?s=1"');
    expect(body.usedCids).toEqual(['logo@site']);
    expect(body.blockedRemote).toBe(0);
  });

  it('ignores cids that name members of objects', () => {
    expect(clean('<img src="cid:constructor"><img src="cid:__proto__">').usedCids).toEqual([]);
  });

  it('keeps a data image by its bytes and corrects its type', () => {
    const png = Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1').toString('base64');

    expect(clean(`<img src="data:image/jpeg;base64,${png}">`).html).toContain(
      `src="data:image/png;base64,${png}"`,
    );
  });

  it('counts and removes tracking pixels, also when remote images are shown', () => {
    const mail =
      '<img src="https://t.test/o.gif" width="1" height="1"><img src="https://t.test/a.png">';

    expect(clean(mail)).toMatchObject({ blockedRemote: 2, trackers: 1 });
    const shown = clean(mail, PROXY);
    expect(shown).toMatchObject({ blockedRemote: 0, trackers: 1 });
    expect(inspect(shown.html, () => true).loads).toHaveLength(1);
  });

  it('counts the remote images that are shown, and nothing that only looks like one', () => {
    const mail = '<img src="https://t.test/a.png"><a href="https://t.test/image/1">/image/</a>';

    expect(clean(mail, PROXY)).toMatchObject({ shownRemote: 1 });
    expect(clean(mail)).toMatchObject({ shownRemote: 0, blockedRemote: 1 });
    expect(clean('<a href="https://t.test/image/1">/image/</a>', PROXY).shownRemote).toBe(0);
  });

  it('links only to http, https, mailto and tel, in a new tab without opener', () => {
    const { html } = clean(
      '<a href="www.gouv.fr">a</a><a href="mailto:a@b.fr">b</a><a href="tel:+33">c</a><a href="ftp://x">d</a>',
    );

    expect(html.match(/href=/g)).toHaveLength(3);
    expect(html.match(/rel="noopener noreferrer nofollow"/g)).toHaveLength(3);
    expect(html).toContain('<a>d</a>');
  });
});

describe('folding of the quoted tail', () => {
  const quoted = (html: string): string =>
    /<details class="quoted">.*<\/details>/s.exec(html)?.[0] ?? '';

  it.each([
    [
      'a cited block',
      '<p>Oui.</p><div class="moz-cite-prefix">Le 3, X a écrit :<br></div><blockquote type="cite"><p>Venez-vous ?</p></blockquote>',
    ],
    [
      'Gmail',
      '<div dir="ltr">Oui.</div><br><div class="gmail_quote"><div class="gmail_attr">Le 3, X a écrit :</div><blockquote class="gmail_quote">Venez-vous ?</blockquote></div>',
    ],
    [
      'Outlook',
      "<div class=WordSection1><p>Oui.</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'><p><b>De&nbsp;:</b> X a écrit</p></div></div><p>Venez-vous ?</p></div>",
    ],
    [
      'Outlook on the web',
      '<div>Oui.</div><hr tabindex="-1" style="width:98%"><div id="divRplyFwdMsg"><b>De :</b> X a écrit</div><div>Venez-vous ?</div>',
    ],
  ])('folds %s with its attribution', (_, mail) => {
    const { html, hasQuoted } = clean(mail);

    expect(hasQuoted).toBe(true);
    expect(quoted(html)).toContain('Venez-vous ?');
    expect(quoted(html)).toContain('X a écrit');
    expect(quoted(html)).not.toContain('Oui.');
    expect(quoted(html)).toContain('<summary>Texte cité</summary>');
    expect(clean(html)).toMatchObject({ html, hasQuoted: true });
  });

  it.each([
    ['an answer between quotes', '<p>a</p><blockquote type="cite">q</blockquote><p>réponse</p>'],
    ['a message that is only a quote', '<blockquote type="cite">q</blockquote>'],
    ['an image after the quote', '<p>a</p><blockquote type="cite">q</blockquote><img src="cid:x">'],
    [
      'a forwarded message',
      '<p>Pour info</p><div class="gmail_quote"><div>---------- Forwarded message ---------<br>De : X</div>texte</div>',
    ],
    ['a decorative line', '<p>a</p><div style="border-top:solid #E1E1E1 1.0pt">Pied de page</div>'],
  ])('does not fold %s', (_, mail) => {
    expect(clean(mail)).toMatchObject({ hasQuoted: false });
    expect(clean(mail).html).not.toContain('<details');
  });

  it('escapes the label', () => {
    const { html } = sanitizeMail('<p>a</p><blockquote type="cite">q</blockquote>', {
      ...BLOCK,
      quotedSummary: '<img src=x onerror=alert(1)>',
    });

    expect(inspect(html).problems).toEqual([]);
    expect(html).not.toContain('<img');
  });
});
