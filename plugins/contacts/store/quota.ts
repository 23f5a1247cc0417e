import { BOOKS, CARDS, type Tables, TRASH } from './tables';

/** Whose books: what is in them counts for who owns them, whoever wrote it. */
interface Owner {
  readonly site: string;
  readonly user: number;
}

/** What somebody keeps in their own books and in the trash, photos included, by indexes alone. */
export async function keptBytes(table: Tables, { site, user }: Owner): Promise<number> {
  const owned = { site, user_id: user };
  const cards = table(CARDS).whereIn('book_key', table(BOOKS).where(owned).select('key'));
  return (await bytesOf(cards)) + (await bytesOf(table(TRASH).where(owned)));
}

/** Whether an owner may keep so much more; what makes nothing larger is always taken. */
export const hasRoom = async (
  table: Tables,
  owner: Owner,
  { more, maxKept }: { readonly more: number; readonly maxKept: number },
): Promise<boolean> => more <= 0 || (await keptBytes(table, owner)) + more <= maxKept;

async function bytesOf(query: ReturnType<Tables>): Promise<number> {
  const [{ bytes = 0 } = {}]: { bytes?: number | null }[] = await query.sum({ bytes: 'bytes' });
  return Number(bytes ?? 0);
}
