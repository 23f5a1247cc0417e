import { nearest } from '../kernel/config-shape';

/** What a need opens, in one line for operators; the reference is made of it. */
export const NEEDS = {
  db: 'Tables of its own, named after the plugin.',
  'mail.read': 'Messages, lists, headers and attachments of the person who is there.',
  'mail.write': 'Flags, moves and additions in the mailboxes of the person who is there.',
  'mail.send': 'Messages sent as the person who is there, through the guards of the composer.',
  'directory.read': 'Searches in the directory of the site.',
  'http:public': 'Any public host, over HTTPS.',
  worker: 'Files of the plugin run in a thread of their own.',
  audit: 'Lines of the audit log, under the id of the plugin.',
} as const satisfies Readonly<Record<string, string>>;

/** A need that a plugin may declare: a word of {@link NEEDS}, or `http:<origin>`. */
export type Need = keyof typeof NEEDS | `http:${'http' | 'https'}://${string}`;

const WORDS: readonly string[] = Object.keys(NEEDS);
const ORIGIN = /^https?:\/\/[a-z0-9][a-z0-9.-]{0,252}(?::\d{1,5})?$/;

/** What is wrong with a need, with the nearest known one; `undefined` when nothing is. */
export function needProblem(need: string): string | undefined {
  if (WORDS.includes(need)) return undefined;
  if (/^http:https?:/.test(need)) {
    const origin = need.slice('http:'.length);
    const isOrigin =
      ORIGIN.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
    return isOrigin ? undefined : `unknown capability "${need}": expected http:https://host`;
  }
  const near = nearest(need, WORDS);
  const hint = near === undefined ? `known ones: ${WORDS.join(', ')}` : `did you mean "${near}"?`;
  return `unknown capability "${need}": ${hint}`;
}

/** The origins of `http:<origin>` needs. */
export const originsOf = (needs: readonly string[]): readonly URL[] =>
  needs
    .filter((need) => /^http:https?:/.test(need))
    .map((need) => new URL(need.slice('http:'.length)));
