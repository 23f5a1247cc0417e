import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { configReference } from '../src/cli/docs-config';
import { hookAndSlotReference } from '../src/cli/docs-plugins';

const ROOT = path.resolve(__dirname, '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

function markdownBelow(dir: string): string[] {
  return readdirSync(path.join(ROOT, dir)).flatMap((name) => {
    const file = path.join(dir, name);
    if (statSync(path.join(ROOT, file)).isDirectory()) return markdownBelow(file);
    return name.endsWith('.md') ? [file] : [];
  });
}
const documents = [
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...markdownBelow('docs'),
  ...markdownBelow('plugins'),
];

describe('documents', () => {
  it('generated from code are current', () => {
    expect(read('docs/config.md')).toBe(configReference());
    for (const [file, text] of Object.entries(hookAndSlotReference()))
      expect(read(file)).toBe(text);
  });

  it.each(documents)('%s links to files that exist', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1] ?? '',
    );
    const dead = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !existsSync(path.resolve(ROOT, path.dirname(file), link)));
    expect(dead).toEqual([]);
  });

  it('README stays short enough to be read', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(120);
  });

  it('name no server of ours, no machine path and no package host', () => {
    const told = documents.filter((file) =>
      /registry\.npmjs|\/work\/|\/root\/|\/home\/[a-z]+\//.test(read(file)),
    );
    expect(told).toEqual([]);
  });
});
