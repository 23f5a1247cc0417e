import type { RequestHandler } from 'express';
import { AppError } from '../base/errors';
import { isRefusedFrom } from '../session';
import { contextOf } from './context';

/** Help, and what providers' servers tell of sessions that end: neither shows anything of anybody. */
const FROM_ANYWHERE = [/^\/help\/[a-z]+$/, /^\/login\/[a-z0-9-]+\/[a-z0-9-]+\/notice$/];

/**
 * Refuses who is outside the networks of a site that says so: every route and every session, one
 * that was opened inside included.
 */
export const networkGate: RequestHandler = (req, _res, next) => {
  const { site, remote } = contextOf(req);
  if (isRefusedFrom(site, remote) && !FROM_ANYWHERE.some((free) => free.test(req.path))) {
    throw new AppError('session/network');
  }
  next();
};
