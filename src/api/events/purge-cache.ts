/** The most tags in one call of the platform. */
const AT_ONCE = 16

/**
 * Deletes every answer with one of the tags from the platform's CDN. The answers are not only marked as stale: a stale
 * answer would be served once more, possibly to the worker that was just notified. Does nothing on other platforms.
 */
export async function purgeCache(tags: readonly string[]): Promise<void> {
  const { dangerouslyDeleteByTag } = await import('@vercel/functions')
  for (let at = 0; at < tags.length; at += AT_ONCE) await dangerouslyDeleteByTag(tags.slice(at, at + AT_ONCE))
}
