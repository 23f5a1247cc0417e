import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashPackage } from '../../../src/host/package-integrity';
import { tempTree } from './kit';

describe('links in a package', () => {
  const aPackage = (): string => {
    const dir = tempTree({ 'package/plugin.js': '', 'outside/secret.js': '' });
    mkdirSync(path.join(dir, 'package/node_modules/.bin'), { recursive: true });
    writeFileSync(path.join(dir, 'package/node_modules/tool.js'), '');
    symlinkSync('../tool.js', path.join(dir, 'package/node_modules/.bin/tool'));
    return dir;
  };

  it('are hashed where they stay inside, as those that npm makes for programs', () => {
    expect(Object.keys(hashPackage(path.join(aPackage(), 'package')))).toEqual([
      'node_modules/.bin/tool',
      'node_modules/tool.js',
      'plugin.js',
    ]);
  });

  it.each(['../outside', '../outside/secret.js', '../nowhere'])('to %s are refused', (to) => {
    const dir = path.join(aPackage(), 'package');
    symlinkSync(to, path.join(dir, 'lib'));

    expect(() => hashPackage(dir)).toThrow('its link lib leads out of it');
  });
});
