import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ASSET_CACHING, CONSOLE_HEADERS, PAGE_CACHING } from '../api/console-headers.ts'
import { json, notServed } from './answers.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Names that the build gives: no path can leave the folder. */
const ASSET = /^\/console\/assets\/([\w-]+\.(?:js|css|svg))$/

/**
 * Serves the built console below `/console`: its files, and its page for every other path, because the page reads the
 * path itself.
 * @param folder `dist/console` of this copy of nofx
 */
export function serveConsole(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return json({ code: 'METHOD_NOT_ALLOWED', message: 'send GET' }, 405, { allow: 'GET, HEAD' })
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/console/assets/')) return sendAsset(folder, pathname)
    return sendPage(folder, request)
  }
}

async function sendAsset(folder: string, pathname: string): Promise<Response> {
  const [, name] = ASSET.exec(pathname) ?? []
  const body = name === undefined ? undefined : await readIfPresent(join(folder, 'assets', name))
  if (name === undefined || body === undefined) return notServed(pathname)
  const type = TYPES[extname(name)] ?? 'application/octet-stream'
  return new Response(body, {
    headers: { ...CONSOLE_HEADERS, 'content-type': type, 'cache-control': ASSET_CACHING },
  })
}

async function sendPage(folder: string, request: Request): Promise<Response> {
  const body = await readIfPresent(join(folder, 'index.html'))
  if (!body) {
    const hint = 'in a checkout of nofx, build it: npm run build'
    return json({ code: 'NOT_FOUND', message: 'this copy of nofx has no console', hint }, 404)
  }
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
  const headers = { ...CONSOLE_HEADERS, etag, 'cache-control': PAGE_CACHING }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return new Response(body, { headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } })
}

async function readIfPresent(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return readFile(path).then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  )
}
