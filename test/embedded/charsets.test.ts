import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { textOf } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

/** Each a letter of the sample mail: what its subject and its text say once decoded. */
const LETTERS = [
  ['utf-8', 'Merci de confirmer la lecture', 'Vous êtes libre de l’ignorer.'],
  [
    'iso-8859-1, raw in the subject',
    'Réunion décalée à la salle Équinoxe',
    'réunion prévue cet après-midi',
  ],
  ['windows-1252', 'Facture n° 2026-114 – 1 250,00 €', 's’élève à 1 250,00 €'],
  ['iso-8859-15', 'projet « œil du ciel »', 'subvention de 300 €'],
  ['iso-2022-jp', '観測データについて', '気象研究所'],
  ['koi8-r', 'Обмен архивными данными', 'Отправляем наши наблюдения'],
  ['utf-7', 'Compte rendu de l’assemblée générale', 'adopté à l’unanimité : 12 + 3 voix, 1 500 €'],
  ['utf-8 labelled iso-8859-1', 'Horaires d’été de la navette', 'même à l’arrêt « Forêt »'],
] as const;

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** The link of the message whose row in the list says this. */
async function linkTo(subject: string): Promise<string> {
  for (const page of [1, 2, 3, 4]) {
    const list = await web.get(`/mail/me/INBOX?page=${page}`);
    const [row] = list.all((e) => e.attribs['class'] === 'subject' && textOf(e).includes(subject));
    if (row) return row.attribs['href'] ?? '';
  }
  throw new Error(`no row says "${subject}"`);
}

it.each(LETTERS)('a letter in %s is shown as it was written', async (_charset, subject, text) => {
  const message = await web.get(await linkTo(subject));

  expect(textOf(message.one('data-message-subject'))).toContain(subject);
  const body = await web.get(message.one('data-message-body').attribs['src'] ?? '');
  expect(body.text).toContain(text);
});
