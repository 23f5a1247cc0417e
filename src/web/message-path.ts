import type { Request } from 'express';
import { AppError } from '../base/errors';
import { OWN_ACCOUNT, type Uid, type UidValidity } from '../base/types';
import type { MessageView } from '../mail';
import { type OpenCall, param } from './route';

/** Patterns of the addresses of a mailbox and of a message. */
export const MAILBOX = '/mail/:account/:mailbox';
export const MESSAGE = `${MAILBOX}/:uid`;

/**
 * The mailbox that a path names. Only the agent's own account exists so far: any other answers like
 * an unknown one.
 */
export function mailboxParam(req: Request): string {
  if (param(req, 'account') !== OWN_ACCOUNT) throw new AppError('request/not-found');
  return param(req, 'mailbox');
}

interface MessagePlace {
  readonly mailbox: string;
  readonly uid: Uid;
  /** As the link says, when it does. */
  readonly uidValidity?: UidValidity;
}

/** The message that a path names: account, mailbox, uid, and the UIDVALIDITY of the link. */
export function messageParam(req: Request): MessagePlace {
  const mailbox = mailboxParam(req);
  const uidValidity = asUidValidity(req.query['uidvalidity']);
  return {
    mailbox,
    uid: asUid(param(req, 'uid')),
    ...(uidValidity !== undefined && { uidValidity }),
  };
}

/** The same, read from the server without marking it. */
export const namedMessage = ({
  deps,
  actor,
  req,
}: Pick<OpenCall, 'deps' | 'actor' | 'req'>): Promise<MessageView> =>
  deps.mail.message(actor, messageParam(req), { markSeen: false });

export const asUid = (value: string): Uid => {
  const uid = Number(value);
  if (!/^\d{1,10}$/.test(value) || uid < 1 || uid > 0xffff_ffff)
    throw new AppError('message/not-found');
  return uid as Uid;
};

export const asUidValidity = (value: unknown): UidValidity | undefined => {
  if (typeof value !== 'string' || !/^\d{1,10}$/.test(value)) return undefined;
  return Number(value) as UidValidity;
};
