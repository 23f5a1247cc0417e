import { type Io, UsageError } from './command';
import type { NewPlugin } from './create-plugin-files';
import { PARTS, type Part, type Parts } from './create-plugin-template';

export interface Given {
  readonly titleFr?: string | undefined;
  readonly titleEn?: string | undefined;
  /** `page,slot`, or nothing at all for none. */
  readonly with?: string | undefined;
  /** Asks nothing: what is not given takes its default. */
  readonly yes?: boolean | undefined;
}

const QUESTIONS: Readonly<Record<Part, string>> = {
  page: 'A page of its own, in the taskbar',
  slot: 'Something shown in a page of the mail',
  settings: 'A setting that each person chooses',
  table: 'A table of its own in the database',
  job: 'Periodic work',
  hook: 'A handler of a hook',
};
const TITLE_MAX = 60;
const NO_ANSWER =
  'nobody answers: give --title-fr, --title-en and --with, or --yes to take the defaults';

/** What the flags say, and questions for the rest. Throws `UsageError` for an answer that is none. */
export async function askAbout(io: Io, id: string, given: Given): Promise<NewPlugin> {
  const ask = async (question: string): Promise<string> => {
    const answer = await io.ask?.(question);
    if (answer === undefined) throw new UsageError(NO_ANSWER);
    return answer.trim();
  };
  const byId = id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ');
  const title = async (flag: string | undefined, question: string, fallback: string) => {
    if (flag !== undefined || given.yes) return readTitle(flag ?? fallback);
    return readTitle((await ask(`${question} [${fallback}]: `)) || fallback);
  };
  const fr = await title(given.titleFr, 'Title in French', byId);
  const en = await title(given.titleEn, 'Title in English', byId);
  return { id, title: { fr, en }, parts: await readParts(ask, given) };
}

function readTitle(text: string): string {
  const title = text.trim();
  // Titles go into JSON, Markdown and pages: those escape, a line break would break the second.
  if (title !== '' && title.length <= TITLE_MAX && !/\p{Cc}/u.test(title)) return title;
  throw new UsageError(`a title has 1 to ${TITLE_MAX} characters on one line`);
}

async function readParts(ask: (question: string) => Promise<string>, given: Given): Promise<Parts> {
  if (given.with !== undefined) return partsOf(given.with);
  const parts = new Set<Part>();
  if (given.yes) return parts;
  for (const part of PARTS) {
    if (isYes(await ask(`${QUESTIONS[part]} (${part})? [y/N]: `))) parts.add(part);
  }
  return parts;
}

/** `page,slot` → the parts; throws on a word that is none. */
export function partsOf(list: string): Parts {
  const words = list.split(',').map((word) => word.trim());
  return new Set(
    words
      .filter((word) => word !== '' && word !== 'none')
      .map((word) => {
        const part = PARTS.find((candidate) => candidate === word);
        if (part) return part;
        throw new UsageError(`--with: "${word}" is none of ${PARTS.join(', ')}`);
      }),
  );
}

function isYes(answer: string): boolean {
  const word = answer.toLowerCase();
  if (['y', 'yes', 'o', 'oui'].includes(word)) return true;
  if (['', 'n', 'no', 'non'].includes(word)) return false;
  throw new UsageError(`"${answer}" is neither yes nor no`);
}
