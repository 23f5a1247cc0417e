import { plainShell } from '../mail-page';
import { sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

/** Widgets of plugins; without any it says so, and the taskbar does not lead here. */
async function showHome(call: OpenCall): Promise<void> {
  const { deps, req, res, ctx } = call;
  await sendPage(deps, req, res, {
    view: 'home',
    model: {},
    shell: plainShell(call, { title: ctx.t('nav.home'), area: 'home' }),
  });
}

export const homeRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/home', access: 'open', handle: showHome },
];
