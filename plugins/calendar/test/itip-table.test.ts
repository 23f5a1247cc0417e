import { parseCalendar, textOf } from '../ics/jcal';
import { partsOf } from '../ics/object';
import { answer, type Outcome, receive } from '../itip';
import { nameOf, readEvents } from '../itip/message';
import { partiesOf } from '../itip/people';
import {
  AGENT,
  CLIENTS,
  type Client,
  MAIRE,
  messageOf,
  OCCURRENCE,
  SHAPES,
  type Shape,
  type Written,
} from './itip-clients';

const NOW = Date.UTC(2026, 10, 10, 9);
const LATER = '20261103T080000Z';

const came = (
  client: Client,
  written: Written,
  { existing = '', sender = MAIRE[0] as string } = {},
) =>
  receive(existing === '' ? undefined : existing, {
    text: messageOf(client, written),
    sender,
    own: sender === MAIRE[0] ? [AGENT[0]] : [MAIRE[0]],
    now: NOW,
  });

/** What I have after an invitation, accepted; of an occurrence, that of the whole series. */
function accepted(client: Client, shape: Shape): string {
  const whole = shape === 'occurrence' ? 'series' : shape;
  const outcome = came(client, { method: 'REQUEST', shape: whole });
  if (outcome.kind !== 'invitation') throw new Error(outcome.kind);
  return answer(outcome.object, [AGENT[0]], { partstat: 'accepted', now: NOW }).object;
}

/** The organiser's copy of the same meeting, with one guest more. */
function organised(client: Client, shape: Shape): string {
  const whole = shape === 'occurrence' ? 'series' : shape;
  const text = messageOf(client, {
    method: 'REQUEST',
    shape: whole,
    attendees: [
      [...AGENT, 'NEEDS-ACTION'],
      ['sacha@agence.example', 'Sacha', 'NEEDS-ACTION'],
    ],
  });
  return text.replace('METHOD:REQUEST\r\n', '');
}

/** In few words, what came of it. */
function said(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'invitation':
      return `invitation (${outcome.answer})`;
    case 'update': {
      const what = outcome.differences.map((one) => one.what).join('+');
      return `update ${what} (${outcome.answer})`;
    }
    case 'same':
      return `same (${outcome.answer})`;
    case 'reply':
      return `${outcome.replies.map(({ attendee, result }) => `${attendee.partstat} ${result}`).join()} ${outcome.tally.accepted}/${outcome.tally.total}`;
    case 'counter':
      return `counter ${outcome.differences.map(({ what }) => what).join('+')}`;
    case 'cancel':
      return `cancel ${outcome.scope}`;
    case 'refresh':
      return `refresh ${outcome.message ? 'sent' : 'refused'}`;
    case 'refused':
      return `refused ${outcome.reason}`;
    case 'published':
      return outcome.isKnown ? 'published anew' : 'published';
    case 'own':
    case 'counter-declined':
    case 'out-of-date':
      return outcome.kind;
  }
}

interface Row {
  readonly what: string;
  readonly run: (client: Client, shape: Shape) => Outcome;
  readonly expected: string | Partial<Record<Shape, string>>;
}

const guest = { sender: AGENT[0] as string };
const reply = (partstat: string, more: Partial<Written> = {}) =>
  ({ method: 'REPLY', attendees: [[...AGENT, partstat]], stamp: LATER, ...more }) as const;

const ROWS: readonly Row[] = [
  {
    what: 'REQUEST, new',
    run: (client, shape) => came(client, { method: 'REQUEST', shape }),
    expected: 'invitation (needs-action)',
  },
  {
    what: 'REQUEST, the same again',
    run: (client, shape) => {
      const first = came(client, { method: 'REQUEST', shape });
      const existing = first.kind === 'invitation' ? first.object : '';
      return came(client, { method: 'REQUEST', shape }, { existing });
    },
    expected: 'same (needs-action)',
  },
  {
    what: 'REQUEST, another time',
    run: (client, shape) =>
      came(
        client,
        { method: 'REQUEST', shape, sequence: 1, stamp: LATER, start: '140000', end: '150000' },
        { existing: accepted(client, shape) },
      ),
    expected: 'update time (needs-action)',
  },
  {
    what: 'REQUEST, another place and title',
    run: (client, shape) =>
      came(
        client,
        { method: 'REQUEST', shape, stamp: LATER, title: 'Comité élargi', place: 'Salle B' },
        { existing: accepted(client, shape) },
      ),
    expected: 'update title+place (accepted)',
  },
  {
    what: 'REQUEST, one more guest',
    run: (client, shape) =>
      came(
        client,
        {
          method: 'REQUEST',
          shape,
          stamp: LATER,
          attendees: [
            [...AGENT, 'NEEDS-ACTION'],
            ['sacha@agence.example', 'Sacha', 'NEEDS-ACTION'],
          ],
        },
        { existing: accepted(client, shape) },
      ),
    expected: 'update attendees (accepted)',
  },
  {
    what: 'REQUEST, older than what is known',
    run: (client, shape) => {
      const newer = { method: 'REQUEST', shape, sequence: 3, stamp: LATER, place: 'Salle C' };
      const now = came(client, newer, { existing: accepted(client, shape) });
      const existing = now.kind === 'update' ? now.object : '';
      return came(
        client,
        { method: 'REQUEST', shape, sequence: 2, place: 'Salle B' },
        { existing },
      );
    },
    expected: 'out-of-date',
  },
  {
    what: 'CANCEL',
    run: (client, shape) =>
      came(
        client,
        { method: 'CANCEL', shape, sequence: 1, stamp: LATER },
        { existing: accepted(client, shape) },
      ),
    expected: { once: 'cancel all', series: 'cancel all', occurrence: 'cancel occurrences' },
  },
  {
    what: 'CANCEL of what is not known',
    run: (client, shape) => came(client, { method: 'CANCEL', shape, sequence: 1 }),
    expected: 'cancel unknown',
  },
  {
    what: 'REPLY, accepted',
    run: (client, shape) =>
      came(
        client,
        { shape, ...reply('ACCEPTED') },
        { existing: organised(client, shape), ...guest },
      ),
    expected: 'accepted applied 1/2',
  },
  {
    what: 'REPLY, tentative',
    run: (client, shape) =>
      came(
        client,
        { shape, ...reply('TENTATIVE') },
        { existing: organised(client, shape), ...guest },
      ),
    expected: 'tentative applied 0/2',
  },
  {
    what: 'REPLY, declined after it was accepted',
    run: (client, shape) => {
      const known = { existing: organised(client, shape), ...guest };
      const first = came(client, { shape, ...reply('ACCEPTED') }, known);
      const existing = first.kind === 'reply' ? first.object : '';
      const stamp = '20261104T080000Z';
      return came(client, { shape, ...reply('DECLINED', { stamp }) }, { existing, ...guest });
    },
    expected: 'declined applied 0/2',
  },
  {
    what: 'REPLY, an older one after a newer one',
    run: (client, shape) => {
      const known = { existing: organised(client, shape), ...guest };
      const stamp = '20261104T080000Z';
      const first = came(client, { shape, ...reply('DECLINED', { stamp }) }, known);
      const existing = first.kind === 'reply' ? first.object : '';
      return came(client, { shape, ...reply('ACCEPTED') }, { existing, ...guest });
    },
    expected: 'accepted out-of-date 0/2',
  },
  {
    what: 'REPLY of somebody who was not asked',
    run: (client, shape) =>
      came(
        client,
        {
          shape,
          ...reply('ACCEPTED', { attendees: [['lou@ailleurs.example', 'Lou', 'ACCEPTED']] }),
        },
        { existing: organised(client, shape), sender: 'lou@ailleurs.example' },
      ),
    expected: 'accepted crasher 0/2',
  },
  {
    what: 'COUNTER',
    run: (client, shape) =>
      came(
        client,
        { shape, ...reply('TENTATIVE', { start: '160000', end: '170000' }), method: 'COUNTER' },
        { existing: organised(client, shape), ...guest },
      ),
    expected: 'counter time',
  },
  {
    what: 'DECLINECOUNTER',
    run: (client, shape) =>
      came(client, { method: 'DECLINECOUNTER', shape }, { existing: accepted(client, shape) }),
    expected: 'counter-declined',
  },
  {
    what: 'REFRESH',
    run: (client, shape) =>
      came(
        client,
        { shape, ...reply('NEEDS-ACTION'), method: 'REFRESH' },
        { existing: organised(client, shape), ...guest },
      ),
    expected: 'refresh sent',
  },
  {
    what: 'ADD, one day more',
    run: (client) =>
      came(
        client,
        {
          method: 'ADD',
          shape: 'once',
          sequence: 1,
          start: '20261210T090000',
          end: '20261210T100000',
        },
        { existing: accepted(client, 'series') },
      ),
    expected: 'update recurrence (needs-action)',
  },
  {
    what: 'PUBLISH',
    run: (client, shape) => came(client, { method: 'PUBLISH', shape }),
    expected: 'published',
  },
];

describe.each(CLIENTS)('messages of %s', (client) => {
  const rows = ROWS.flatMap((row) =>
    SHAPES.map((shape) => {
      const expected =
        typeof row.expected === 'string' ? row.expected : (row.expected[shape] ?? '');
      return [row.what, shape, expected, row.run] as const;
    }),
  );

  it.each(rows)('%s | %s | %s', (_what, shape, expected, run) => {
    expect(said(run(client, shape))).toBe(expected);
  });

  it('name one occurrence, which alone is moved', () => {
    const outcome = came(
      client,
      {
        method: 'REQUEST',
        shape: 'occurrence',
        sequence: 1,
        stamp: LATER,
        start: '140000',
        end: '150000',
      },
      { existing: accepted(client, 'series') },
    );
    const text = outcome.kind === 'update' ? outcome.object : '';
    const read = readEvents(text);

    expect(outcome).toMatchObject({ occurrences: [OCCURRENCE], asksAgain: true });
    expect(read.others).toHaveLength(1);
    expect(textOf(read.series ?? ['', [], []], 'dtstart')).toBe('2026-11-23T09:00:00');
    expect(partiesOf(read.series ?? ['', [], []]).get(AGENT[0])?.partstat).toBe('accepted');
  });

  it('leave out one occurrence that is cancelled, or mark it', () => {
    const outcome = came(
      client,
      { method: 'CANCEL', shape: 'occurrence', sequence: 1, stamp: LATER },
      { existing: accepted(client, 'series') },
    );
    if (outcome.kind !== 'cancel') throw new Error(outcome.kind);

    expect(outcome.occurrences).toEqual([OCCURRENCE]);
    expect(outcome.removed).toContain(`EXDATE;TZID=Europe/Paris:${OCCURRENCE}`);
    expect(outcome.removed).not.toContain('CANCELLED');
    expect(outcome.kept?.match(/STATUS:CANCELLED/g)).toHaveLength(1);
  });

  it('answer one occurrence without an override, which gets one', () => {
    const outcome = came(
      client,
      { shape: 'occurrence', ...reply('DECLINED', { comment: 'Absent' }) },
      { existing: organised(client, 'series'), ...guest },
    );
    if (outcome.kind !== 'reply') throw new Error(outcome.kind);
    const { others, series, calendar } = readEvents(outcome.object);

    expect(outcome.replies).toMatchObject([{ occurrence: OCCURRENCE, comment: 'Absent' }]);
    expect(others.map((part) => partiesOf(part).get(AGENT[0])?.partstat)).toEqual(['declined']);
    expect(others.map((part) => nameOf(part, calendar))).toEqual([OCCURRENCE]);
    expect(partiesOf(series ?? ['', [], []]).get(AGENT[0])?.partstat).toBe('needs-action');
  });

  it('are answered in a way that the other side takes in', () => {
    const mine = accepted(client, 'series');
    const { messages } = answer(mine, [AGENT[0]], {
      partstat: 'declined',
      occurrence: OCCURRENCE,
      comment: 'En congé',
      now: NOW,
    });
    const [message] = messages;
    const outcome = receive(organised(client, 'series'), {
      text: message?.text ?? '',
      sender: AGENT[0],
      own: [MAIRE[0]],
      now: NOW,
    });

    expect(messages.map(({ method, to }) => [method, to[0]?.mail])).toEqual([['REPLY', MAIRE[0]]]);
    expect(partsOf(parseCalendar(message?.text ?? ''))).toHaveLength(1);
    expect(message?.text).not.toContain('VALARM');
    expect(outcome).toMatchObject({
      kind: 'reply',
      trust: 'self',
      replies: [{ occurrence: OCCURRENCE, comment: 'En congé', result: 'applied' }],
    });
  });
});
