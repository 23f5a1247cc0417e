import { isLoopback } from '../base/addresses';
import { nearest } from '../kernel/config-shape';

/** What a need opens, in one line for operators; the reference is made of it. */
export const NEEDS = {
  db: 'Tables of its own, named after the plugin.',
  'mail.read': 'Messages, lists, headers and attachments of the person who is there.',
  'mail.write': 'Flags, moves and additions in the mailboxes of the person who is there.',
  'mail.send': 'Messages sent as the person who is there, through the guards of the composer.',
  'mail.post': 'Mails of the site to anybody, in words of the plugin, with nobody there.',
  correspondents: 'Whom the person who is there wrote to, to show and to forget.',
  'directory.read': 'Searches in the directories of the site.',
  'directory.write': 'Changes to the entry of the person who is there, with their own rights.',
  'http:public': 'Any public host, over HTTPS.',
  'http:configured':
    'The servers that the operator lists for the plugin in `config/plugins.json`, `origins`.',
  worker: 'Files of the plugin run in a thread of their own.',
  'session.end': 'Ends the sessions of a person, in every browser.',
  notice: 'Mails of the platform to a person, in words of the plugin, five a day.',
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

/**
 * What is wrong with an address of `origins` in `config/plugins.json`: over HTTPS, or plain towards
 * this machine alone. `undefined` when nothing is.
 */
export function originProblem(origin: string): string | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== origin) {
    return `expected an address without a path, such as "https://idp.example", found "${origin}"`;
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return `"${origin}" would be read by others on its way: https://, or http:// on this machine alone`;
  }
  return undefined;
}

/** The origins of `http:<origin>` needs. */
export const originsOf = (needs: readonly string[]): readonly URL[] =>
  needs
    .filter((need) => /^http:https?:/.test(need))
    .map((need) => new URL(need.slice('http:'.length)));
