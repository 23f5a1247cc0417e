import type { RefusedReason, Replied } from '../itip';
import { isOtherTime } from '../itip/differences';
import type { Answer } from '../people/attendees';
import type { Look, Teller } from './look';

/** Replies that one card names. */
const REPLIES_MAX = 5;

type Tone = 'plain' | 'ok' | 'warn';

/** What the card says first, before what the meeting is. */
export interface Told {
  readonly tone: Tone;
  readonly heading: string;
  readonly lines: readonly string[];
}

const REPLY_TEXTS: Readonly<Record<Answer, string>> = {
  'needs-action': 'calendar:invitation.reply.none',
  accepted: 'calendar:invitation.reply.accepted',
  tentative: 'calendar:invitation.reply.tentative',
  declined: 'calendar:invitation.reply.declined',
  delegated: 'calendar:invitation.reply.delegated',
};

export const nameOf = (
  one: { readonly name: string; readonly mail: string } | undefined,
): string => (one === undefined ? '' : one.name === '' ? one.mail : one.name);

/** A name that anybody can write, with the address of who is not of the site. */
function whoOf(
  { context, person }: Teller,
  one: { readonly name: string; readonly mail: string } | undefined,
): string {
  const name = nameOf(one);
  const domain = one?.mail.split('@').at(-1) ?? '';
  const isOwn = context.site(person.site).mailDomains.includes(domain);
  return one === undefined || isOwn || name === one.mail ? name : `${name} (${one.mail})`;
}

const REFUSED_TEXTS: Readonly<Record<RefusedReason, string>> = {
  garbage: 'calendar:invitation.refused.garbage',
  content: 'calendar:invitation.refused.content',
  method: 'calendar:invitation.refused.method',
  range: 'calendar:invitation.refused.range',
  unknown: 'calendar:invitation.refused.unknown',
  who: 'calendar:invitation.refused.who',
  'not-organiser': 'calendar:invitation.refused.not-organiser',
};

/** It takes place at another time, and the answer was taken back: now, or when the message came. */
const asksAgain = ({ outcome, differences }: Look): boolean =>
  outcome.kind === 'update'
    ? outcome.asksAgain
    : outcome.kind === 'same' && outcome.answer === 'needs-action' && isOtherTime(differences);

/** What a message is, in words: who wants what of whom. */
export function toldOf(teller: Teller, look: Look): Told {
  const { outcome, existing, isApplied } = look;
  const { t } = teller;
  const plain = (heading: string, lines: readonly string[] = [], tone: Tone = 'plain'): Told => ({
    tone,
    heading,
    lines,
  });
  switch (outcome.kind) {
    case 'invitation':
    case 'same':
    case 'update': {
      const who = whoOf(teller, outcome.organiser);
      const isChange = outcome.kind === 'update' || isApplied;
      const heading =
        who === ''
          ? t('calendar:invitation.heading.nobody')
          : t(
              isChange
                ? 'calendar:invitation.heading.update'
                : 'calendar:invitation.heading.invitation',
              {
                who,
              },
            );
      const lines = [
        ...(outcome.me === undefined ? [t('calendar:invitation.forwarded')] : []),
        ...(asksAgain(look) ? [t('calendar:invitation.asksAgain')] : []),
      ];
      return plain(heading, lines);
    }
    case 'out-of-date':
      return plain(t('calendar:invitation.heading.old'), [t('calendar:invitation.old')], 'warn');
    case 'own':
      return plain(t('calendar:invitation.heading.own'));
    case 'reply': {
      const { tally, replies } = outcome;
      const [first] = replies;
      const heading = first ? replyLine(teller, first) : t('calendar:invitation.heading.reply');
      return plain(
        heading,
        [
          ...replies.slice(1, REPLIES_MAX).map((one) => replyLine(teller, one)),
          ...replies.flatMap(({ comment }) =>
            comment === '' ? [] : [t('calendar:invitation.comment', { text: comment })],
          ),
          ...(tally.total > 1
            ? [
                t('calendar:invitation.tally', {
                  count: tally.accepted,
                  total: tally.total,
                }),
              ]
            : []),
        ],
        first?.result === 'applied' || first?.result === 'same' ? 'ok' : 'warn',
      );
    }
    case 'counter':
      return plain(t('calendar:invitation.heading.counter', { who: nameOf(outcome.attendee) }), [
        ...(outcome.isOutOfDate ? [t('calendar:invitation.old')] : []),
        ...(outcome.comment === ''
          ? []
          : [t('calendar:invitation.comment', { text: outcome.comment })]),
      ]);
    case 'counter-declined':
      return plain(
        t('calendar:invitation.heading.counterDeclined'),
        outcome.comment === '' ? [] : [t('calendar:invitation.comment', { text: outcome.comment })],
      );
    case 'cancel':
      return plain(
        t(
          outcome.scope === 'occurrences'
            ? 'calendar:invitation.heading.cancel.some'
            : 'calendar:invitation.heading.cancel.all',
        ),
        [
          ...(outcome.scope === 'unknown' ? [t('calendar:invitation.unknown')] : []),
          ...(outcome.comment === ''
            ? []
            : [t('calendar:invitation.comment', { text: outcome.comment })]),
        ],
        'warn',
      );
    case 'refresh':
      return plain(
        t('calendar:invitation.heading.refresh', { who: nameOf(outcome.from) }),
        outcome.message ? [] : [t('calendar:invitation.stranger')],
      );
    case 'published':
      return plain(
        outcome.organiser
          ? t('calendar:invitation.heading.published', { who: nameOf(outcome.organiser) })
          : t('calendar:invitation.heading.event'),
        existing ? [t('calendar:invitation.known')] : [],
      );
    case 'refused':
      return plain(
        t('calendar:invitation.heading.refused'),
        [t(REFUSED_TEXTS[outcome.reason], { detail: outcome.detail })],
        'warn',
      );
  }
}

const RESULT_TEXTS: Readonly<Partial<Record<Replied['result'], string>>> = {
  'out-of-date': 'calendar:invitation.result.old',
  crasher: 'calendar:invitation.result.crasher',
  'unknown-occurrence': 'calendar:invitation.result.occurrence',
};

function replyLine({ t }: Teller, one: Replied): string {
  const said = t(REPLY_TEXTS[one.attendee.partstat], {
    who: nameOf(one.attendee),
    delegate: one.attendee.delegatedTo.join(', '),
  });
  const more = RESULT_TEXTS[one.result];
  return more === undefined ? said : `${said} ${t(more)}`;
}

/** That a message is not from whom it names, in a sentence. */
export function warningOf({ t }: Teller, { outcome }: Look): string {
  if (!('trust' in outcome)) return '';
  switch (outcome.trust) {
    case 'self':
      return '';
    case 'behalf':
      return t('calendar:invitation.trust.behalf');
    case 'other':
      return t('calendar:invitation.trust.other');
    case 'changed':
      return t('calendar:invitation.trust.changed');
  }
}
