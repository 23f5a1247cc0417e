import { rmSync } from 'node:fs';
import path from 'node:path';
import type { PluginDefinition } from '../../../src/host/define';
import { discoverPlugins } from '../../../src/host/discover';
import { CORE_HOOKS } from '../../../src/host/hook-tables';
import { createPluginTest } from '../../../src/host/testing';
import { SLOTS } from '../../../src/view';
import { docTree, filesIn, readDoc, typeErrors } from '../../kit/doc-files';

const page = readDoc('from-roundcube.md');
const [hookPart = '', methodPart = ''] = page.split('## Methods of');

/** Rows of the tables of a part: what they had, and what we answer. */
const rowsOf = (part: string): { readonly theirs: string[]; readonly ours: string }[] =>
  [...part.matchAll(/^\| (`.+?) \| (.+?) \|/gm)].map(([, theirs = '', ours = '']) => ({
    theirs: [...theirs.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
    ours,
  }));
const hookRows = rowsOf(hookPart);
const named = hookRows.flatMap(({ theirs }) => theirs);

const DECLARED =
  /^`(?:contributes\.[a-zA-Z]+|context\.[a-zA-Z]+)`|^skins$|^slots$|^Refused$|^Plugin: [a-z -]+$/;
const isAnswer = (word: string): boolean => {
  const name = word.replaceAll('`', '');
  return name in CORE_HOOKS || name in SLOTS || DECLARED.test(word);
};

describe('the page for those who come from Roundcube', () => {
  it('places every hook of Roundcube once', () => {
    expect(named.length).toBeGreaterThanOrEqual(130);
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
  });

  it('answers each with hooks, slots and declarations that exist, or says that there is none', () => {
    const wrong = hookRows.filter(({ ours }) => !ours.split(', ').every(isAnswer));
    expect(wrong).toEqual([]);
  });

  it('gives the reason of each refusal', () => {
    const silent = [...hookPart.matchAll(/^\| (.+) \| Refused \|\s*\|$/gm)].map(
      (match) => match[1],
    );
    expect(silent).toEqual([]);
  });

  it('places the methods of a plugin', () => {
    const methods = rowsOf(methodPart).flatMap(({ theirs }) => theirs.map((name) => name));
    for (const method of ['add_button()', 'register_action()', 'include_script()', 'add_texts()']) {
      expect(methods).toContain(method);
    }
  });
});

describe('its plugin', () => {
  let root = '';
  beforeAll(() => {
    root = docTree(filesIn(page));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('compiles', () => {
    expect(typeErrors(root)).toEqual([]);
  });

  it('shows its button where the site sent it', async () => {
    const { found, broken } = discoverPlugins({ dir: path.join(root, 'plugins') });
    expect(broken).toEqual([]);
    const test = await createPluginTest({
      plugin: found[0]?.definition as PluginDefinition,
      dir: found[0]?.dir ?? '',
      config: { desk: 'https://aide.example/nouveau' },
    });
    const message = {
      account: 'me',
      mailbox: 'INBOX',
      uidValidity: 1,
      uid: 7,
      subject: 'Panne',
      from: { name: 'Paul', mail: 'paul@test.example' },
      attachments: [],
    };

    const shown = await test.renderSlot('message.toolbar@1', { message });
    await test.stop();

    expect(shown).toContain('href="https://aide.example/nouveau?ref=7"');
    expect(shown).toContain('Ouvrir un ticket');
  });
});
