import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ASSET_CACHING, CONSOLE_HEADERS, PAGE_CACHING } from '../../src/api/console-headers.ts'
import { routing } from '../../src/dev/routing.ts'
import { serveConsole } from '../../src/dev/serve-console.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'

const ORIGIN = 'http://127.0.0.1:1'

/** A built console with one asset, and a secret beside it. */
function builtConsole(): string {
  const folder = join(temporaryFolder(), 'console')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the page</title>')
  writeFileSync(join(folder, 'assets/console-ABC.js'), 'script')
  writeFileSync(join(folder, '..', 'secret.js'), 'secret')
  return folder
}

function siteOf(folder = builtConsole()) {
  const handle = routing([['/console', serveConsole(folder)]], new Set(['127.0.0.1']))
  return (path: string, init?: RequestInit) => handle(new Request(ORIGIN + path, init))
}

describe('the console of nofx dev', () => {
  test.each(['/console', '/console/', '/console/agents', '/console/agents/x/diff', '/console/a.js'])(
    '%s is the page, with all headers',
    async (path) => {
      const answer = await siteOf()(path)
      expect(await answer.text()).toContain('the page')
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        ...CONSOLE_HEADERS,
        'content-type': 'text/html; charset=utf-8',
        'cache-control': PAGE_CACHING,
      })
    },
  )

  test('the page is sent again only when it changed', async () => {
    const get = siteOf()
    const etag = (await get('/console/')).headers.get('etag') ?? ''
    const again = await get('/console/agents', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.get('content-security-policy')).toBe(CONSOLE_HEADERS['content-security-policy'])
  })

  test('an asset never changes and has its type', async () => {
    const answer = await siteOf()('/console/assets/console-ABC.js')
    expect(await answer.text()).toBe('script')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...CONSOLE_HEADERS,
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': ASSET_CACHING,
    })
  })

  test.each([
    '/console/assets/none.js',
    '/console/assets/',
    '/console/assets/../index.html/../../secret.js',
    '/console/assets/..%2f..%2fsecret.js',
    '/console/assets/%2e%2e/%2e%2e/secret.js',
    '/console/assets/console-ABC.js%00',
    '/console/assets/console-ABC.map',
  ])('%s is not served, and gives no file away', async (path) => {
    const answer = await siteOf()(path)
    const text = await answer.text()
    expect(text).not.toContain('script"')
    expect(text).not.toBe('secret')
    expect([404, 200]).toContain(answer.status)
    if (answer.status === 200) expect(text).toContain('the page')
  })

  test('other methods are refused', async () => {
    const answer = await siteOf()('/console/', { method: 'POST' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('a copy without a built console says how to build it', async () => {
    const answer = await siteOf('/nowhere')('/console/')
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ hint: 'in a checkout of nofx, build it: npm run build' }),
    ])
  })

  test('/ leads a browser to the console, and answers programs with JSON', async () => {
    const get = siteOf()
    const browser = await get('/', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/console/'])
    for (const accept of ['*/*', 'application/json'])
      expect(await (await get('/', { headers: { accept } })).json()).toMatchObject({ name: 'nofx dev' })
    const without = routing([], new Set(['127.0.0.1']))
    const plain = await without(new Request(`${ORIGIN}/`, { headers: { accept: 'text/html' } }))
    expect([plain.status, await plain.json()]).toEqual([200, expect.objectContaining({ name: 'nofx dev' })])
  })
})

describe('vercel.json', () => {
  interface Rule {
    src?: string
    headers?: Record<string, string>
    handle?: string
    status?: number
    dest?: string
  }
  const { routes } = JSON.parse(readFileSync('vercel.json', 'utf8')) as { routes: Rule[] }
  const at = (phase: string) => routes.findIndex(({ handle }) => handle === phase)
  const [before, after, hits] = [
    routes.slice(0, at('filesystem')),
    routes.slice(at('filesystem') + 1, at('hit')),
    routes.slice(at('hit') + 1),
  ]
  const headersOf = (rules: Rule[], path: string) =>
    Object.assign(
      {},
      ...rules.filter(({ src = '' }) => new RegExp(src).test(path)).map(({ headers }) => headers),
    )

  test.each(['/console', '/console/', '/console/agents/x', '/console/a.js'])(
    'sends %s as nofx dev does',
    (path) => {
      expect(headersOf(before, path)).toEqual({ ...CONSOLE_HEADERS, 'cache-control': PAGE_CACHING })
      expect(after.find(({ src = '' }) => new RegExp(src).test(path))).toMatchObject({
        dest: '/console/index.html',
      })
      expect(headersOf(hits, path)).toEqual({})
    },
  )

  test('lets an asset be kept for ever only if it is there', () => {
    const path = '/console/assets/console-ABC.js'
    expect(headersOf(before, path)).toEqual({ ...CONSOLE_HEADERS, 'cache-control': 'no-store' })
    expect(after.filter(({ src = '' }) => new RegExp(src).test(path))).toEqual([
      { src: '^/console/assets/.*$', status: 404 },
    ])
    expect(headersOf(hits, path)).toEqual({ 'cache-control': ASSET_CACHING })
  })

  test('leads / to the console, and touches no other path', () => {
    expect(before.find(({ src = '' }) => new RegExp(src).test('/'))).toEqual({
      ...{ src: '^/$', status: 307, headers: { Location: '/console/' } },
    })
    for (const path of ['/agents.json', '/api/agents', '/consoles', '/x/console/'])
      expect(routes.filter(({ src }) => src !== undefined && new RegExp(src).test(path))).toEqual([])
  })
})
