import type { App, Deps } from './deps';

/** Builds the application without starting it, and lets go of it whatever happens. */
export async function withApp<T>(deps: Deps, use: (app: App) => Promise<T> | T): Promise<T> {
  const app = await deps.createApp(deps.loadConfig(), { migrate: false });
  try {
    return await use(app);
  } finally {
    await app.stop();
  }
}
