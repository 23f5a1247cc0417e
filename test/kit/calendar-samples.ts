import type { Page } from 'playwright-core';

const DAY_MS = 86_400_000;

/** The Monday of this week, and days after it, as the forms want them. */
export function dayOfThisWeek(after: number): string {
  const noon = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
  const weekday = (new Date(noon).getUTCDay() + 6) % 7;
  return new Date(noon + (after - weekday) * DAY_MS).toISOString().slice(0, 10);
}

interface Sample {
  readonly day: number;
  readonly summary: string;
  readonly from?: string;
  readonly to?: string;
  /** Whole days: how many after the first. */
  readonly days?: number;
  readonly fill?: Readonly<Record<string, string>>;
  readonly choose?: Readonly<Record<string, string>>;
}

/** A week of somebody, typed into the form as they do. */
const SAMPLES: readonly Sample[] = [
  {
    day: 0,
    summary: 'Point d’équipe',
    from: '09:00',
    to: '10:00',
    fill: { location: 'Salle Équinoxe' },
    choose: { repeat: 'weekly' },
  },
  {
    day: 0,
    summary: 'Écrire simplement',
    from: '14:00',
    to: '15:30',
    fill: { location: 'À distance' },
  },
  { day: 1, summary: 'Télétravail', days: 0, choose: { showAs: 'telework' } },
  { day: 1, summary: 'Permanence accueil', from: '08:30', to: '10:00' },
  {
    day: 1,
    summary: 'Entretien annuel',
    from: '11:00',
    to: '12:30',
    choose: { visibility: 'confidential' },
  },
  { day: 1, summary: 'Budget 2027', from: '11:30', to: '13:00', choose: { showAs: 'tentative' } },
  {
    day: 2,
    summary: 'Atelier « Feuilles mortes »',
    from: '09:00',
    to: '11:00',
    fill: {
      location: 'Salle Solstice',
      url: 'https://webconf.numerique.gouv.fr/FeuillesMortes',
      description:
        'Ordre du jour : https://intranet.saisons.example/feuilles\nApporter les relevés.',
      categories: 'Observatoire',
    },
    choose: { 'alarm-0': '15' },
  },
  { day: 2, summary: 'Séminaire des Sources', days: 2, fill: { location: 'Valcendre' } },
  {
    day: 3,
    summary: 'Point hebdomadaire de l’observatoire',
    from: '10:00',
    to: '11:30',
    fill: { location: 'Visioconférence' },
  },
  {
    day: 3,
    summary: 'Comité de pilotage',
    from: '14:15',
    to: '15:30',
    fill: { location: 'Bâtiment C, salle 12' },
  },
  { day: 3, summary: 'Relire', from: '16:00', to: '16:15' },
  { day: 4, summary: 'Réunion de service', from: '09:00', to: '10:00' },
  { day: 4, summary: 'Repas d’équipe', from: '12:00', to: '13:00' },
  { day: 4, summary: 'Congé (demande)', from: '14:00', to: '16:00', choose: { showAs: 'leave' } },
];

/** Makes a second calendar and a week of events; answers the path of one of them. */
export async function fillCalendar(page: Page, base: string): Promise<string> {
  await page.goto(`${base}/calendar/calendars`);
  await page.fill('#calendar-new', 'Formation');
  await page.locator('.cal-colours').last().locator('input[value="amber"]').check({ force: true });
  await page.locator('form[action="/calendar/calendars/create"] button').click();
  await page.waitForURL(/done=calendar/);
  for (const [index, sample] of SAMPLES.entries()) {
    await page.goto(`${base}/calendar/edit`);
    await page.fill('#e-summary', sample.summary);
    await page.fill('#e-startDate', dayOfThisWeek(sample.day));
    await page.fill('#e-endDate', dayOfThisWeek(sample.day + (sample.days ?? 0)));
    if (sample.days !== undefined) await page.check('input[name="allDay"]');
    if (sample.from) await page.fill('#e-startTime', sample.from);
    if (sample.to) await page.fill('#e-endTime', sample.to);
    for (const [field, value] of Object.entries(sample.fill ?? {}))
      await page.fill(`#e-${field}`, value);
    for (const [field, value] of Object.entries(sample.choose ?? {}))
      await page.selectOption(`#e-${field}`, value);
    if (index % 4 === 1) await page.selectOption('#e-calendar', { label: 'Formation' });
    await page.locator('.cal-buttons button[name=save]').click();
    await page.waitForURL(/done=saved/);
  }
  await page.goto(`${base}/calendar?view=list&on=${dayOfThisWeek(2)}`);
  const href = await page
    .locator('.cal-list a', { hasText: 'Atelier' })
    .first()
    .getAttribute('href');
  return href ?? '';
}

/** A time of somebody; without a summary, what others see no more of than how it counts. */
export interface Busy {
  readonly summary?: string;
  readonly day: number;
  readonly from: string;
  readonly to: string;
  readonly showAs?: string;
}

/** Times of this week, typed into the form. */
export async function fillTimes(page: Page, base: string, times: readonly Busy[]): Promise<void> {
  for (const { summary = 'Occupé', day, from, to, showAs } of times) {
    await page.goto(`${base}/calendar/edit?start=${dayOfThisWeek(day)}T${from}`);
    await page.fill('#e-summary', summary);
    await page.fill('#e-endTime', to);
    if (showAs) await page.selectOption('#e-showAs', showAs);
    await page.locator('.cal-buttons button[name=save]').click();
    await page.waitForURL(/done=saved/);
  }
}
