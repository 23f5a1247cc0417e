import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { onClosed } from '../../../src/web/closed';
import type { OpenCall } from '../../../src/web/route';
import { eventRoutes } from '../../../src/web/routes/events';
import { createStreams } from '../../../src/web/streams';

/** An answer whose client can leave: like Node's, it says so once and never again. */
class Answer extends EventEmitter {
  closed = false;
  writableEnded = false;
  readonly sent: string[] = [];
  leave(): void {
    this.closed = true;
    this.emit('close');
  }
  setHeader(): void {}
  flushHeaders(): void {}
  write(text: string): void {
    this.sent.push(text);
  }
  status(): this {
    return this;
  }
  end(): void {
    this.writableEnded = true;
  }
}
const asResponse = (answer: Answer): Response => answer as unknown as Response;

describe('what is undone when a client leaves', () => {
  it('is undone at once when it left before', () => {
    const answer = new Answer();
    answer.leave();
    let undone = 0;
    onClosed(asResponse(answer), () => undone++);
    expect(undone).toBe(1);
  });

  it('is undone once when it leaves later', () => {
    const answer = new Answer();
    let undone = 0;
    onClosed(asResponse(answer), () => undone++);
    expect(undone).toBe(0);
    answer.leave();
    expect(undone).toBe(1);
  });
});

describe('an event stream', () => {
  const stand = () => {
    const held = new Set<string>();
    const hold = (name: string) => () => {
      held.add(name);
      return () => void held.delete(name);
    };
    const answer = new Answer();
    const streams = createStreams();
    let open = 0;
    let answerAccount: (account: unknown) => void = () => undefined;
    const account = new Promise((resolve) => {
      answerAccount = resolve;
    });
    const deps = {
      mail: { account: () => account, watch: hold('watch') },
      streams,
      clock: { now: () => 1_700, after: hold('timer'), every: hold('beat') },
      sessions: { onClosed: hold('session') },
      metrics: { sseOpened: () => open++, sseClosed: () => open-- },
      config: {},
    };
    const call = {
      deps,
      actor: { user: { id: 7 } },
      ctx: { site: { id: 'culture' }, locale: 'fr', session: { session: { id: 's1' } } },
      req: { query: {}, get: () => 'an id' },
      res: answer,
    } as unknown as OpenCall;
    const [route] = eventRoutes;
    if (route?.access !== 'open') throw new Error('no route for events');
    const done = route.handle(call);
    answerAccount({ mailboxes: [{ path: 'INBOX', children: [] }] });
    const isFull = () => {
      for (let slot = 0; slot < 4; slot++) {
        if (!streams.add('s1', asResponse(new Answer()))) return true;
      }
      return false;
    };
    return { answer, done, held, isFull, opened: () => open };
  };

  it('holds nothing when its client left while the folders were read', async () => {
    const { answer, done, held, isFull, opened } = stand();
    answer.leave();
    await done;
    expect([...held]).toEqual([]);
    expect(opened()).toBe(0);
    expect(isFull()).toBe(false);
  });

  it('holds its watch, timers and slot until its client leaves', async () => {
    const { answer, done, held, isFull, opened } = stand();
    await done;
    expect([...held].sort()).toEqual(['beat', 'session', 'timer', 'watch']);
    expect(opened()).toBe(1);
    expect(isFull()).toBe(true);
    answer.leave();
    expect([...held]).toEqual([]);
    expect(opened()).toBe(0);
  });

  it('has an id before its first push, for the browser that must come back', async () => {
    const { answer, done } = stand();
    await done;
    expect(answer.sent.join('')).toMatch(/^id: 1700$/m);
  });
});
