import type { Bulletin } from './bulletins';
import { escapeHtml } from './compose';
import { type Entity, multipart, textEntity } from './mime';
import { fill, type Vocabulary } from './vocabulary';

/** One issue: a table layout, a style element and remote images, as such letters are made. */
export function newsletterEntity(bulletin: Bulletin, title: string, words: Vocabulary): Entity {
  const host = bulletin.listId;
  const articles = bulletin.articles.map(
    ([heading, text]) => [heading, fill(text, words)] as const,
  );
  const rows = articles
    .map(
      ([heading, text], index) =>
        `<tr><td style="padding:16px 24px"><img src="https://images.${host}/article-${index + 1}.jpg" width="552" height="180" alt=""><h2 style="margin:12px 0 4px;font-size:18px;color:#1d4f6e">${escapeHtml(heading)}</h2><p style="margin:0;line-height:1.5">${escapeHtml(text)}</p><p><a href="https://www.${host}/article/${index + 1}?lettre=${words['n'] ?? ''}" style="color:#1d4f6e">Lire la suite</a></p></td></tr>`,
    )
    .join('\n');
  const html = `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{margin:0;background:#eef2f5}@media(max-width:600px){.boite{width:100%!important}}.pied{font-size:12px;color:#667}</style></head>
<body><table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" class="boite" width="600" cellpadding="0" cellspacing="0" style="background:#ffffff;font-family:Arial,sans-serif;color:#223">
<tr><td style="background:#1d4f6e url(https://images.${host}/fond.png);color:#fff;padding:24px"><img src="https://images.${host}/logo.png" width="120" height="40" alt="${escapeHtml(bulletin.name)}"><h1 style="font-size:22px;margin:12px 0 0">${escapeHtml(title)}</h1></td></tr>
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
