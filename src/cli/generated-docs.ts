import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Command, EXIT, print, readArgs, UsageError } from './command';

/** Files of `docs/` made from code: path below the installation → text. */
type Documents = Readonly<Record<string, string>>;

/** A command that writes generated documents, or checks that those in the tree are current. */
export function generatedDocs(options: {
  readonly name: string;
  readonly what: string;
  /** From the folder of the installation, where sources are. */
  readonly make: (root: string) => Documents;
}): Command {
  const { name, what, make } = options;
  return {
    name,
    summary: `writes ${what} from code, or checks that it is current`,
    usage: `estafette ${name} --write | --check [--json]`,
    async run(io, args, deps) {
      const { values } = readArgs(args, { write: { type: 'boolean' }, check: { type: 'boolean' } });
      if (values.write === values.check) throw new UsageError('say --write or --check');
      const documents = Object.entries(make(deps.root));
      const at = (file: string): string => path.join(deps.root, file);
      if (values.write) {
        for (const [file, text] of documents) {
          mkdirSync(path.dirname(at(file)), { recursive: true });
          writeFileSync(at(file), text);
        }
        const files = documents.map(([file]) => file);
        print(io, values, { files, written: true }, () => `${files.join(', ')} written`);
        return EXIT.ok;
      }
      const stale = documents
        .filter(([file, text]) => readIfAny(at(file)) !== text)
        .map(([file]) => file);
      print(io, values, { stale }, () =>
        stale.length === 0
          ? `${what}: current`
          : `${stale.join(', ')} stale: run estafette ${name} --write`,
      );
      return stale.length === 0 ? EXIT.ok : EXIT.failure;
    },
  };
}

function readIfAny(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // absent is stale
  }
}
