import type { Component } from '../ics/jcal';
import { IcsError } from '../ics/types';
import { cancelled } from './cancel';
import type { Case } from './case';
import { counterDeclined, countered, refreshed } from './counter';
import { ItipError, type Message, type Read, readEvents, readMessage } from './message';
import { organiserOf, partiesOf } from './people';
import { replied } from './reply';
import { added, published, requested } from './request';
import type { Outcome } from './types';

/** A message that came by mail. */
export interface Received {
  readonly text: string;
  /** METHOD of the MIME part; the one in the text comes first. */
  readonly method?: string;
  /** The address that it was sent from. */
  readonly sender: string;
  /** Addresses of the mailbox: one's own, or those of a shared one. */
  readonly own: readonly string[];
  readonly now: number;
}

/** Of a message of thousands of people; what is longer is no meeting. */
const MAX_CHARS = 5_000_000;
/** Occurrences of their own in one message; a series of years, each week moved, has some hundreds. */
const MAX_OTHERS = 500;
/** People of the copy for each occurrence of the message, which may get a part of its own. */
const MAX_PEOPLE = 50_000;

/**
 * What an iTIP message (RFC 5546) means to who receives it, given their copy of the meeting, if any.
 * Nothing throws: what cannot be read is an outcome too. The same message again changes nothing.
 */
export function receive(existing: string | undefined, received: Received): Outcome {
  try {
    if (received.text.length > MAX_CHARS) throw new ItipError('content', 'length');
    const message = readMessage(received.text, received.method);
    const known = existing === undefined ? undefined : readEvents(existing);
    return outcomeOf(caseOf(message, known?.uid === message.uid ? known : undefined, received));
  } catch (error) {
    if (error instanceof ItipError) {
      return { kind: 'refused', reason: error.reason, detail: error.detail };
    }
    if (error instanceof IcsError) {
      return { kind: 'refused', reason: 'garbage', detail: error.message };
    }
    throw error;
  }
}

function caseOf(message: Message, existing: Read | undefined, received: Received): Case {
  const parts = message.series ? [message.series, ...message.others] : message.others;
  const first = existing && (existing.series ?? existing.others[0]);
  const people = first ? partiesOf(first).size : 0;
  if (message.others.length > MAX_OTHERS || message.others.length * people > MAX_PEOPLE) {
    throw new ItipError('content', `RECURRENCE-ID ${message.others.length}`);
  }
  return {
    message,
    existing,
    sender: received.sender.trim().toLowerCase(),
    own: received.own.map((mail) => mail.toLowerCase()),
    now: received.now,
    parts,
    organiser: organiserOf(parts[0] as Component),
    existingOrganiser: first && organiserOf(first),
  };
}

function outcomeOf(one: Case): Outcome {
  switch (one.message.method) {
    case 'REQUEST':
      return requested(one);
    case 'PUBLISH':
      return published(one);
    case 'ADD':
      return added(one);
    case 'CANCEL':
      return cancelled(one);
    case 'REPLY':
      return replied(one);
    case 'COUNTER':
      return countered(one);
    case 'DECLINECOUNTER':
      return counterDeclined(one);
    case 'REFRESH':
      return refreshed(one);
  }
}
