import { parseCalendar, withProperty, writeCalendar } from '../ics/jcal';
import { answer, changesFor, type Outcome, receive } from '../itip';
import { nameOf, readEvents } from '../itip/message';
import { partiesOf } from '../itip/people';
import { AGENT, MAIRE, messageOf, OCCURRENCE, uidOf, type Written } from './itip-clients';

const NOW = Date.UTC(2026, 10, 10, 9);
const ME = AGENT[0];
const BOSS = MAIRE[0];

const toMe = (text: string, existing?: string, sender: string = BOSS): Outcome =>
  receive(existing, { text, sender, own: [ME], now: NOW });
const toBoss = (text: string, existing?: string, sender: string = ME): Outcome =>
  receive(existing, { text, sender, own: [BOSS], now: NOW });
const thunderbird = (written: Partial<Written> = {}): string =>
  messageOf('thunderbird', { method: 'REQUEST', shape: 'series', ...written });
/** The organiser's copy. */
const organised = (written: Partial<Written> = {}): string =>
  thunderbird(written).replace('METHOD:REQUEST\r\n', '');

function as<K extends Outcome['kind']>(kind: K, outcome: Outcome): Extract<Outcome, { kind: K }> {
  if (outcome.kind !== kind) throw new Error(JSON.stringify(outcome).slice(0, 300));
  return outcome as Extract<Outcome, { kind: K }>;
}

/** A calendar with one event of these lines. */
const plain = (method: string, ...lines: readonly string[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    `UID:${uidOf('thunderbird')}`,
    'DTSTAMP:20261103T080000Z',
    `ORGANIZER:mailto:${BOSS}`,
    ...lines,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

describe('who sends', () => {
  it('is told from who organises', () => {
    const behalf = thunderbird().replace(
      'ORGANIZER;',
      'ORGANIZER;SENT-BY="mailto:sec@mairie.example";',
    );

    expect(toMe(thunderbird())).toMatchObject({ trust: 'self', me: ME });
    expect(toMe(behalf, undefined, 'sec@mairie.example')).toMatchObject({ trust: 'behalf' });
    expect(toMe(thunderbird(), undefined, 'x@bad.example')).toMatchObject({ trust: 'other' });
  });

  it('is told when another organiser takes the meeting over', () => {
    const mine = as('invitation', toMe(thunderbird())).object;
    const taken = thunderbird({ sequence: 9, organiser: ['x@bad.example', 'X'] });

    expect(toMe(taken, mine, 'x@bad.example')).toMatchObject({ kind: 'update', trust: 'changed' });
    expect(toMe(taken.replace('REQUEST', 'CANCEL'), mine, 'x@bad.example')).toMatchObject({
      kind: 'cancel',
      trust: 'changed',
    });
  });

  it('may forward what asks another, and is told what they sent themselves', () => {
    const forwarded = thunderbird({ attendees: [['sacha@agence.example', 'Sacha', 'ACCEPTED']] });

    expect(toMe(forwarded, undefined, 'sacha@agence.example')).toMatchObject({ me: undefined });
    expect(toBoss(thunderbird()).kind).toBe('own');
  });
});

describe('an update', () => {
  it('says what changed and leaves what is mine', () => {
    const mine = as('invitation', toMe(thunderbird())).object.replace(
      /(BEGIN:VEVENT\r\n)/,
      '$1CATEGORIES:Perso\r\nX-ESTAFETTE-SHOW-AS:LEAVE\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n',
    );
    const update = as(
      'update',
      toMe(thunderbird({ sequence: 1, start: '110000', end: '120000', place: 'Salle B' }), mine),
    );

    expect(update.differences).toMatchObject([
      {
        what: 'time',
        from: { start: Date.UTC(2026, 10, 23, 8), zone: 'Europe/Paris' },
        to: { start: Date.UTC(2026, 10, 23, 10), end: Date.UTC(2026, 10, 23, 11) },
      },
      { what: 'place', from: 'Salle A', to: 'Salle B' },
    ]);
    expect(update.object).toContain('CATEGORIES:Perso');
    expect(update.object).toContain('X-ESTAFETTE-SHOW-AS:LEAVE');
    expect(update.object).toContain('TRIGGER:-PT5M');
  });

  it('counts although my own changes raised the number of my copy', () => {
    const mine = as('invitation', toMe(thunderbird())).object.replace('SEQUENCE:0', 'SEQUENCE:7');

    expect(toMe(thunderbird({ sequence: 1, place: 'Salle B' }), mine).kind).toBe('update');
  });

  it('that leaves out an occurrence asks nobody again, and one that brings it back does', () => {
    const invited = as('invitation', toMe(thunderbird())).object;
    const mine = answer(invited, [ME], { partstat: 'accepted', now: NOW }).object;
    const out = `EXDATE;TZID=Europe/Paris:${OCCURRENCE}`;
    const shorter = as('update', toMe(thunderbird({ sequence: 1, more: [out] }), mine));
    const longer = as('update', toMe(thunderbird({ sequence: 2 }), shorter.object));

    expect(shorter).toMatchObject({
      answer: 'accepted',
      asksAgain: false,
      differences: [{ what: 'occurrences', added: [], removed: [OCCURRENCE] }],
    });
    expect(longer).toMatchObject({ answer: 'needs-action', asksAgain: true });
  });

  it('of one occurrence that came first waits for its series', () => {
    const first = as('invitation', toMe(thunderbird({ shape: 'occurrence', place: 'Salle B' })));
    const both = as('update', toMe(thunderbird(), first.object));
    const { series, others, calendar } = readEvents(both.object);

    expect(first.occurrences).toEqual([OCCURRENCE]);
    expect(series).toBeDefined();
    expect(others.map((part) => nameOf(part, calendar))).toEqual([OCCURRENCE]);
  });

  it('of the rule leaves no occurrence that is none any more', () => {
    const mine = as('invitation', toMe(thunderbird())).object;
    const moved = as('update', toMe(thunderbird({ shape: 'occurrence', place: 'B' }), mine)).object;
    const daily = thunderbird({ sequence: 2, stamp: '20261105T080000Z' }).replace(
      'BYDAY=MO',
      'BYDAY=TU',
    );
    const update = as('update', toMe(daily, moved));

    expect(update.differences.map(({ what }) => what)).toEqual(['recurrence']);
    expect(readEvents(update.object).others).toEqual([]);
  });
});

describe('a cancellation', () => {
  it('that is older than what is known is left', () => {
    const mine = as('invitation', toMe(thunderbird({ sequence: 4, stamp: '20261105T080000Z' })));

    expect(toMe(thunderbird({ method: 'CANCEL', sequence: 2 }), mine.object).kind).toBe(
      'out-of-date',
    );
  });

  it('for others takes them out, and leaves me asked', () => {
    const sacha = ['sacha@agence.example', 'Sacha', 'ACCEPTED'] as const;
    const mine = as(
      'invitation',
      toMe(thunderbird({ attendees: [[...AGENT, 'ACCEPTED'], sacha] })),
    );
    const left = { method: 'CANCEL', sequence: 1, attendees: [sacha] };
    const told = as('update', toMe(thunderbird({ ...left, status: 'CONFIRMED' }), mine.object));

    expect(told).toMatchObject({
      answer: 'accepted',
      asksAgain: false,
      differences: [{ what: 'attendees', removed: [{ mail: sacha[0] }] }],
    });
    expect([...partiesOf(readEvents(told.object).series ?? ['', [], []]).keys()]).toEqual([ME]);
    // Said of the meeting itself, it is off for everybody.
    expect(toMe(thunderbird(left), mine.object)).toMatchObject({ kind: 'cancel', scope: 'all' });
  });
});

describe('a RECURRENCE-ID', () => {
  const days = organised()
    .replace(/DT(START|END);TZID=Europe\/Paris:(\d{8})T\d{6}/g, 'DT$1;VALUE=DATE:$2')
    .replace('DTEND;VALUE=DATE:20261123', 'DTEND;VALUE=DATE:20261124');
  const attendee = `ATTENDEE;PARTSTAT=DECLINED:mailto:${ME}`;

  it.each([
    ['a day for hours', organised(), 'RECURRENCE-ID;VALUE=DATE:20261207', OCCURRENCE],
    ['UTC', organised(), 'RECURRENCE-ID:20261207T080000Z', OCCURRENCE],
    [
      'another zone',
      organised(),
      'RECURRENCE-ID;TZID=America/New_York:20261207T030000',
      OCCURRENCE,
    ],
    [
      'a zone of Windows without definition',
      organised(),
      'RECURRENCE-ID;TZID="W. Europe Standard Time":20261207T090000',
      OCCURRENCE,
    ],
    ['midnight in Paris for a day', days, 'RECURRENCE-ID:20261206T230000Z', '20261207'],
    ['midnight in Martinique for a day', days, 'RECURRENCE-ID:20261207T040000Z', '20261207'],
  ])('in the form of %s is understood', (_form, existing, id, name) => {
    const outcome = as('reply', toBoss(plain('REPLY', id, 'SEQUENCE:0', attendee), existing));

    expect(outcome.replies).toMatchObject([{ occurrence: name, result: 'applied' }]);
  });

  it('of no occurrence answers nothing', () => {
    const other = plain('REPLY', 'RECURRENCE-ID:20261208T080000Z', attendee);

    expect(toBoss(other, organised())).toMatchObject({
      isChanged: false,
      replies: [{ result: 'unknown-occurrence' }],
    });
  });
});

describe('a reply', () => {
  const reply = (partstat: string, more: Partial<Written> = {}): string =>
    thunderbird({ method: 'REPLY', attendees: [[...AGENT, partstat]], ...more });

  it('is taken once, and says when it is another’s', () => {
    const first = as('reply', toBoss(reply('ACCEPTED'), organised()));
    const again = as('reply', toBoss(reply('ACCEPTED'), first.object));

    expect(first).toMatchObject({ isChanged: true, tally: { accepted: 1, total: 1 } });
    expect(again).toMatchObject({ isChanged: false, replies: [{ result: 'same' }] });
    expect(again.object).toBe(first.object);
    expect(toBoss(reply('ACCEPTED'), organised(), 'x@bad.example')).toMatchObject({
      trust: 'other',
    });
    expect(changesFor(organised(), first.object, [BOSS])).toEqual([]);
  });

  it('to another time is old, and to the same time is not', () => {
    const moved = organised({ sequence: 2, start: '140000', end: '150000' });
    const retitled = organised({ sequence: 2, title: 'Autre' });

    expect(toBoss(reply('ACCEPTED'), moved)).toMatchObject({
      replies: [{ result: 'out-of-date' }],
    });
    expect(toBoss(reply('ACCEPTED'), retitled)).toMatchObject({ replies: [{ result: 'applied' }] });
  });

  it('of somebody uninvited is for the organiser to decide', () => {
    const lou = reply('ACCEPTED', { attendees: [['lou@ailleurs.example', 'Lou', 'ACCEPTED']] });
    const outcome = as('reply', toBoss(lou, organised(), 'lou@ailleurs.example'));

    expect(outcome.isChanged).toBe(false);
    expect(outcome.object).not.toContain('lou@ailleurs.example');
    expect(outcome.withCrashers).toContain('lou@ailleurs.example');
  });

  it('goes only to who organises', () => {
    expect(toMe(reply('ACCEPTED'), organised())).toMatchObject({ reason: 'not-organiser' });
    expect(toBoss(reply('ACCEPTED'))).toMatchObject({ reason: 'unknown' });
  });

  it('hands the meeting to another, who then answers', () => {
    const mine = as('invitation', toMe(thunderbird())).object;
    const { object, messages } = answer(mine, [ME], {
      partstat: 'accepted',
      delegateTo: { mail: 'Sacha@agence.example', name: 'Sacha' },
      now: NOW,
    });
    const [told, asked] = messages;
    const given = as('reply', toBoss(told?.text ?? '', organised()));
    const theirs = receive(undefined, {
      text: asked?.text ?? '',
      sender: ME,
      own: ['sacha@agence.example'],
      now: NOW,
    });
    const theirReply = answer(as('invitation', theirs).object, ['sacha@agence.example'], {
      partstat: 'accepted',
      now: NOW + 60_000,
    }).messages[0];
    const end = as('reply', toBoss(theirReply?.text ?? '', given.object, 'sacha@agence.example'));

    expect(messages.map(({ method }) => method)).toEqual(['REPLY', 'REQUEST']);
    expect(partiesOf(readEvents(object).series ?? ['', [], []]).get(ME)).toMatchObject({
      partstat: 'delegated',
      delegatedTo: ['sacha@agence.example'],
    });
    expect(given.tally).toMatchObject({ delegated: 1, 'needs-action': 1, total: 2 });
    expect(end.tally).toMatchObject({ delegated: 1, accepted: 1, total: 2 });
  });
});

describe('an answer to a series', () => {
  it('is one to its occurrences, but to those that were answered otherwise', () => {
    const invited = as('invitation', toMe(thunderbird())).object;
    const changed = as('update', toMe(thunderbird({ shape: 'occurrence', place: 'B' }), invited));
    const other = '20261214T090000';
    const one = answer(changed.object, [ME], { partstat: 'declined', occurrence: other, now: NOW });
    const all = answer(one.object, [ME], { partstat: 'accepted', now: NOW });
    const { series, others, calendar } = readEvents(all.object);
    const of = (part: (typeof others)[number] | undefined): string | undefined =>
      partiesOf(part ?? ['', [], []]).get(ME)?.partstat;

    expect(of(series)).toBe('accepted');
    expect(others.map((part) => [nameOf(part, calendar), of(part)])).toEqual([
      [OCCURRENCE, 'accepted'],
      [other, 'declined'],
    ]);
  });

  it('takes who comes instead to every occurrence', () => {
    const invited = as('invitation', toMe(thunderbird())).object;
    const changed = as('update', toMe(thunderbird({ shape: 'occurrence', place: 'B' }), invited));
    const { messages } = answer(changed.object, [ME], {
      partstat: 'accepted',
      delegateTo: { mail: 'sacha@agence.example', name: 'Sacha' },
      now: NOW,
    });
    const asked = readEvents(messages[1]?.text ?? '');

    expect([asked.series, ...asked.others]).toHaveLength(2);
    for (const part of [asked.series, ...asked.others]) {
      expect(partiesOf(part ?? ['', [], []]).has('sacha@agence.example')).toBe(true);
    }
  });
});

describe('another time that is wished', () => {
  it('is sent, and can be taken', () => {
    const mine = as('invitation', toMe(thunderbird({ shape: 'once' }))).object;
    const { messages } = answer(mine, [ME], {
      partstat: 'tentative',
      comment: 'Plutôt l’après-midi',
      counter: { start: Date.UTC(2026, 10, 23, 14), end: Date.UTC(2026, 10, 23, 15) },
      now: NOW,
    });
    const own = organised({ shape: 'once' });
    const outcome = as('counter', toBoss(messages[0]?.text ?? '', own));
    const [told] = changesFor(own, outcome.object, [BOSS]);

    expect(outcome).toMatchObject({
      attendee: { mail: ME },
      comment: 'Plutôt l’après-midi',
      differences: [{ what: 'time', to: { start: Date.UTC(2026, 10, 23, 14) } }],
      isOutOfDate: false,
      decline: { method: 'DECLINECOUNTER', to: [{ mail: ME }] },
    });
    expect(outcome.object).toContain('DTSTART;TZID=Europe/Paris:20261123T150000');
    expect(told).toMatchObject({ method: 'REQUEST', to: [{ mail: ME }] });
  });
});

describe('an occurrence that the organiser takes out', () => {
  it('is told as off, alone', () => {
    const own = organised();
    const calendar = parseCalendar(own);
    const shorter = writeCalendar([
      calendar[0],
      calendar[1],
      calendar[2].map((part) =>
        part[0] === 'vevent'
          ? withProperty(part, 'exdate', [
              'exdate',
              { tzid: 'Europe/Paris' },
              'date-time',
              '2026-12-07T09:00:00',
            ])
          : part,
      ),
    ]);
    const messages = changesFor(own, shorter, [BOSS]);
    const mine = as('invitation', toMe(thunderbird())).object;
    const outcome = as('cancel', toMe(messages[0]?.text ?? '', mine));

    expect(messages.map(({ method }) => method)).toEqual(['CANCEL']);
    expect(messages[0]?.text).toContain(`RECURRENCE-ID;TZID=Europe/Paris:${OCCURRENCE}`);
    expect(outcome).toMatchObject({ scope: 'occurrences', occurrences: [OCCURRENCE] });
    // And again when it is there again: with the series.
    expect(changesFor(shorter, own, [BOSS]).map(({ method }) => method)).toEqual(['REQUEST']);
  });
});

describe('what is no message', () => {
  it.each([
    ['no calendar', 'hello', 'garbage'],
    ['no event', 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n', 'content'],
    ['a method of nobody', thunderbird({ method: 'INVITE' }), 'method'],
    [
      'all that follow',
      plain('CANCEL', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20261207T080000Z'),
      'range',
    ],
    ['no time', plain('REQUEST', 'RECURRENCE-ID:nonsense', `ATTENDEE:mailto:${ME}`), 'garbage'],
    ['a reply of nobody', plain('REPLY', 'SEQUENCE:0'), 'unknown'],
    ['one more of nothing', thunderbird({ method: 'ADD' }), 'unknown'],
  ])('is refused: %s', (_what, text, reason) => {
    expect(toMe(text)).toMatchObject({ kind: 'refused', reason });
  });

  it('is known within a moment, however long', () => {
    const crowd = Array.from({ length: 10_000 }, (_, index): readonly [string, string, string] => [
      `p${index}@agence.example`,
      `P ${index}`,
      'NEEDS-ACTION',
    ]);
    const attendees = [...crowd, [...AGENT, 'NEEDS-ACTION'] as const];
    const asked = thunderbird({ shape: 'once', attendees });
    const wish = asked.replace('METHOD:REQUEST', 'METHOD:COUNTER').replaceAll('T090000', 'T083000');
    const existing = asked.replace('METHOD:REQUEST\r\n', '');
    const part = plain('REPLY', 'RECURRENCE-ID:20261207T080000Z').slice(
      plain('REPLY').indexOf('BEGIN:VEVENT'),
      -'END:VCALENDAR\r\n'.length,
    );
    const many = `BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n${part.repeat(600)}END:VCALENDAR\r\n`;
    const series = organised();
    const before = process.cpuUsage();

    expect(toMe(asked).kind).toBe('invitation');
    expect(toBoss(wish, existing).kind).toBe('counter');
    expect(toBoss(many, series)).toMatchObject({ reason: 'content' });

    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(4_000);
  });
});
