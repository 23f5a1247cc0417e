import { type Component, textOf } from '../ics/jcal';
import { ItipError, type Message, type Read } from './message';
import { type Party, partiesOf } from './people';
import type { Trust } from './types';

/** One message that came, beside what is known of its meeting. */
export interface Case {
  readonly message: Message;
  readonly existing: Read | undefined;
  readonly sender: string;
  readonly own: readonly string[];
  readonly now: number;
  /** Everything of the message, the series first. */
  readonly parts: readonly Component[];
  readonly organiser: Party | undefined;
  readonly existingOrganiser: Party | undefined;
}

/**
 * Whether an organiser's message comes from the organiser. What is known to be of nobody else's is
 * nobody's to take over: whoever knows its UID would.
 */
export function trustOfOrganiser({ existing, organiser, existingOrganiser, sender }: Case): Trust {
  if (existing && organiser && existingOrganiser?.mail !== organiser.mail) return 'changed';
  return trustOf(organiser ?? existingOrganiser, sender);
}

/** Whether a message of somebody comes from them. */
export function trustOf(party: Party | undefined, sender: string): Trust {
  if (party?.mail === sender) return 'self';
  return party?.sentBy === sender && sender !== '' ? 'behalf' : 'other';
}

/** Who speaks in an attendee's message: the sender if there are several, else the only one. */
export function speaker({ parts, sender }: Case): Party {
  const named = new Map(parts.flatMap((part) => [...partiesOf(part)]));
  const known =
    named.get(sender) ??
    [...named.values()].find(({ sentBy }) => sentBy === sender && sender !== '');
  const [only, ...more] = named.values();
  const party = known ?? (more.length === 0 ? only : undefined);
  if (!party) throw new ItipError('who', String(named.size));
  return party;
}

/** What somebody wrote beside it. */
export const commentOf = (parts: readonly Component[]): string =>
  parts.map((part) => textOf(part, 'comment').trim()).find((text) => text !== '') ?? '';
