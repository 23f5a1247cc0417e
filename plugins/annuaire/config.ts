import { z } from 'estafette/plugin';
import { FACTS, KINDS } from './profiles';

/** RFC 4512 1.4: a descriptor, or a dotted number. */
const attribute = z.string().regex(/^(?:[a-z][a-z0-9-]*|\d+(?:\.\d+)+)$/i, 'expected an attribute');
const value = z.string().min(1).max(200);

const words = z.strictObject({ fr: z.string().min(1).max(200), en: z.string().min(1).max(200) });

/** Whether a text is a regular expression. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

const ownAttribute = z.strictObject({
  attribute,
  kind: z
    .enum(['text', 'phone', 'photo'])
    .optional()
    .describe('What is typed; by what the mapping takes the attribute for, unless told.'),
  label: words.optional().describe('What the field is called, in place of our own word.'),
  help: words.optional().describe('A sentence under the field.'),
  maxChars: z.number().int().min(1).max(1_000).default(120),
  maxValues: z.number().int().min(1).max(10).default(1),
  pattern: z
    .string()
    .max(200)
    .refine(isPattern, 'expected a regular expression')
    .optional()
    .describe('What a whole value has to look like.'),
  maxBytes: z.number().int().min(10_000).max(500_000).default(200_000).describe('Of a photo.'),
});

/** How one directory is read. */
const reading = {
  profile: z
    .enum(['inetOrgPerson', 'mel'])
    .default('inetOrgPerson')
    .describe('Names that the directory gives to things: those of RFC 2798, or Mél-like ones.'),
  kinds: z
    .partialRecord(z.enum(KINDS), z.array(z.strictObject({ attribute, is: value })).max(10))
    .default({})
    .describe('How each kind of entry is recognised, in place of what the profile says.'),
  attributes: z
    .partialRecord(z.enum(FACTS), z.array(attribute).max(6))
    .default({})
    .describe('Attributes of each fact, best first, in place of what the profile says.'),
  searched: z
    .array(attribute)
    .min(1)
    .max(8)
    .optional()
    .describe('Attributes whose words are searched; names, functions and services otherwise.'),
  visibility: z
    .strictObject({
      attribute,
      hidden: z.array(value).max(10).default([]),
      sameService: z.array(value).max(10).default([]),
    })
    .optional()
    .describe('Values that hide an entry from everybody, or from all but its own service.'),
  photoShown: z
    .strictObject({ attribute, is: value })
    .optional()
    .describe('What an entry says whose picture is shown; every picture is, unless told.'),
  treeBase: z
    .string()
    .max(1_024)
    .optional()
    .describe('Where the organisation begins; the base of the directory unless told.'),
  hiddenBranches: z
    .array(z.string().min(1).max(1_024))
    .max(50)
    .default([])
    .describe('Branches that nobody looks into: accounts of machines, for instance.'),
};

/** What a site may say under `plugins.annuaire`. */
export const annuaireConfig = z.strictObject({
  ...reading,
  outside: z
    .enum(['hide', 'show'])
    .default('hide')
    .describe('What is shown from outside the networks of the site without a second factor.'),
  own: z
    .array(ownAttribute)
    .max(15)
    .default([])
    .describe('Attributes that people change of their own entry, where the server lets them.'),
  directories: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.strictObject(reading))
    .default({})
    .describe('How directories beside that of sign-in are read, by their ids in the site’s file.'),
  limit: z
    .number()
    .int()
    .min(10)
    .max(1_000)
    .default(500)
    .describe('Entries of a list at most; a page shows 50 of them.'),
  minChars: z.number().int().min(2).max(10).default(3).describe('Characters of a search at least.'),
});

export type AnnuaireConfig = z.infer<typeof annuaireConfig>;

const NOTHING_SAID = {
  searched: undefined,
  visibility: undefined,
  photoShown: undefined,
  treeBase: undefined,
};
const known = new WeakMap<object, Map<string, Readonly<AnnuaireConfig>>>();

/** The configuration for a directory, `''` for that of sign-in: made once, for mappings are kept by it. */
export function configOf(config: Readonly<AnnuaireConfig>, of: string): Readonly<AnnuaireConfig> {
  if (of === '') return config;
  const made = known.get(config) ?? new Map<string, Readonly<AnnuaireConfig>>();
  known.set(config, made);
  const own = config.directories[of];
  // One that nothing is said of is read as that of sign-in, from its own base. What is said of one
  // stands alone: what the site hides by another attribute would take the place of its profile's.
  const found = own ? { ...config, ...NOTHING_SAID, ...own } : { ...config, treeBase: undefined };
  made.set(of, found);
  return found;
}
