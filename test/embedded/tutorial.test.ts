import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request, type Server } from 'node:http';
import path from 'node:path';
import { freePortRun } from '../../src/base/ports';
import { WebAgent } from '../kit/agent';
import { readDoc } from '../kit/doc-files';
import { cleanClone, nameOf, type Step, stepsOf } from '../kit/doc-steps';

const steps = stepsOf(readDoc('tutorial.md'));
/** Needs the network, and would write into the packages that the clone shares. */
const isLeftOut = (line: string): boolean => line === 'npm install';
const TIME_MS = 240_000;

let clone = '';
let demo: ChildProcess | undefined;
let said = '';
let door: Server | undefined;

beforeAll(() => {
  clone = cleanClone();
}, TIME_MS);
afterAll(() => {
  endDemo();
  door?.close();
  rmSync(clone, { recursive: true, force: true });
});

/** Its own group, so that npm and what it starts end together. */
function endDemo(): void {
  if (demo?.pid !== undefined && demo.exitCode === null) process.kill(-demo.pid, 'SIGTERM');
  demo = undefined;
}

function bash(script: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { NODE_OPTIONS: _own, ...inherited } = process.env;
  return spawn('bash', ['-ec', script], {
    cwd: clone,
    env: { ...inherited, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a block as one script; rejects with what it said when it fails. */
async function run(script: string): Promise<string> {
  const child = bash(script);
  let all = '';
  const hear = (chunk: Buffer): void => {
    all += chunk.toString();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${script}: ${String(code)}\n${all.slice(-4_000)}`);
  return all;
}

/** An address of this machine that leads to `url` under another name: Node does not find names below .localhost. */
async function addressOf(host: string, url: string): Promise<string> {
  const server = createHttpServer((req, res) => {
    const { method, headers } = req;
    const onward = request(new URL(req.url ?? '/', url), {
      ...(method !== undefined && { method }),
      headers: { ...headers, host },
    });
    onward.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  }).listen(0, '127.0.0.1');
  door = server;
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

/** Starts the demonstration and resolves with all that it printed once it is ready. */
async function startDemo(script: string): Promise<string> {
  const child = bash(script, { PORT: String(await freePortRun(1)) });
  demo = child;
  let all = '';
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      all += chunk.toString();
      if (all.includes('Ctrl+C')) resolve(all);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('close', (code) => reject(new Error(`${script}: ${String(code)}\n${all}`)));
  });
}

async function follow(step: Step): Promise<void> {
  if (step.kind === 'write') {
    const file = path.join(clone, step.file);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, step.text);
  } else if (step.kind === 'set') {
    const file = path.join(clone, step.file);
    const known: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...known, [step.key]: step.value }, null, 2));
  } else if (step.script.startsWith('npm run demo')) {
    said = await startDemo(step.script);
  } else {
    const lines = step.script.split('\n').filter((line) => !isLeftOut(line));
    said = await run(lines.join('\n'));
  }
}

/** Writes as the first account of a site, without a subject: what the composer and the answer say. */
async function sendWithoutSubject(site: string): Promise<{ composer: string; answer: string }> {
  const [, url = ''] = /is ready: (\S+)/.exec(said) ?? [];
  const [, host = ''] = /^Site marees: http:\/\/(\S+)/m.exec(said) ?? [];
  const account = new RegExp(`^${site}\\s+(\\S+)\\s+(\\S+)`, 'm').exec(said) ?? [];
  const [, username = '', password = ''] = account;
  const web = new WebAgent(site === 'saisons' ? url : await addressOf(host, url));
  await web.signIn(username, password);
  const page = await web.get('/compose');
  const isForm = (action = ''): boolean => /^\/compose\/[^/]+$/.test(action);
  const form = page.all((e) => e.name === 'form' && isForm(e.attribs['action']))[0];
  if (!form) throw new Error(`no form at ${page.url}: ${page.status}`);
  const answer = await web.submit(page, {
    form: () => form,
    button: 'send',
    fill: { to: 'collegue@saisons.example.test', subject: '', text: 'Bonjour' },
  });
  return { composer: page.text, answer: answer.text };
}

describe('the tutorial, followed to the letter in a clean clone', () => {
  it.each(steps.map((step) => [nameOf(step), step] as const))(
    '%s',
    async (_name, step) => {
      await follow(step);
      if (step.kind !== 'run') return;

      if (step.script.includes('create-plugin')) expect(said).toContain('Contract test: passed');
      if (step.script.includes('npx jest')) expect(said).toMatch(/Tests: .*[1-9]\d* passed/);
      if (step.script.startsWith('npm run demo')) {
        const first = await sendWithoutSubject('saisons');
        const second = await sendWithoutSubject('marees');

        expect(first.composer).toContain('Un objet d’au moins 3 lettres');
        expect(first.answer).toContain('Ce message n’a pas d’objet');
        expect(second.composer).toContain('name="subject"');
        expect(second.composer + second.answer).not.toMatch(/subject-check|n’a pas d’objet/);
        endDemo();
      }
      if (step.script.includes('estafette plugins')) {
        expect(said).toMatch(/^subject-check\s.*\bactive\s.*\bsaisons\b/m);
        expect(said).not.toMatch(/^subject-check\s.*\bmarees\b/m);
        expect(said).toContain('config/sites/saisons.json');
      }
    },
    TIME_MS,
  );

  it('takes fifteen minutes to read, commands aside', () => {
    const words = readDoc('tutorial.md').split(/\s+/).length;
    expect(words / 120).toBeLessThan(15);
  });
});
