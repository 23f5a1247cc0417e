/** The page of a message as this device has it, by `mailbox/uid`; the frame that was seen last first. */
export async function keptMessage(cache, original) {
  const at = original.lastIndexOf('/');
  const path = `/mail/me/${encodeURIComponent(original.slice(0, at))}/${original.slice(at + 1)}`;
  return (await cache.match(`${path}?frame`)) ?? cache.match(path);
}
