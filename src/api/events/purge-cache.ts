/** Tags of one call: the platform takes no more. */
const AT_ONCE = 16

/**
 * Makes the platform's CDN forget every answer that carries one of the tags. They are deleted and not marked as stale:
 * a stale answer would be given once more, perhaps to the very worker that was told to look. Does nothing elsewhere.
 */
export async function purgeCache(tags: readonly string[]): Promise<void> {
  const { dangerouslyDeleteByTag } = await import('@vercel/functions')
  for (let at = 0; at < tags.length; at += AT_ONCE) await dangerouslyDeleteByTag(tags.slice(at, at + AT_ONCE))
}
