import { json, notServed } from './answers.ts'
import { refuseForeign } from './foreign-pages.ts'

type RouteHandler = (request: Request) => Promise<Response>

/** Handlers by path prefix, such as `/rest/v1`. A longer prefix comes before a shorter one that it begins with. */
export type Mounts = readonly (readonly [prefix: string, handler: RouteHandler])[]

const CONSOLE = '/console'

/** Whether a page is asked for, and not data. */
const isBrowser = (request: Request) => /\btext\/html\b/.test(request.headers.get('accept') ?? '')

/**
 * Sends a request to the first handler whose prefix its path has; `/` leads a browser to the
 * console and lists the prefixes otherwise; every other path is a 404.
 * @param own the server's own names: requests of foreign pages are refused
 */
export function routing(mounts: Mounts, own: ReadonlySet<string>): RouteHandler {
  return async (request) => {
    const foreign = refuseForeign(request, own)
    if (foreign) return foreign
    const { pathname } = new URL(request.url)
    const mount = mounts.find(([prefix]) => pathname === prefix || pathname.startsWith(`${prefix}/`))
    if (mount) return mount[1](request)
    if (pathname !== '/') return notServed(pathname)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return json({ code: 'METHOD_NOT_ALLOWED', message: 'send GET' }, 405, { allow: 'GET, HEAD' })
    if (mounts.some(([prefix]) => prefix === CONSOLE) && isBrowser(request))
      return new Response(null, { status: 302, headers: { location: `${CONSOLE}/`, vary: 'Accept' } })
    return json({ name: 'nofx dev', paths: mounts.map(([prefix]) => prefix), keys: '.nofx/keys.json' })
  }
}
