import { refuse } from '../http/problem.ts'

/**
 * Refuses a request that a page of another origin sends. Ports count: a page on another port of this host is of the same
 * site, so the cookie alone does not tell it from the own page.
 * @throws Refusal 403
 */
export function requireOwnPage({ headers, url }: { headers: Headers; url: URL }): void {
  const site = headers.get('sec-fetch-site') ?? 'same-origin'
  if (headers.get('origin') === url.origin && site === 'same-origin') return
  throw refuse(403, 'FOREIGN_PAGE', 'only the own pages may ask for this', `ask from a page of ${url.origin}`)
}

/** Longer than any path of the console. */
const MAX_PATH = 1000

/**
 * A path below `/console/`, with query and fragment, as a browser understands it.
 * @throws Refusal 400 for every other address
 */
export function consolePath(to: string, { origin }: URL): string {
  const url =
    to.startsWith('/') && to.length <= MAX_PATH && URL.canParse(to, origin) ? new URL(to, origin) : undefined
  if (url?.origin === origin && url.pathname.startsWith('/console/'))
    return url.pathname + url.search + url.hash
  throw refuse(
    400,
    'BAD_REQUEST',
    'to: is not a path below /console/',
    'give the path of a page of the console',
  )
}
