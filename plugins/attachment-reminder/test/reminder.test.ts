import type { PluginTest } from 'estafette/plugin/testing';
import { aMessage, start, wordAsked } from './kit';

const TEXT = 'Vous trouverez ci-joint le rapport.';

let test: PluginTest | undefined;
const started = async (...args: Parameters<typeof start>): Promise<PluginTest> => {
  test = await start(...args);
  return test;
};
afterEach(async () => {
  await test?.stop();
  test = undefined;
});

it('asks for a confirmation in plain words when nothing is attached', async () => {
  const reminder = await started();

  const [denial] = await reminder.guard('message:sending', aMessage(reminder, TEXT));

  expect(denial).toMatchObject({
    plugin: 'attachment-reminder',
    deny: true,
    code: 'missing-attachment',
    confirm: true,
  });
  const question = reminder.text(denial?.message ?? '', 'fr', denial?.values);
  expect(question).toContain('«\u00a0ci-joint\u00a0»');
  expect(reminder.text(denial?.message ?? '', 'en', denial?.values)).toContain('“ci-joint”');
});

it('says nothing once the person has confirmed', async () => {
  const reminder = await started();

  const denials = await reminder.guard('message:sending', aMessage(reminder, TEXT), {
    confirmed: ['attachment-reminder:missing-attachment'],
  });

  expect(denials).toEqual([]);
});

it('says nothing when a file is attached', async () => {
  const reminder = await started();
  const file = { filename: 'rapport.pdf', type: 'application/pdf', sizeBytes: 10 };

  const denials = await reminder.guard('message:sending', aMessage(reminder, TEXT, [file]));

  expect(denials).toEqual([]);
});

it('follows what the person chose', async () => {
  const reminder = await started({ choice: false });
  expect(await wordAsked(reminder, TEXT)).toBeUndefined();

  await reminder.choose(true);

  expect(await wordAsked(reminder, TEXT)).toBe('ci-joint');
});

it('is off at first where the site says so, and the person may turn it on', async () => {
  const reminder = await started({
    config: { enabled: false },
    site: { choices: ['attachment-reminder'] },
  });
  expect(await wordAsked(reminder, TEXT)).toBeUndefined();

  await reminder.choose(true);

  expect(await wordAsked(reminder, TEXT)).toBe('ci-joint');
});

it('follows the site when the choice is locked', async () => {
  const reminder = await started({
    site: { locked: ['attachment-reminder.enabled'] },
    choice: false,
  });

  expect(await wordAsked(reminder, TEXT)).toBe('ci-joint');
});

it('uses the words of the groups of the person', async () => {
  const groups = { dsi: { words: ['binaire'] } };
  const reminder = await started({ groups, memberOf: ['dsi'] });

  expect(await wordAsked(reminder, TEXT)).toBeUndefined();
  expect(await wordAsked(reminder, 'Le binaire suit')).toBe('binaire');
});

it('uses the words of each site', async () => {
  const reminder = await started({
    config: { words: ['bordereau(x)'], extraWords: ['=prêt', 'CR'] },
    sites: { other: { on: true } },
  });

  expect(await wordAsked(reminder, TEXT)).toBeUndefined();
  expect(await wordAsked(reminder, TEXT, 'other')).toBe('ci-joint');
  expect(await wordAsked(reminder, 'Les bordereaux suivent')).toBe('bordereaux');
  expect(await wordAsked(reminder, 'Le prêt suit')).toBe('prêt');
  expect(await wordAsked(reminder, 'Je suis pret, cr')).toBeUndefined();
  expect(await wordAsked(reminder, 'Le CR suit')).toBe('CR');
});

it('does nothing for a site that has it off', async () => {
  const reminder = await started({ sites: { other: { on: false } } });

  expect(await wordAsked(reminder, TEXT, 'other')).toBeUndefined();
  expect(await reminder.renderSlot(SLOT, draftWith(0), { site: 'other' })).toBe('');
});

it.each([
  [{ words: 'ci-joint' }, 'plugins.attachment-reminder.words'],
  [{ words: ['!!'] }, 'plugins.attachment-reminder.words.0'],
  [{ word: [] }, 'plugins.attachment-reminder'],
])('names the key of a wrong configuration: %j', async (config, key) => {
  const reminder = await started({ config });

  expect(reminder.state()).toMatchObject({ state: 'degraded', sites: [] });
  expect(reminder.state().reason).toContain(`config/sites/test.json: ${key}`);
});

const SLOT = 'compose.attachments.after@1';
const draftWith = (attachmentCount: number) => ({
  draft: { id: 'd1', mode: 'new', subject: '', attachmentCount },
});

describe('the hint of the composer', () => {
  it('says in the language of the person that the reminder is on', async () => {
    const reminder = await started();

    const choosable = ['attachment-reminder'];
    const french = await reminder.renderSlot(SLOT, { ...draftWith(0), choosable });
    const english = await reminder.renderSlot(SLOT, draftWith(0), { locale: 'en' });

    expect(french).toContain('href="/settings/modules"');
    expect(french).toContain('pièce jointe absente');
    expect(english).toContain('attachment that is missing');
    expect(english).not.toContain('href');
  });

  it('is silent once a file is attached, or with the reminder off', async () => {
    const reminder = await started({ choice: true });
    expect(await reminder.renderSlot(SLOT, draftWith(1))).toBe('');

    await reminder.choose(false);

    expect(await reminder.renderSlot(SLOT, draftWith(0))).toBe('');
  });
});
