import { randomUUID } from 'node:crypto';
import { BULLETINS } from '../../src/demo/data/bulletins';
import { type Entity, fileEntity, message, multipart, textEntity } from '../../src/demo/data/mime';
import { newsletterEntity } from '../../src/demo/data/newsletter';
import { createRandom } from '../../src/demo/data/random';
import { createVocabulary } from '../../src/demo/data/vocabulary';

/** Kinds of messages whose opening is measured. */
export const KINDS = ['plain', 'newsletter', 'heavy'] as const;
export type Kind = (typeof KINDS)[number];

/** What each kind shows, as an IMAP section. */
export const SHOWN_PART: Readonly<Record<Kind, string>> = {
  plain: '1',
  newsletter: '2',
  heavy: '1',
};

const NEWSLETTER_BYTES = 97_000; // a long commercial letter
const ATTACHMENT_BYTES = 5 * 1024 * 1024;
const DAY_MS = 86_400_000;

/** Messages of each kind: as many as are opened, each once. */
export type SpecialCounts = Readonly<Record<Kind, number>>;

/** All of them, kind after kind; each has its own subject, date and content. */
export const specialMessages = (counts: SpecialCounts): readonly Buffer[] =>
  KINDS.flatMap((kind) =>
    Array.from({ length: counts[kind] }, (_, index) => specialMessage(kind, index + 1)),
  );

function specialMessage(kind: Kind, number: number): Buffer {
  // Dates of last year: the first page of the list stays an ordinary one.
  const date = new Date(Date.now() - (400 + number) * DAY_MS);
  return message(
    {
      from: { name: 'Odile Tramontane', mail: 'odile.tramontane@saisons.example' },
      to: [{ name: '', mail: 'agents@saisons.example' }],
      subject: `${subjectOf(kind)} ${number}`,
      date,
      messageId: `<${kind}.${number}@bench.example>`,
    },
    CONTENT[kind](number),
  );
}

export const subjectOf = (kind: Kind): string => `bench-${kind}`;

const CONTENT: Readonly<Record<Kind, (number: number) => Entity>> = {
  plain: (number) => textEntity(plainText(number)),
  newsletter,
  heavy: (number) =>
    multipart('mixed', [
      textEntity(`Bonjour,\n\nVoici le dossier ${number} complet.\n\nOdile`),
      fileEntity(
        `dossier-${number}.pdf`,
        'application/pdf',
        Buffer.alloc(ATTACHMENT_BYTES, 'Estafette '),
      ),
    ]),
};

const plainText = (number: number): string =>
  Array.from(
    { length: 12 },
    (_, line) =>
      `Point ${line + 1} de la réunion ${number} : les relevés de la semaine ont été validés, voir https://intranet.saisons.example/releves/${number}/${line} pour le détail.`,
  ).join('\n\n');

/** The demo's newsletter with articles added until its HTML weighs what such letters weigh. */
function newsletter(number: number): Entity {
  const [bulletin] = BULLETINS;
  if (!bulletin) throw new Error('no newsletter to build on');
  const words = createVocabulary(createRandom(`letter:${number}`), new Date(), 'Camille', 'Odile');
  const perArticle = 620; // markup and text of one, roughly
  const articles = Array.from(
    { length: Math.ceil(NEWSLETTER_BYTES / perArticle) },
    (_, index) => bulletin.articles[index % bulletin.articles.length] ?? (['', ''] as const),
  );
  return newsletterEntity({ ...bulletin, articles }, `Numéro ${number}`, words);
}

/** A short message of now in ASCII, as it arrives while somebody looks at the list. */
export const newMessage = (): Buffer =>
  message(
    {
      from: { name: 'Camille Alizé', mail: 'camille.alize@saisons.example' },
      to: [{ name: '', mail: 'agents@saisons.example' }],
      subject: 'Relevé du jour',
      date: new Date(),
      messageId: `<${randomUUID()}@bench.example>`,
    },
    textEntity('Bonjour,\n\nLe relevé du jour est en ligne.\n\nCamille'),
  );
