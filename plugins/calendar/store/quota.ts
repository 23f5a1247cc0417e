import { CALENDARS, OBJECTS, type Tables, TRASH } from './tables';

/** Whose calendars: what is in them counts for who owns them, whoever wrote it. */
interface Owner {
  readonly site: string;
  readonly user: number;
}

/** What somebody keeps in their own calendars and in the trash. */
export async function keptBytes(table: Tables, { site, user }: Owner): Promise<number> {
  const owned = { site, user_id: user };
  const keys = table(CALENDARS).where(owned).select('key');
  const objects = await bytesOf(table(OBJECTS).whereIn('calendar_key', keys));
  return objects + (await bytesOf(table(TRASH).where(owned)));
}

async function bytesOf(query: ReturnType<Tables>): Promise<number> {
  const [{ bytes = 0 } = {}]: { bytes?: number | null }[] = await query.sum({ bytes: 'bytes' });
  return Number(bytes ?? 0);
}
