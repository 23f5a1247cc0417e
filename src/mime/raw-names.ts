import { partFilename } from './filename';
import type { HeaderBlock } from './headers';
import { parseParameters } from './parameters';
import type { BodyPart } from './structure';

// What a reader of BODYSTRUCTURE leaves of a byte that is not UTF-8.
const LOST = '\ufffd';

/** Parts whose name was written in raw 8-bit letters that the structure's reader could not keep. */
export function partsWithLostNames(root: BodyPart): readonly BodyPart[] {
  const found: BodyPart[] = [];
  const visit = (part: BodyPart): void => {
    if (part.filename?.includes(LOST)) found.push(part);
    for (const child of part.children) visit(child);
  };
  visit(root);
  return found;
}

/** The file name in a part's own header, raw 8-bit letters read as UTF-8 or as windows-1252. */
export function filenameInHeader({ fields }: HeaderBlock): string | undefined {
  const parameters = (name: string) =>
    parseParameters(fields.find((field) => field.name.toLowerCase() === name)?.raw ?? '');
  return partFilename(parameters('content-disposition'), parameters('content-type'));
}

/** The tree with these names, by part number, in place of those it has. */
export function withFilenames(part: BodyPart, names: ReadonlyMap<string, string>): BodyPart {
  const filename = names.get(part.part);
  return {
    ...part,
    ...(filename !== undefined && part.filename !== undefined && { filename }),
    children: part.children.map((child) => withFilenames(child, names)),
  };
}
