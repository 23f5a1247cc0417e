import { Readable } from 'node:stream';
import { BYTES_CSP } from '../../view';
import { contentDisposition } from '../content-disposition';
import { findMailbox, mailboxLabel } from '../folders';
import { MAILBOX, mailboxParam } from '../message-path';
import type { OpenCall, RouteSpec } from '../route';
import { stream } from '../send-bytes';

/** A mailbox as one file, sent while it is read; an error cuts it short, which browsers tell. */
async function exportMailbox({ deps, actor, ctx, req, res }: OpenCall): Promise<void> {
  const path = mailboxParam(req);
  const { mailboxes } = await deps.mail.account(actor);
  const mailbox = findMailbox(mailboxes, path);
  const { pieces } = await deps.mail.exportMailbox(actor, path);
  const name = mailbox ? mailboxLabel(mailbox, ctx.t) : path;
  res.setHeader('Content-Security-Policy', BYTES_CSP);
  res.setHeader('Content-Type', 'application/mbox');
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Disposition', contentDisposition('attachment', `${name}.mbox`));
  await stream(Readable.from(pieces, { objectMode: false }), res);
}

export const exportRoutes: readonly RouteSpec[] = [
  { method: 'get', path: `${MAILBOX}/export.mbox`, access: 'open', handle: exportMailbox },
];
