import { safeHtml } from '../base/html';
import { bodyFrameCsp } from '../view';
import type { PrintedHead } from './message-head';
import { viewContext } from './reply';
import type { OpenCall } from './route';

/**
 * Sends the sanitised body as a document of its own: sandboxed, without scripts, without remote
 * loads, whose policy holds even if the sanitiser failed. With `message`, its header stands above
 * the body, for printing.
 */
export async function sendBodyFrame(
  { deps, req, res, ctx }: OpenCall,
  content: { readonly title: string; readonly html: string; readonly message?: PrintedHead },
): Promise<void> {
  const html = await deps.renderer.fragment(viewContext(req), {
    view: 'body-frame',
    model: {
      lang: ctx.locale,
      title: content.title,
      html: safeHtml(content.html),
      theme: ctx.core.display.theme,
      message: content.message,
    },
    shell: undefined,
    facts: { site: { id: ctx.site.id, title: ctx.site.title } },
  });
  res.setHeader('Content-Security-Policy', bodyFrameCsp(`${ctx.origin}/image/`));
  res.setHeader('X-Frame-Options', 'SAMEORIGIN');
  res.type('html').send(html);
}
