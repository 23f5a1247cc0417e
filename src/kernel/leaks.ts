import { Session } from 'node:inspector';
import { z } from 'zod';
import { type CodeFolders, fileOf, ownerOf } from './stack-files';

/** One sample in so many bytes allocated: a page costs nothing more that can be measured. */
const SAMPLING_BYTES = 128 * 1024;
const MIB = 1024 * 1024;

/** Memory that a plugin's code allocated while it was watched, and that is still held. */
export interface Leak {
  readonly plugin: string;
  readonly mb: number;
}

export interface LeakSearch {
  /** Ends the search; the largest first. Nothing is told of a plugin that holds less than `minMb`. */
  finish(minMb: number): readonly Leak[];
}

interface Node {
  readonly callFrame: { readonly url: string };
  readonly selfSize: number;
  readonly children: readonly Node[];
}
const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    callFrame: z.object({ url: z.string() }),
    selfSize: z.number(),
    children: z.array(node),
  }),
);
const stopped = z.object({ profile: z.object({ head: node }) });

/**
 * Samples allocations from now on, with V8's sampling heap profiler: what of them is alive at the
 * end is charged to the plugin in whose folder the nearest frame of its stack is. Buffers are
 * outside of the heap, and not seen.
 */
export function searchLeaks(folders: CodeFolders): LeakSearch {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.startSampling', { samplingInterval: SAMPLING_BYTES });
  return {
    finish(minMb) {
      const held = new Map<string, number>();
      const visit = ({ callFrame, selfSize, children }: Node, owner: string | undefined): void => {
        const plugin = ownerOf(fileOf(callFrame.url), folders) ?? owner;
        if (plugin !== undefined) held.set(plugin, (held.get(plugin) ?? 0) + selfSize);
        for (const child of children) visit(child, plugin);
      };
      // In the same thread the inspector answers before `post` returns.
      session.post('HeapProfiler.collectGarbage');
      session.post('HeapProfiler.stopSampling', (_error, answer) => {
        const parsed = stopped.safeParse(answer);
        if (parsed.success) visit(parsed.data.profile.head, undefined);
      });
      session.disconnect();
      return [...held]
        .map(([plugin, bytes]) => ({ plugin, mb: Math.round((bytes / MIB) * 10) / 10 }))
        .filter(({ mb }) => mb >= minMb)
        .sort((a, b) => b.mb - a.mb);
    },
  };
}
