import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { demoSites } from '../../src/demo/data';
import type { SlotFacts, SlotName } from '../../src/host';
import { CORE_HOOKS } from '../../src/host/hook-tables';
import { acceptsAnswer, acceptsFiltered, acceptsItems } from '../../src/kernel/hook-results';
import { SLOTS } from '../../src/view';
import { walk } from '../kit/hook-journey';
import { movingClock } from '../kit/moving-clock';
import { RECORDER, type Recording, recordingPlugin } from '../kit/recording-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const HOOKS = Object.keys(CORE_HOOKS);
/** Without an occasion in this walk, and where they are exercised. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'audit:recorded': 'test/unit/audit',
  'device:renewed': 'test/unit/session/devices',
  'directory:entry': 'plugins/annuaire/test',
  'contact:list': 'plugins/contacts/test',
  'contact:draft': 'plugins/contacts/test',
  'contact:saving': 'plugins/contacts/test',
  'contact:changed': 'plugins/contacts/test',
  'contact:export': 'plugins/contacts/test',
  'contact:facts': 'plugins/contacts/test',
  'contact:addition': 'plugins/annuaire/test',
};
const SLOTS_ELSEWHERE: Readonly<Record<string, string>> = {
  'admin.plugin@1': 'pages of administrators',
  'admin.security@1': 'pages of administrators',
};
/** Handles that are no data: a password that is never shown, tables of a transaction. */
const HANDLES: Readonly<Record<string, readonly string[]>> = {
  'session:authenticate': ['secret'],
  'user:erased': ['db'],
};

/** A check that throws has refused: that is how the isolator takes it. */
function isAccepted(accepts: (value: unknown) => boolean, value: unknown): boolean {
  try {
    return accepts(value);
  } catch {
    return false;
  }
}

/** Plain data: what JSON gives back is what went in, but for members that are absent. */
function isPlainData(value: unknown, skip: readonly string[] = []): boolean {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (value instanceof Date) return true;
  if (Array.isArray(value)) return value.every((item) => isPlainData(item));
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return Object.entries(value).every(([key, item]) => skip.includes(key) || isPlainData(item));
}

describe('every hook and slot of the core, in the life of one person', () => {
  let demo: DemoApp;
  let recording: Recording;
  let secrets: readonly string[];

  beforeAll(async () => {
    recording = recordingPlugin();
    recording.answers.set('compose:templates', () => [
      { id: 'greeting', name: 'Salutation', body: 'Bonjour,' },
    ]);
    recording.answers.set('attachment:import', () => ({
      filename: 'note.txt',
      type: 'text/plain',
      content: Buffer.from('une note'),
    }));
    const clock = movingClock();
    demo = await startDemoApp({
      root: ROOT,
      port: 0,
      // The two sites share their hosts, so that there is a choice between them.
      site: (id, file) => ({
        ...file,
        plugins: { [RECORDER]: true },
        ...(id !== demoSites[0]?.id && { alsoHosts: demoSites[0]?.hosts }),
      }),
      app: { log: { level: 'silent' } },
      options: { extraPlugins: [recording.plugin], clock },
    });
    secrets = [demo.stack.agents[0]?.password ?? '?'];
    await walk(demo, clock);
    for (const { id } of demo.app.sites) {
      const user = await demo.app.affairs.find(id, demo.stack.agents[0]?.mail ?? '');
      if (user) await demo.app.affairs.erase(user);
    }
  }, 120_000);
  afterAll(async () => {
    await demo?.stop();
  });

  it('started the plugin', () => {
    const { state, reason } = demo.app.plugins().find(({ id }) => id === RECORDER) ?? {};
    expect({ state, reason }).toEqual({ state: 'active', reason: undefined });
  });

  it('was given nothing that it could write to', () => {
    expect([...recording.writable]).toEqual([]);
  });

  it.each(HOOKS.filter((name) => !Object.hasOwn(ELSEWHERE, name)))(
    '%s is emitted, with plain data and no secret',
    (name) => {
      const payload = recording.seen.get(name);
      expect(payload).toBeDefined();
      const handles = HANDLES[name] ?? [];
      expect((payload ?? []).filter((part) => !isPlainData(part, handles))).toEqual([]);
      const text = JSON.stringify(payload);
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      expect(text).not.toMatch(/_csrf|"password"|"cookie"/i);
    },
  );

  const answered = HOOKS.filter(
    (name) => !['action', 'guard'].includes(CORE_HOOKS[name]?.kind ?? ''),
  );
  it.each(answered)('%s refuses an answer that is none', (name) => {
    const definition = CORE_HOOKS[name];
    if (!definition) throw new Error(name);
    const [before] = recording.seen.get(name) ?? [];
    const accepts = {
      filter: acceptsFiltered(definition, before),
      first: acceptsAnswer(definition),
      collect: acceptsItems(definition),
    }[definition.kind as 'filter' | 'first' | 'collect'];

    const wrong = [42, 'rubbish', [null], () => 1];
    expect(wrong.filter((value) => isAccepted(accepts, value))).toEqual([]);
  });

  it.each((Object.keys(SLOTS) as SlotName[]).filter((n) => !Object.hasOwn(SLOTS_ELSEWHERE, n)))(
    '%s is shown, with facts of the site',
    (name) => {
      const facts: SlotFacts | undefined = recording.slots.get(name);
      expect(facts?.site.id).toBeDefined();
      expect(isPlainData(facts)).toBe(true);
      const { by } = SLOTS[name];
      if (by === 'uid') expect(facts?.rows?.length).toBeGreaterThan(0);
      if (by === 'address') expect(facts?.addresses?.length).toBeGreaterThan(0);
    },
  );
});
