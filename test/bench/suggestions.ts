import path from 'node:path';
import annuaire from '../../plugins/annuaire/plugin';
import { delay } from '../../src/base/async';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { type DemoAgent, demoAgents, demoSites } from '../../src/demo/data';
import type { DirectoryQuestion } from '../../src/directory';
import { checkQuestion } from '../../src/directory/question';
import { createPluginTest } from '../../src/host/testing';
import { withDirectoryClient } from '../../src/ldap';
import { WebAgent } from '../kit/agent';
import {
  GIVEN,
  LARGE_BASE,
  LARGE_SERVICE,
  type LargeSlapd,
  largeAt,
  largeDirectory,
  SURNAMES,
  startLargeSlapd,
} from '../kit/large-directory';
import { type Summary, summarise } from './stats';

const ROOT = path.resolve(__dirname, '..', '..');
const ENTRIES = 20_000;
const CONTACTS = 5_000;
const WARM = 20;
const IMPORT_MS = 180_000;
const SITE = 'saisons';

/** What the composer asks, whole: directory, contacts and those written to. */
export interface SuggestionFigures {
  readonly entries: number;
  readonly contacts: number;
  readonly questions: number;
  /** Of them, those that came back with nobody: what is late is left out. */
  readonly late: number;
  /** slapd alone, the very filter that the directory plugin asks, over an open connection. */
  readonly server: Summary;
  /** `GET /autocomplete` of somebody who is signed in; each question is a new one. */
  readonly whole: Summary;
  /** The second p95 over the first. */
  readonly ratio: number;
}

/** What people type: the start of a name, and of two. */
function typedTexts(): readonly string[] {
  const starts = (names: readonly string[], lengths: readonly number[]): readonly string[] =>
    names.flatMap((name) => lengths.map((length) => name.slice(0, length).toLowerCase()));
  const pairs = GIVEN.map((name, at) => `${name.slice(0, 4)} ${SURNAMES[at]?.slice(0, 4) ?? ''}`);
  return [...new Set([...starts(SURNAMES, [3, 4, 5, 6]), ...starts(GIVEN, [3, 4]), ...pairs])];
}

/** Suggestions of a directory of 20,000 entries and 5,000 contacts, beside the server itself. */
export async function measureSuggestions(tell: (text: string) => void): Promise<SuggestionFigures> {
  const [agent] = demoAgents.filter(({ site }) => site === SITE);
  if (!agent) throw new Error('the demonstration has no agent');
  tell(`slapd with ${ENTRIES} entries`);
  const slapd = await startLargeSlapd(
    [...largeDirectory(ENTRIES), entryOf(agent)],
    new Map([
      [LARGE_SERVICE.bindDn, demoSites.find(({ id }) => id === SITE)?.servicePassword ?? ''],
      [dnOf(agent), agent.password],
    ]),
  );
  try {
    const demo = await startOn(slapd);
    try {
      const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
      await web.signIn(agent.username, agent.password);
      tell(`${CONTACTS} contacts`);
      await addContacts(web);
      return await compare(slapd, web);
    } finally {
      await demo.stop();
    }
  } finally {
    await slapd.stop();
  }
}

const dnOf = ({ username }: DemoAgent): string => `uid=${username},${LARGE_BASE}`;

/** Somebody of the demonstration, who has a mailbox there, stands in the large directory. */
const entryOf = (agent: DemoAgent) => ({
  dn: dnOf(agent),
  attributes: {
    objectClass: ['person', 'organizationalPerson', 'inetOrgPerson'],
    uid: [agent.username],
    cn: [agent.name],
    sn: [agent.surname],
    displayName: [agent.name],
    mail: [agent.mail],
  },
});

/** The product with its bundled plugins; people sign in with the large directory. */
function startOn(slapd: LargeSlapd): Promise<DemoApp> {
  const { urls, bindDn, searchBase, searchFilter, attributes } = largeAt(slapd);
  return startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === SITE
        ? {
            ...file,
            signIn: { kind: 'ldap', ldap: { urls, bindDn, searchBase, searchFilter, attributes } },
            plugins: { annuaire: true, calendar: true, contacts: true },
          }
        : file,
  });
}

/** Brought in as somebody does it: one file of cards. */
async function addContacts(web: WebAgent): Promise<void> {
  const form = await web.get('/contacts/import');
  const fieldOf = (name: string): string =>
    form.all((one) => one.attribs['name'] === name)[0]?.attribs['value'] ?? '';
  const book = form.all(({ name }) => name === 'option')[0]?.attribs['value'] ?? '';
  const body = new FormData();
  body.set('_csrf', fieldOf('_csrf'));
  body.set('book', book);
  const cards = Array.from({ length: CONTACTS }, (_, at) => cardOf(at)).join('');
  body.set('file', new Blob([cards], { type: 'text/vcard' }), 'contacts.vcf');
  const sent = await web.raw('/contacts/import', { method: 'POST', body });
  const progress = sent.headers.get('Location');
  if (progress === null) throw new Error(`the contacts were not taken: ${sent.status}`);
  const givenUpAt = performance.now() + IMPORT_MS;
  // Thousands stand apart, by a space that does not break.
  const total = async (): Promise<string> =>
    (await web.get('/contacts')).text.replaceAll(/(?<=\d)[\u00a0\u202f](?=\d)/g, '');
  while (!(await total()).includes(String(CONTACTS))) {
    if (performance.now() > givenUpAt) throw new Error('the contacts did not come');
    await delay(500);
  }
}

function cardOf(index: number): string {
  const given = GIVEN[index % GIVEN.length] ?? '';
  const surname = SURNAMES[Math.floor(index / GIVEN.length) % SURNAMES.length] ?? '';
  return [
    'BEGIN:VCARD',
    'VERSION:4.0',
    `UID:urn:uuid:bench-${index}`,
    `FN:${given} ${surname} ${index}`,
    `N:${surname};${given};;;`,
    `EMAIL:contact${index}@ailleurs.example`,
    'END:VCARD',
    '',
  ].join('\r\n');
}

async function compare(slapd: LargeSlapd, web: WebAgent): Promise<SuggestionFigures> {
  const questions = await questionsOf(typedTexts());
  const times = { server: [] as number[], whole: [] as number[] };
  let late = 0;
  const ldap = largeAt(slapd, {
    bindPassword: demoSites.find(({ id }) => id === SITE)?.servicePassword ?? '',
  });
  await withDirectoryClient(ldap, slapd.url, 600_000, async (client) => {
    for (const [round, { typed, filter, limit, attributes }] of questions.entries()) {
      // The one that comes first finds the pages of the database cold: each has its turn.
      const server = () =>
        timed(() =>
          client.search(LARGE_BASE, {
            scope: 'sub',
            filter,
            sizeLimit: limit + 1,
            attributes: [...attributes],
          }),
        );
      const whole = () =>
        timed(async () => {
          if ((await suggestionsTo(web, typed)) === 0 && round >= WARM) late += 1;
        });
      const isServerFirst = round % 2 === 0;
      const one = await (isServerFirst ? server() : whole());
      const other = await (isServerFirst ? whole() : server());
      if (round < WARM) continue;
      times.server.push(isServerFirst ? one : other);
      times.whole.push(isServerFirst ? other : one);
    }
  });
  const [server, whole] = [summarise(times.server), summarise(times.whole)];
  return {
    entries: ENTRIES,
    contacts: CONTACTS,
    questions: times.whole.length,
    late,
    server,
    whole,
    ratio: whole.p95 / server.p95,
  };
}

async function suggestionsTo(web: WebAgent, typed: string): Promise<number> {
  const query = new URLSearchParams({ q: typed, for: 'to' }).toString();
  const answer = await web.raw(`/autocomplete?${query}`, {
    headers: { Accept: 'application/json' },
  });
  const { items } = (await answer.json()) as { readonly items: readonly unknown[] };
  return items.length;
}

/** What the directory plugin asks for each text, as the server reads it. */
async function questionsOf(typed: readonly string[]) {
  const asked: DirectoryQuestion[] = [];
  const test = await createPluginTest({
    plugin: annuaire,
    directory: {
      base: LARGE_BASE,
      async find(question) {
        asked.push(question);
        return { entries: [], isCut: false };
      },
    },
  });
  try {
    for (const query of typed) {
      const what = { query, limit: 10, for: 'to', user: test.user.id } as const;
      await test.collect('contact:suggestions', what);
    }
  } finally {
    await test.stop();
  }
  if (asked.length !== typed.length) throw new Error('one question is expected for each text');
  return typed.flatMap((text, at) => {
    const question = asked[at] && checkQuestion(asked[at], LARGE_BASE);
    return question ? [{ typed: text, ...question }] : [];
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** The figures in words. */
export function suggestionLines(figures: SuggestionFigures): readonly string[] {
  const { entries, contacts, questions, late, server, whole, ratio } = figures;
  const ms = ({ p50, p95 }: Summary): string =>
    `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;
  return [
    `Suggestions where a message is written, ${entries} entries and ${contacts} contacts, ${questions} different questions, ${late} of them answered with nobody:`,
    `the directory itself, the same filter: ${ms(server)}`,
    `the whole answer over HTTP: ${ms(whole)}`,
    `ratio of the p95: ${ratio.toFixed(2)} (aim: 3 at most)`,
  ];
}
