import type { Request } from 'express';
import { type RequestContext, setContext, type WebDeps } from '../../../src/web/context';
import { buildShell } from '../../../src/web/shell';
import { aSite } from '../session/kit';

/** The logo in the frame of a guest's page, with a skin that stands on these. */
async function logoWith(
  chain: readonly { readonly id: string; readonly logo?: string }[],
  files: readonly string[],
): Promise<string> {
  const req = {} as unknown as Request;
  const core = { display: { keys: 'estafette' } };
  const ctx = { id: 'r', site: aSite(), locale: 'fr', core } as unknown as RequestContext;
  setContext(req, ctx);
  const deps = {
    skins: { chain: () => chain },
    host: () => ({ running: () => [] }),
    renderer: {
      asset: (_skin: string, name: string) =>
        files.includes(name) ? `/assets/${name}` : undefined,
    },
  } as unknown as WebDeps;
  return (await buildShell(deps, req, { title: '', area: 'login' })).site.logo;
}

describe('the logo of a page', () => {
  const base = { id: 'base', logo: 'logo.svg' };

  it('is the one that the nearest skin names', async () => {
    const files = ['logo.svg', 'sea.png', 'bay.png'];

    expect(await logoWith([{ id: 'sea', logo: 'sea.png' }, base], files)).toBe('/assets/sea.png');
    expect(
      await logoWith(
        [{ id: 'cove' }, { id: 'bay', logo: 'bay.png' }, { id: 'sea', logo: 'sea.png' }, base],
        files,
      ),
    ).toBe('/assets/bay.png');
    expect(await logoWith([{ id: 'hill' }, base], files)).toBe('/assets/logo.svg');
  });

  it('is left out when its file is missing', async () => {
    expect(await logoWith([{ id: 'sea', logo: 'gone.png' }, base], [])).toBe('');
  });
});
