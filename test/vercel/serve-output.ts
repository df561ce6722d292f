import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { getRequestListener } from '@hono/node-server'

/** One line of `config.json`, as far as our build has it: https://vercel.com/docs/build-output-api/configuration */
export interface OutputRoute {
  src?: string
  dest?: string
  status?: number
  handle?: string
  headers?: Record<string, string>
  middlewarePath?: string
  continue?: boolean
}

type Handler = (request: Request) => Response | Promise<Response>

/**
 * Serves what `vercel build` wrote, as the platform does: routes in order, middleware before the files, functions by
 * name, dynamic segments as further parameters of the query.
 */
export async function serveOutput(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  const { routes } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as {
    routes: OutputRoute[]
  }
  const [hits, others] = phaseHit(routes)
  const loaded = new Map<string, Promise<Handler>>()
  const handlerOf = (name: string): Promise<Handler> => {
    const known = loaded.get(name) ?? load(folder, name)
    loaded.set(name, known)
    return known
  }

  async function answer(request: Request): Promise<Response> {
    const added = new Headers()
    const response = await route(request, added)
    if ([...added].length === 0) return response
    const headers = new Headers(response.headers)
    added.forEach((value, name) => {
      headers.set(name, value)
    })
    return new Response(response.body, { status: response.status, headers })
  }

  /** Routes that only add headers write them to `added`. */
  async function route(request: Request, added: Headers): Promise<Response> {
    const url = new URL(request.url)
    const { method, headers } = request
    const body = request.body ? await request.arrayBuffer() : undefined
    let current = { method, headers, body }
    const asked = () => new Request(url, current)
    // Routes of the phase `hit` are for files that were found.
    const found = (path: string): Response | undefined => {
      const file = staticFile(folder, path)
      for (const { src, headers } of file ? hits : [])
        if (src !== undefined && new RegExp(src).test(path))
          for (const [name, value] of Object.entries(headers ?? {})) added.set(name, value)
      return file
    }
    for (const route of others) {
      if (route.handle === 'filesystem' && existsSync(functionFolder(folder, url.pathname)))
        return (await handlerOf(url.pathname.slice(1)))(asked())
      if (route.handle === 'filesystem') {
        const file = found(url.pathname)
        if (file) return file
      }
      const match = route.src === undefined ? null : new RegExp(route.src).exec(url.pathname)
      if (!match) continue
      if (route.continue && route.middlewarePath === undefined)
        for (const [name, value] of Object.entries(route.headers ?? {})) added.set(name, value)
      if (route.middlewarePath !== undefined) {
        const response = await (await handlerOf(route.middlewarePath))(asked())
        if (!response.headers.has('x-middleware-next')) return response
        current = { ...current, headers: overridden(current.headers, response.headers) }
      } else if (route.dest !== undefined) {
        const [path = '', query = ''] = route.dest
          .replace(/\$(\d)/g, (_, at) => match[Number(at)] ?? '')
          .split('?')
        const file = found(path)
        if (file) return file
        if (!existsSync(functionFolder(folder, path))) continue
        for (const [name, value] of new URLSearchParams(query)) url.searchParams.append(name, value)
        return (await handlerOf(path.slice(1)))(asked())
      } else if (route.status !== undefined && !route.continue)
        return new Response(null, { status: route.status, headers: route.headers })
    }
    return new Response(null, { status: 404 })
  }

  const server: Server = createServer(getRequestListener(answer, { overrideGlobalObjects: false }))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((closed) => server.close(() => closed())),
  }
}

/** The routes of the phase `hit`, and all others. */
function phaseHit(routes: readonly OutputRoute[]): [hits: OutputRoute[], others: OutputRoute[]] {
  const start = routes.findIndex(({ handle }) => handle === 'hit')
  if (start < 0) return [[], [...routes]]
  const length = routes.slice(start + 1).findIndex(({ handle }) => handle !== undefined)
  const end = length < 0 ? routes.length : start + 1 + length
  return [routes.slice(start + 1, end), [...routes.slice(0, start), ...routes.slice(end)]]
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'application/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
}

/** A file of `static/`; a folder is answered with its index. */
function staticFile(folder: string, path: string): Response | undefined {
  const file = join(folder, 'static', path.endsWith('/') ? `${path}index.html` : path)
  if (!existsSync(file) || !statSync(file).isFile()) return undefined
  const type = TYPES[extname(file)] ?? 'application/octet-stream'
  return new Response(readFileSync(file), { headers: { 'content-type': type } })
}

const functionFolder = (folder: string, path: string) => join(folder, 'functions', `${path}.func`)

/** A function's entry, called as the platform's launcher does: `fetch` of the default export, a method, the default. */
async function load(folder: string, name: string): Promise<Handler> {
  const place = functionFolder(folder, name)
  const { handler } = JSON.parse(readFileSync(join(place, '.vc-config.json'), 'utf8')) as { handler: string }
  const entry = (await import(pathToFileURL(join(place, handler)).href)) as Record<string, unknown>
  const whole = entry.default as Handler | { fetch?: Handler } | undefined
  if (typeof whole === 'function') return whole
  if (whole?.fetch) return whole.fetch
  return (request) => {
    const method = entry[request.method] as Handler | undefined
    return method ? method(request) : new Response(null, { status: 405 })
  }
}

/** The request's headers as a middleware asks for them. */
function overridden(own: Headers, asked: Headers): Headers {
  const names = asked.get('x-middleware-override-headers')?.split(',')
  if (!names) return own
  return new Headers(names.map((name) => [name, asked.get(`x-middleware-request-${name}`) ?? '']))
}
