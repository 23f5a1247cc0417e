import { Session } from 'node:inspector';
import path from 'node:path';
import { z } from 'zod';
import { type CodeFolders, fileOf, ownerOf, shortOf } from './stack-files';
import type { Culprit } from './watchdog-types';

/** The main thread puts its attribution under this name for the time that a watchdog runs. */
export const ATTRIBUTION_SYMBOL = 'estafette.attribution';
const ATTRIBUTION = `globalThis[Symbol.for('${ATTRIBUTION_SYMBOL}')]?.()`;
/** A main thread held by native code answers nothing: what the marks say must do. */
const LOOK_MS = 1_500;
const FRAMES_ASKED = 20;

const attribution = z.looseObject({
  plugin: z.string(),
  hook: z.string(),
  requestId: z.string().optional(),
  who: z.string().optional(),
});

/** An exception has another shape: some frames inside Node have no globals. */
const evaluated = z.object({ result: z.object({ type: z.literal('string'), value: z.string() }) });

/**
 * Stops the main thread for some milliseconds in whatever it is doing, asks who it is doing it for,
 * and lets it go on. Only for a loop that stands still: nothing is slower for it. Worker thread only.
 */
export function lookAtMainThread(folders: CodeFolders): Promise<Culprit> {
  return new Promise((resolve) => {
    const session = new Session();
    const urls = new Map<string, string>();
    let found: Culprit = {};
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      session.disconnect(); // lets a paused thread go on, whatever was asked of it before
      resolve(found);
    };
    const timer = setTimeout(end, LOOK_MS);

    session.on('Debugger.scriptParsed', ({ params }) => {
      urls.set(params.scriptId, params.url);
    });
    session.on('Debugger.paused', ({ params }) => {
      const frames = params.callFrames.slice(0, FRAMES_ASKED).map((frame) => ({
        id: frame.callFrameId,
        name: frame.functionName || '(anonymous)',
        file: fileOf(urls.get(frame.location.scriptId) ?? frame.url),
        line: frame.location.lineNumber + 1,
      }));
      const own = frames.find(({ file }) => ownerOf(file, folders) !== undefined);
      const top = own ?? frames.find(({ file }) => path.isAbsolute(file)) ?? frames[0];
      const plugin = own && ownerOf(own.file, folders);
      found = {
        ...(plugin !== undefined && { plugin }),
        ...(top && { at: `${top.name} (${shortOf(top.file)}:${top.line})` }),
      };
      const ids = frames.map(({ id }) => id);
      // Asking fails once the time is over and nothing is connected any more.
      void ask(session, ids).then((asked) => {
        if (isOver) return;
        found = { ...found, ...asked };
        session.post('Debugger.resume', () => {
          if (!isOver) session.post('Debugger.disable', end);
        });
      }, end);
    });
    session.connectToMainThread();
    session.post('Debugger.enable', () => session.post('Debugger.pause'));
  });
}

/** The attribution of the code that is paused; frames inside Node itself do not know it. */
async function ask(session: Session, frames: readonly string[]): Promise<Culprit> {
  for (const callFrameId of frames) {
    const said = await evaluate(session, callFrameId);
    if (said === undefined) continue;
    const parsed = attribution.safeParse(said);
    return parsed.success ? pickAttribution(parsed.data) : {};
  }
  return {};
}

const pickAttribution = ({
  plugin,
  hook,
  requestId,
  who,
}: z.infer<typeof attribution>): Culprit => ({
  plugin,
  hook,
  ...(requestId !== undefined && { requestId }),
  ...(who !== undefined && { who }),
});

function evaluate(session: Session, callFrameId: string): Promise<unknown> {
  const question = { callFrameId, expression: ATTRIBUTION, silent: true, returnByValue: true };
  return new Promise((resolve) => {
    session.post('Debugger.evaluateOnCallFrame', question, (error, answer) => {
      const parsed = evaluated.safeParse(answer);
      resolve(error || !parsed.success ? undefined : parse(parsed.data.result.value));
    });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
