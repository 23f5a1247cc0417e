/**
 * iTIP (RFC 5546): what a message means to who receives it, and what an answer says. Texts in, texts
 * out; no store, no mail and no clock below here. What the organiser's side sends is `outgoing/`.
 */

export { changesFor, type ItipMessage } from '../outgoing/changes';
export { type Answered, type Answering, answer } from './answer';
export type { Difference, When } from './differences';
export { ItipError, readMessage } from './message';
export type { Party } from './people';
export { type Received, receive } from './receive';
export type { Invitation, ItipMail, Outcome, RefusedReason, Replied, Tally, Trust } from './types';
