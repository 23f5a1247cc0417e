import { readdirSync } from 'node:fs';
import path from 'node:path';
import { systemUses } from '../../kit/plugin-lint';
import { tempTree } from './kit';

const PLUGINS = path.resolve(__dirname, '..', '..', '..', 'plugins');

it.each(readdirSync(PLUGINS))('%s asks its context, not the system', (id) => {
  expect(systemUses(path.join(PLUGINS, id))).toEqual([]);
});

it.each([
  ['const key = process.env.SECRET;', 'process'],
  ["const { env } = process['env'];", 'process'],
  ["import { readFile } from 'node:fs/promises';", 'a module of the system'],
  ["const net = require('net');", 'a module of the system'],
  ["import { isIP, connect } from 'node:net';", 'a module of the system'],
  ["await import('child_process');", 'a module of the system'],
  ['await import(name);', 'an import whose name is not written'],
  ['globalThis.process;', 'the global object'],
  ["new Function('return process')();", 'code made from text'],
  ["await fetch('https://x.example');", 'the network'],
])('sees %s', (code, what) => {
  const dir = tempTree({ 'plugin.ts': code });

  expect(systemUses(dir)).toContain(`plugin.ts: ${what}`);
});

it('leaves alone what runs apart, what is said in comments, and the context’s own members', () => {
  const dir = tempTree({
    'plugin.ts': '// process.env\n/* fetch( */ context.http(url); this.fetch(1); reprocess.run();',
    'networks.ts': "import { BlockList, isIP } from 'node:net';",
    'workers/parse.ts': "import { readFileSync } from 'node:fs';",
    'test/x.test.ts': "import { rm } from 'node:fs';",
    'assets/x.js': "fetch('/x')",
  });

  expect(systemUses(dir)).toEqual([]);
});
