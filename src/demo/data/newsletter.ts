import type { Bulletin } from './bulletins';
import { escapeHtml } from './compose';
import { type Entity, multipart, textEntity } from './mime';
import { fill, type Vocabulary } from './vocabulary';

/** Where the pictures of a letter are. */
interface Pictures {
  readonly background: string;
  readonly logo: string;
  article(index: number): string;
}

/** `origin`: the server that has the pictures; without one they are where nobody answers. */
function picturesOf(bulletin: Bulletin, origin: string | undefined): Pictures {
  if (origin !== undefined && bulletin.hasPictures) {
    const seed = bulletin.name.length;
    return {
      background: `${origin}/600x120/${seed}.png`,
      logo: `${origin}/120x40/${seed + 1}.png`,
      article: (index) => `${origin}/552x180/${seed + index}.png`,
    };
  }
  const base = `https://images.${bulletin.listId}`;
  return {
    background: `${base}/fond.png`,
    logo: `${base}/logo.png`,
    article: (index) => `${base}/article-${index + 1}.jpg`,
  };
}

/** One issue: a table layout, a style element and remote images, as such letters are made. */
export function newsletterEntity(
  bulletin: Bulletin,
  title: string,
  words: Vocabulary,
  origin?: string,
): Entity {
  const host = bulletin.listId;
  const pictures = picturesOf(bulletin, origin);
  const articles = bulletin.articles.map(
    ([heading, text]) => [heading, fill(text, words)] as const,
  );
  const rows = articles
    .map(
      ([heading, text], index) =>
        `<tr><td style="padding:16px 24px"><img src="${pictures.article(index)}" width="552" height="180" alt="${escapeHtml(`Illustration : ${heading}`)}"><h2 style="margin:12px 0 4px;font-size:18px;color:#1d4f6e">${escapeHtml(heading)}</h2><p style="margin:0;line-height:1.5">${escapeHtml(text)}</p><p><a href="https://www.${host}/article/${index + 1}?lettre=${words['n'] ?? ''}" style="color:#1d4f6e">Lire la suite</a></p></td></tr>`,
    )
    .join('\n');
  const html = `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{margin:0;background:#eef2f5}@media(max-width:600px){.boite{width:100%!important}}.pied{font-size:12px;color:#667}</style></head>
<body><table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" class="boite" width="600" cellpadding="0" cellspacing="0" style="background:#ffffff;font-family:Arial,sans-serif;color:#223">
<tr><td style="background:#1d4f6e url(${pictures.background});color:#fff;padding:24px"><img src="${pictures.logo}" width="120" height="40" alt="${escapeHtml(bulletin.name)}"><h1 style="font-size:22px;margin:12px 0 0">${escapeHtml(title)}</h1></td></tr>
${rows}
<tr><td class="pied" style="padding:16px 24px">Vous recevez cette lettre parce que vous y êtes abonné. <a href="https://www.${host}/desabonnement">Se désabonner</a></td></tr>
</table></td></tr></table>
<img src="https://suivi.${host}/ouverture.gif?id=${words['n3'] ?? ''}" width="1" height="1" alt=""></body></html>`;
  const text = articles.map(([heading, body]) => `${heading.toUpperCase()}\n${body}`).join('\n\n');
  return multipart('alternative', [
    textEntity(`${title}\n\n${text}\n\nSe désabonner : https://www.${host}/desabonnement`),
    textEntity(html, { subtype: 'html' }),
  ]);
}

/** RFC 2369 and RFC 8058 headers of a list. */
export const listHeaders = (bulletin: Bulletin): readonly (readonly [string, string])[] => [
  ['List-Id', `<${bulletin.listId}>`],
  ['List-Unsubscribe', `<https://www.${bulletin.listId}/un-clic>, <mailto:${bulletin.mail}>`],
  ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
  ['Precedence', 'bulk'],
];
