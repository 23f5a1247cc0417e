import {
  BYTES_CSP,
  bodyFrameCsp,
  cspHeader,
  loadAssets,
  SHELL_CSP,
  widenCsp,
} from '../../../src/view';
import { removeTrees, tree } from './kit';

afterEach(removeTrees);

const directives = (header: string): Map<string, string[]> =>
  new Map(
    header.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );

describe('policy of the pages', () => {
  it('allows nothing inline and nothing from elsewhere', () => {
    const policy = directives(cspHeader(SHELL_CSP));

    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
    expect(policy.get('style-src')).toEqual(["'self'"]);
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(cspHeader(SHELL_CSP)).not.toMatch(/unsafe|http|\*/);
  });

  it('gets the sources that a plugin declares, once each', () => {
    const extra = ['https://visio.example', 'https://visio.example'];

    const policy = directives(
      cspHeader(widenCsp(SHELL_CSP, { 'frame-src': extra, 'media-src': extra })),
    );

    expect(policy.get('frame-src')).toEqual(["'self'", 'https://visio.example']);
    expect(policy.get('media-src')).toEqual(['https://visio.example']);
    expect(policy.get('img-src')).toEqual(["'self'", 'data:']);
  });

  it.each<Record<string, string[]>>([
    { 'script-src': ['https://a.example'] },
    { 'style-src': ["'unsafe-inline'"] },
    { 'default-src': ['*'] },
    { 'base-uri': ['*'] },
    { 'frame-ancestors': ['*'] },
    { 'frame-src': ['https://a.example; script-src *'] },
    { 'frame-src': ['https://a.example, *'] },
    { 'frame-src': [''] },
    { 'media-src': [] },
  ])('stays as it was for %j', (extra) => {
    expect(widenCsp(SHELL_CSP, extra)).toEqual(SHELL_CSP);
  });

  it('is not changed by a page that widens it', () => {
    const before = cspHeader(SHELL_CSP);

    widenCsp(SHELL_CSP, { 'frame-src': ['https://a.example'] });

    expect(cspHeader(SHELL_CSP)).toBe(before);
  });
});

describe('policy of message bodies and bytes', () => {
  it('sandboxes the body without scripts, forms, origin or navigation', () => {
    const policy = directives(bodyFrameCsp('https://mail.example'));

    expect(policy.get('sandbox')).toEqual(['allow-popups', 'allow-popups-to-escape-sandbox']);
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('img-src')).toEqual(['data:', 'https://mail.example']);
    expect(policy.has('script-src')).toBe(false);
    expect(BYTES_CSP).toBe("sandbox; default-src 'none'");
  });
});

describe('built assets', () => {
  const chain = (...ids: string[]) => ids.map((id) => ({ id, dir: '' }));

  it('are found by skin, most specific first, then by plugin', () => {
    const dir = tree({
      'manifest.json': JSON.stringify({
        'base/logo.svg': { file: 'b-1.svg' },
        'sea/logo.svg': { file: 's-2.svg', size: 3 },
        'agenda/agenda.css': { file: 'a-3.css' },
      }),
    });
    const assets = loadAssets(dir);

    expect(assets.find(chain('sea', 'base'), 'logo.svg')).toBe('/assets/s-2.svg');
    expect(assets.find(chain('hill', 'base'), 'logo.svg')).toBe('/assets/b-1.svg');
    expect(assets.find(chain('base'), 'agenda/agenda.css')).toBe('/assets/a-3.css');
    expect(assets.find(chain('base'), 'toString')).toBeUndefined();
  });

  it('that were never built are none', () => {
    expect(loadAssets('/nonexistent').find(chain('base'), 'app.css')).toBeUndefined();
  });
});
