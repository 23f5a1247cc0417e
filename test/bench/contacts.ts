import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { delay } from '../../src/base/async';
import { WebAgent } from '../kit/agent';
import { parseStatusMb } from './proc';

const CARDS = 10_000;
const ROWS = 228_000;
const BUDGET_MB = 100;
const SETTLE_MS = 2_000;
const PING_MS = 10;
const LONG_MS = 100;
const ready = z.looseObject({
  url: z.string(),
  accounts: z.array(z.looseObject({ username: z.string(), password: z.string() })).min(1),
});

/** What bringing a file in costs the whole demonstration, in MB and milliseconds. */
interface Brought {
  readonly file: string;
  readonly megabytes: number;
  readonly ms: number;
  readonly before: number;
  /** The most that was resident since. */
  readonly most: number;
  /** The longest that a page without any work waited meanwhile, and how often it was long. */
  readonly waited: number;
  readonly long: number;
}

/** Whole people, as a telephone exports them. */
const cards = (): string =>
  Array.from({ length: CARDS }, (_, at) => {
    const digits = String(at).padStart(4, '0');
    return [
      'BEGIN:VCARD',
      'VERSION:3.0',
      `UID:urn:uuid:${at}`,
      `FN:Élise Personne ${at}`,
      `N:Personne ${at};Élise;;;`,
      `ORG:Ministère des Saisons;Direction ${at % 50}`,
      'TITLE:Chargée de mission',
      `EMAIL;TYPE=WORK:elise.${at}@saisons.example`,
      `EMAIL;TYPE=HOME:e${at}@ailleurs.example`,
      `TEL;TYPE=WORK:+33 1 99 00 ${digits}`,
      `TEL;TYPE=CELL:+33 6 99 00 ${digits}`,
      'ADR;TYPE=WORK:;;1 rue des Fleurs;Valcendre;;75001;France',
      'NOTE:Une note assez longue pour que chaque carte ressemble à ce que les gens ont.',
      'CATEGORIES:équipe,projet',
      'X-MINE:1',
      'END:VCARD\r\n',
    ].join('\r\n');
  }).join('');

const list = (): string =>
  `Prénom;Nom;E-mail;Téléphone;Société;Notes\r\n${Array.from(
    { length: ROWS },
    (_, at) =>
      `Élise;Personne;elise${at}@saisons.example;01 99 00 00 01;Ministère des Saisons;une note assez longue\r\n`,
  ).join('')}`;

async function startDemo(root: string) {
  const child = spawn(process.execPath, ['dist/src/main.js', 'demo', '--port', '0', '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('\n')) resolve(said.split('\n', 1)[0] ?? '');
    });
    child.once('exit', () => reject(new Error('the demonstration did not start')));
  });
  return { child, ...ready.parse(JSON.parse(line)) };
}

/** Sends a file as the page does, and waits until nothing of it is under way. */
async function bringIn(
  child: ChildProcess,
  web: WebAgent,
  file: { readonly name: string; readonly content: Buffer },
): Promise<Brought> {
  const status = (name: 'VmRSS' | 'VmHWM') =>
    parseStatusMb(readFileSync(`/proc/${child.pid}/status`, 'utf8'), name);
  const page = await web.get('/contacts/import');
  const form = new FormData();
  form.set('_csrf', page.one('name', '_csrf').attribs['value'] ?? '');
  form.set('book', 'contacts');
  form.set('file', new Blob([new Uint8Array(file.content)]), file.name);
  await delay(SETTLE_MS);
  const before = status('VmRSS');
  writeFileSync(`/proc/${child.pid}/clear_refs`, '5'); // the most is counted from here on
  const waiting = watch(web.base);
  const startedMs = performance.now();
  const headers = { Origin: web.base };
  const sent = await web.raw('/contacts/import', { method: 'POST', body: form, headers });
  const target = sent.headers.get('location');
  if (sent.status !== 303 || target === null)
    throw new Error(`the file was refused: ${sent.status}`);
  while ((await web.get(target)).text.includes('<progress')) await delay(LONG_MS);
  const ms = performance.now() - startedMs;
  const { waited, long } = await waiting.stop();
  const megabytes = file.content.length / 1e6;
  return { file: file.name, megabytes, ms, before, most: status('VmHWM'), waited, long };
}

/** Asks for next to nothing, again and again. */
function watch(base: string) {
  let isOver = false;
  let waited = 0;
  let long = 0;
  const run = async (): Promise<void> => {
    while (!isOver) {
      const askedMs = performance.now();
      await (await fetch(new URL('/health', base))).text();
      const ms = performance.now() - askedMs;
      waited = Math.max(waited, ms);
      if (ms > LONG_MS) long += 1;
      await delay(PING_MS);
    }
  };
  const running = run();
  return {
    async stop() {
      isOver = true;
      await running;
      return { waited, long };
    },
  };
}

const lineOf = ({ file, megabytes, ms, before, most, waited, long }: Brought): string =>
  `${file} (${megabytes.toFixed(1)} MB): ${(ms / 1_000).toFixed(1)} s, memory ${before.toFixed(0)} MB before, ` +
  `${(most - before).toFixed(0)} MB more at most (budget ${BUDGET_MB}); another page waited ${waited.toFixed(0)} ms ` +
  `at most, ${long} times more than ${LONG_MS} ms`;

/** `npm run bench -- --contacts`: files of contacts into a demonstration of their own. */
export async function benchContacts(root: string, isJson: boolean): Promise<void> {
  const found: Brought[] = [];
  for (const [name, make] of [
    [`${CARDS}.vcf`, cards],
    ['24-megabytes.csv', list],
  ] as const) {
    const { child, url, accounts } = await startDemo(path.resolve(root));
    try {
      const web = new WebAgent(url);
      await web.signIn(accounts[0]?.username ?? '', accounts[0]?.password ?? '');
      // A list waits for what its columns mean: its upload alone is measured.
      found.push(await bringIn(child, web, { name, content: Buffer.from(make()) }));
    } finally {
      child.kill('SIGTERM');
    }
  }
  console.log(isJson ? JSON.stringify(found) : found.map(lineOf).join('\n'));
}
