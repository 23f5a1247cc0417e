import type { PluginTest } from 'estafette/plugin/testing';
import { understand } from '../quick/understand';
import { FIRST_CALENDAR } from '../store';
import { HOUR_MS } from '../time/days';
import { at, startCalendar, takingPlace } from './kit';

/** Thursday. */
const NOW = at('2026-11-19 10:00');

/** `title | place | from – to | rule | status`, what is empty left out; `?` where it asks. */
function said(sentence: string): string {
  const event = understand(sentence, { now: NOW, lengthMs: HOUR_MS });
  if (!event) return 'nothing';
  const { isAllDay, start, end } = event;
  const clock = (wall: number): string =>
    new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
  const when = isAllDay
    ? `${clock(start).slice(0, 10)}+${(end - start) / (24 * HOUR_MS)}`
    : `${clock(start)} – ${clock(end).slice(0, 10) === clock(start).slice(0, 10) ? clock(end).slice(11) : clock(end)}`;
  return [
    event.summary,
    event.location && `@${event.location}`,
    event.isDated ? when : '',
    event.rule,
    event.showAs === 'busy' ? '' : event.showAs,
    event.isSure ? '' : '?',
  ]
    .filter((part) => part !== '')
    .join(' | ');
}

it.each([
  ['réunion mardi 14h salle 204', 'Réunion | @Salle 204 | 2026-11-24 14:00 – 15:00'],
  ['appel dans 2 heures', 'Appel | 2026-11-19 12:00 – 13:00'],
  ['appel dans 20 min', 'Appel | 2026-11-19 10:20 – 11:20'],
  ['call in 2 hours for 30 minutes', 'Call | 2026-11-19 12:00 – 12:30'],
  ['appel dans 20 heures', 'Appel | 2026-11-20 06:00 – 07:00'],
  ['point le 30 février 10h', 'Point février | 2026-11-30 10:00 – 11:00 | ?'],
  ['visio 15h30-16h15 https://visio.example/x?a=12/11', 'Visio | 2026-11-19 15:30 – 16:15'],
  ['déjeuner demain 12h30-14h', 'Déjeuner | 2026-11-20 12:30 – 14:00'],
  ['congé du 3 au 7 août', 'Congé | 2027-08-03+5 | leave'],
  [
    'point hebdo tous les lundis 9h',
    'Point hebdo | 2026-11-23 09:00 – 10:00 | FREQ=WEEKLY;BYDAY=MO',
  ],
  ['Point d’équipe demain à 9h', 'Point d’équipe | 2026-11-20 09:00 – 10:00'],
  [
    'comité de direction jeudi 26 novembre de 9h à 11h30',
    'Comité de direction | 2026-11-26 09:00 – 11:30',
  ],
  ['réunion le 24 novembre à 14 h 30', 'Réunion | 2026-11-24 14:30 – 15:30'],
  ['réunion le 24/11 à 14:30', 'Réunion | 2026-11-24 14:30 – 15:30'],
  ['réunion 24/11/2027 9h-10h', 'Réunion | 2027-11-24 09:00 – 10:00'],
  ['réunion 2026-12-01 10h', 'Réunion | 2026-12-01 10:00 – 11:00'],
  ['dentiste après-demain 17h45', 'Dentiste | 2026-11-21 17:45 – 18:45'],
  ['appeler Ada aujourd’hui 16h pendant 15 min', 'Appeler Ada | 2026-11-19 16:00 – 16:15'],
  ['entretien vendredi 10h pendant 2h', 'Entretien | 2026-11-20 10:00 – 12:00'],
  ['entretien vendredi 10h pendant 1h30', 'Entretien | 2026-11-20 10:00 – 11:30'],
  ['atelier lundi 9h pendant une heure et demie', 'Atelier | 2026-11-23 09:00 – 10:30'],
  ['atelier lundi 9h pour une demi-heure', 'Atelier | 2026-11-23 09:00 – 09:30'],
  ['formation du lundi au mercredi', 'Formation | 2026-11-23+3 | ?'.replace(' | ?', '')],
  ['séminaire du 30 novembre au 2 décembre', 'Séminaire | 2026-11-30+3'],
  ['séminaire du 30/11 au 02/12', 'Séminaire | 2026-11-30+3'],
  ['vacances du 24 décembre au 3 janvier', 'Vacances | 2026-12-24+11 | leave'],
  ['RTT vendredi', 'RTT | 2026-11-20+1 | leave'],
  ['télétravail mardi', 'Télétravail | 2026-11-24+1 | telework'],
  [
    'télétravail tous les mardis et jeudis',
    'Télétravail | 2026-11-19+1 | FREQ=WEEKLY;BYDAY=TU,TH | telework',
  ],
  ['absent demain', 'Absent | 2026-11-20+1 | absent'],
  ['congé demain matin 9h-12h', 'Congé | 2026-11-20 09:00 – 12:00 | leave'],
  ['réunion à confirmer lundi 15h', 'Réunion à confirmer | 2026-11-23 15:00 – 16:00 | tentative'],
  ['journée porte ouverte le 5 décembre toute la journée', 'Journée porte ouverte | 2026-12-05+1'],
  ['petit déjeuner mercredi 8h30', 'Petit déjeuner | 2026-11-25 08:30 – 09:30'],
  ['déjeuner midi demain', 'Déjeuner | 2026-11-20 12:00 – 13:00'],
  ['bouclage vendredi minuit', 'Bouclage | 2026-11-20 00:00 – 01:00'],
  ['astreinte samedi 22h-6h', 'Astreinte | 2026-11-21 22:00 – 2026-11-22 06:00 | ?'],
  ['soirée samedi 20h à minuit', 'Soirée | 2026-11-21 20:00 – 2026-11-22 00:00'],
  [
    'comité le premier lundi du mois à 10h',
    'Comité | 2026-12-07 10:00 – 11:00 | FREQ=MONTHLY;BYDAY=1MO',
  ],
  [
    'bilan le dernier vendredi du mois 16h',
    'Bilan | 2026-11-27 16:00 – 17:00 | FREQ=MONTHLY;BYDAY=-1FR',
  ],
  [
    'revue un lundi sur deux 14h',
    'Revue | 2026-11-23 14:00 – 15:00 | FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
  ],
  ['point chaque jour 9h15', 'Point | 2026-11-20 09:15 – 10:15 | FREQ=DAILY'],
  [
    'point tous les jours ouvrés 9h',
    'Point | 2026-11-20 09:00 – 10:00 | FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  ],
  ['point tous les jours 11h', 'Point | 2026-11-19 11:00 – 12:00 | FREQ=DAILY'],
  [
    'rapport tous les 2 mois le 5 janvier 9h',
    'Rapport | 2027-01-05 09:00 – 10:00 | FREQ=MONTHLY;INTERVAL=2',
  ],
  [
    'sport toutes les deux semaines le mardi 18h',
    'Sport | 2026-11-24 18:00 – 19:00 | FREQ=WEEKLY;INTERVAL=2;BYDAY=TU',
  ],
  [
    'yoga chaque mercredi 12h-13h jusqu’au 16 décembre',
    'Yoga | 2026-11-25 12:00 – 13:00 | FREQ=WEEKLY;BYDAY=WE;UNTIL=20261216',
  ],
  [
    'cours chaque lundi 18h 5 fois',
    'Cours | 2026-11-23 18:00 – 19:00 | FREQ=WEEKLY;BYDAY=MO;COUNT=5',
  ],
  [
    'cours chaque lundi 18h pendant 6 semaines',
    'Cours | 2026-11-23 18:00 – 19:00 | FREQ=WEEKLY;BYDAY=MO;COUNT=6',
  ],
  [
    'point tous les lundis, mercredis et vendredis 9h',
    'Point | 2026-11-20 09:00 – 10:00 | FREQ=WEEKLY;BYDAY=MO,WE,FR',
  ],
  ['rencontre jeudi en huit 14h', 'Rencontre | 2026-12-03 14:00 – 15:00'],
  ['rencontre mardi prochain 14h', 'Rencontre | 2026-11-24 14:00 – 15:00'],
  ['réunion dans 3 jours à 10h', 'Réunion | 2026-11-22 10:00 – 11:00'],
  ['réunion dans deux semaines 10h', 'Réunion | 2026-12-03 10:00 – 11:00'],
  ['réunion le 25 à 9h', 'Réunion | 2026-11-25 09:00 – 10:00'],
  ['réunion le 5 à 9h', 'Réunion | 2026-12-05 09:00 – 10:00'],
  ['réunion mardi 24 à 9h', 'Réunion | 2026-11-24 09:00 – 10:00'],
  ['réunion lundi 24 à 9h', 'Réunion | 2026-11-24 09:00 – 10:00 | ?'],
  [
    'rendez-vous chez Mme Martin lundi 10h',
    'Rendez-vous chez Mme Martin | 2026-11-23 10:00 – 11:00',
  ],
  ['visite à Lyon mardi 9h', 'Visite | @Lyon | 2026-11-24 09:00 – 10:00'],
  ['audience mardi 14h à la Préfecture', 'Audience | @La Préfecture | 2026-11-24 14:00 – 15:00'],
  ['réponse à la circulaire mardi 14h', 'Réponse à la circulaire | 2026-11-24 14:00 – 15:00'],
  ['réunion mardi 14h en visio', 'Réunion | @Visio | 2026-11-24 14:00 – 15:00'],
  [
    'réunion mardi 14h @ Café des Sources',
    'Réunion | @Café des Sources | 2026-11-24 14:00 – 15:00',
  ],
  [
    'réunion avec Théo bureau 12 bâtiment C mardi 14h',
    'Réunion avec Théo | @Bureau 12 bâtiment C | 2026-11-24 14:00 – 15:00',
  ],
  ['mardi 14h : préparer le budget 2027', 'Préparer le budget 2027 | 2026-11-24 14:00 – 15:00'],
  ['9-11h revue de code lundi', 'Revue de code | 2026-11-23 09:00 – 11:00'],
  ['revue lundi entre 9h et 11h', 'Revue | 2026-11-23 09:00 – 11:00'],
  ['réunion 15h', 'Réunion | 2026-11-19 15:00 – 16:00'],
  ['réunion 9h', 'Réunion | 2026-11-20 09:00 – 10:00'],
  ['fête de Noël 25 décembre', 'Fête de Noël | 2026-12-25 09:00 – 10:00 | ?'],
  ['réunion lundi matin', 'Réunion | 2026-11-23 09:00 – 12:00 | ?'],
  ['réunion jeudi 14h', 'Réunion | 2026-11-26 14:00 – 15:00 | ?'],
  ['réunion', 'Réunion | ?'],
  ['mardi 14h', '2026-11-24 14:00 – 15:00 | ?'],
  ['point mensuel le 3 décembre 10h', 'Point mensuel | 2026-12-03 10:00 – 11:00 | FREQ=MONTHLY'],
  [
    'anniversaire d’Hanaé chaque année le 29 février toute la journée',
    'Anniversaire d’Hanaé | 2028-02-29+1 | FREQ=YEARLY',
  ],
  ['sortie ce week-end', 'Sortie | 2026-11-21+2'],
  ['réunion 1er décembre 10h', 'Réunion | 2026-12-01 10:00 – 11:00'],
  ['point vendredi à 17 heures', 'Point | 2026-11-20 17:00 – 18:00'],
  ['Point 14h–15h mardi', 'Point | 2026-11-24 14:00 – 15:00'],
])('understands « %s »', (sentence, expected) => {
  expect(said(sentence)).toBe(expected);
});

it.each([
  ['meeting tuesday 2pm room 204', 'Meeting | @Room 204 | 2026-11-24 14:00 – 15:00'],
  ['lunch tomorrow 12:30-14:00', 'Lunch | 2026-11-20 12:30 – 14:00'],
  ['lunch tomorrow 12:30pm to 2pm', 'Lunch | 2026-11-20 12:30 – 14:00'],
  ['annual leave from 3 to 7 august', 'Annual leave | 2027-08-03+5 | leave'],
  ['vacation Aug 3-7', 'Vacation | 2027-08-03+5 | leave'],
  ['team sync every monday 9am', 'Team sync | 2026-11-23 09:00 – 10:00 | FREQ=WEEKLY;BYDAY=MO'],
  [
    'stand-up every weekday at 9:15',
    'Stand-up | 2026-11-20 09:15 – 10:15 | FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  ],
  [
    'review every other monday 2pm',
    'Review | 2026-11-23 14:00 – 15:00 | FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
  ],
  [
    'board first monday of the month 10am',
    'Board | 2026-12-07 10:00 – 11:00 | FREQ=MONTHLY;BYDAY=1MO',
  ],
  ['dentist on November 24th at 5:45 pm', 'Dentist | 2026-11-24 17:45 – 18:45'],
  ['dentist 24 Nov 2027 at noon', 'Dentist | 2027-11-24 12:00 – 13:00'],
  ['call Ada today at 4pm for 30 minutes', 'Call Ada | 2026-11-19 16:00 – 16:30'],
  ['workshop friday 10am for 2 hours', 'Workshop | 2026-11-20 10:00 – 12:00'],
  ['workshop friday from 10am to 12pm', 'Workshop | 2026-11-20 10:00 – 12:00'],
  ['workshop friday 9-11am', 'Workshop | 2026-11-20 09:00 – 11:00'],
  ['workshop friday 1-3pm', 'Workshop | 2026-11-20 13:00 – 15:00'],
  ['working from home on tuesday', 'Working from home | 2026-11-24+1 | telework'],
  ['out of office day after tomorrow', 'Out of office | 2026-11-21+1 | absent'],
  ['conference all day 5 December', 'Conference | 2026-12-05+1'],
  ['visit at Lyon next tuesday 9am', 'Visit | @Lyon | 2026-11-24 09:00 – 10:00'],
  ['planning in 3 weeks 10am', 'Planning | 2026-12-10 10:00 – 11:00'],
  [
    'yoga every wednesday 12:00-13:00 until December 16',
    'Yoga | 2026-11-25 12:00 – 13:00 | FREQ=WEEKLY;BYDAY=WE;UNTIL=20261216',
  ],
  [
    'class every monday 6pm 5 times',
    'Class | 2026-11-23 18:00 – 19:00 | FREQ=WEEKLY;BYDAY=MO;COUNT=5',
  ],
  ['weekly report monday 9am', 'Weekly report | 2026-11-23 09:00 – 10:00 | FREQ=WEEKLY'],
  ['interview by phone monday 3pm', 'Interview | @Phone | 2026-11-23 15:00 – 16:00'],
  ['budget meeting tbc friday 3pm', 'Budget meeting tbc | 2026-11-20 15:00 – 16:00 | tentative'],
  ['drinks tonight', 'Drinks | 2026-11-19 18:00 – 20:00 | ?'],
  ['trip this weekend', 'Trip | 2026-11-21+2'],
])('understands “%s”', (sentence, expected) => {
  expect(said(sentence)).toBe(expected);
});

it.each([
  ['', 'nothing'],
  ['   \u200b ', 'nothing'],
  ['réunion 32/13', 'Réunion 32/13 | ?'],
  ['lot 3-7', 'Lot 3-7 | ?'],
  ['relire le rapport v2', 'Relire le rapport v2 | ?'],
  ['<b>réunion</b> demain 10h', '<b>réunion</b> | 2026-11-20 10:00 – 11:00'],
  ['réunion 45h demain', 'Réunion 45h | 2026-11-20 09:00 – 10:00 | ?'],
])('leaves alone what it does not understand: « %s »', (sentence, expected) => {
  expect(said(sentence)).toBe(expected);
});

it('is quick whatever is typed', () => {
  const started = performance.now();
  for (const text of [
    'à '.repeat(150),
    '1 '.repeat(150),
    'lundi, '.repeat(45),
    'du 3 au '.repeat(40),
    `${'9h-'.repeat(100)}`,
    'İ'.repeat(300),
    '\uD83D\uDE00'.repeat(150),
    ' le le'.repeat(50),
  ])
    understand(text, { now: NOW, lengthMs: HOUR_MS });

  expect(performance.now() - started).toBeLessThan(500);
});

describe('the field', () => {
  let test: PluginTest;
  let kit: Awaited<ReturnType<typeof startCalendar>>;
  const month = ['2026-11-01 00:00', '2026-12-01 00:00'] as const;

  beforeEach(async () => {
    kit = await startCalendar();
    ({ test } = kit);
    test.clock.advance(Date.UTC(2026, 10, 19, 9, 0) - test.clock.now());
    await kit.store.calendars(kit.me);
  });
  afterEach(() => test.stop());
  const add = (text: string) => test.route('post', '/quick', { body: { text } });

  it('makes at once what is clear, and takes it back', async () => {
    const made = await add('réunion mardi 14h salle 204');
    const there = await takingPlace(kit.store, kit.me, month);
    const to = new URL(String((made as { redirect?: string }).redirect), 'http://x');
    const undo = to.searchParams.get('undo') ?? '';
    const page = await test.renderRoute('/', { query: Object.fromEntries(to.searchParams) });
    await test.route('post', '/delete', { body: { id: undo } });

    expect(to.pathname + to.search).toBe(`/calendar?on=2026-11-24&done=added&undo=${undo}`);
    expect(there).toEqual(['Réunion 2026-11-24T13:00']);
    expect(page).toContain(`name="id" value="${undo}"`);
    expect(await takingPlace(kit.store, kit.me, month)).toEqual([]);
    expect(await kit.store.trash(kit.me)).toHaveLength(1);
  });

  it('leads to the form with what it understood where something was guessed', async () => {
    const guessed = await add('réunion lundi matin');
    const form = await test.renderRoute('/edit', { query: { text: 'réunion lundi matin' } });
    const empty = await add(' ');

    expect(guessed).toMatchObject({
      redirect: '/calendar/edit?text=r%C3%A9union+lundi+matin',
    });
    expect(form).toMatch(/name="summary"[^>]*value="Réunion"/);
    expect(form).toMatch(/name="startDate"[^>]*value="2026-11-23"/);
    expect(form).toMatch(/name="endTime"[^>]*value="12:00"/);
    expect(empty).toMatchObject({ redirect: '/calendar/edit' });
    expect((await kit.store.calendars(kit.me))[0]).toMatchObject({ id: FIRST_CALENDAR });
    expect((await kit.store.counts(kit.me)).size).toBe(0);
  });

  it('writes rules that the calendar follows', async () => {
    await add('télétravail tous les mardis jusqu’au 1er décembre');

    expect(await takingPlace(kit.store, kit.me, ['2026-11-01 00:00', '2027-01-01 00:00'])).toEqual([
      'Télétravail 2026-11-24T00:00',
      'Télétravail 2026-12-01T00:00',
    ]);
  });
});

it('puts an address where links are', () => {
  const event = understand('point 15h https://visio.example/x', { now: NOW, lengthMs: HOUR_MS });
  expect([event?.summary, event?.url]).toEqual(['Point', 'https://visio.example/x']);
});
