import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { denoFunction } from '../../src/dev/deno-function.ts'
import { findDeno } from '../../src/dev/find-deno.ts'
import { findPlace, openFunctions } from '../../src/dev/functions.ts'
import { LARGEST_UPLOAD } from '../../src/edge/gateway/gateway-routes.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { buildScript, runScript } from '../cloud/support/node-script.ts'

const ROOT = join(import.meta.dirname, '../..')
const CACHE = join(ROOT, 'node_modules/.cache/nofx-tests')
const SECRET = `sb_secret_${'a1B2'.repeat(8)}`

/** Answers with its pid, its request and its permissions, and ends itself on request. */
const FUNCTION = `
console.log('{"event":"started"}')
const refused = async (what) => await what().then(() => 'allowed', (error) => error.name)
Deno.serve(async (request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/crash') Deno.exit(1)
  if (pathname === '/throw') throw new Error('a bug')
  if (pathname === '/size') return new Response(String((await request.arrayBuffer()).byteLength))
  if (pathname === '/words') return Response.json({ words: 'word '.repeat(1000) })
  if (pathname === '/rights')
    return Response.json({
      write: await refused(() => Deno.writeTextFile('written-by-a-function', '')),
      run: await refused(async () => new Deno.Command('ls').output()),
      elsewhere: await refused(() => Deno.readTextFile('/etc/hosts')),
      net: await refused(() => fetch('https://example.com/')),
      env: Object.keys(Deno.env.toObject()).filter((name) => /^(npm_|VITEST|NODE_)/.test(name)),
    })
  return new Response(String(Deno.pid))
})
`

let binary: string
beforeAll(async () => {
  binary = (await findDeno())!
})

/** A function in a folder that Deno may read; gone after the test. */
function functionOf(source: string): string {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'function-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'index.mjs'), source)
  writeFileSync(join(folder, 'deno.json'), '{"imports":{}}')
  return join(folder, 'index.mjs')
}

function running(source: string) {
  const lines: string[] = []
  const options = { name: 'a_function', binary, root: ROOT, env: {}, log: (line: string) => lines.push(line) }
  const { fetch, close } = denoFunction({ ...options, entry: functionOf(source) })
  onTestFinished(close)
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(new Request(`http://functions.test${path}`, init))
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return { get, close, lines }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const stopped = {
  ok: false,
  error: {
    code: 'REMOTE_FAILED',
    message: 'the function a_function has stopped',
    hint: 'run the command again; the output of nofx dev says why it stopped',
  },
}

describe('the functions of nofx dev', () => {
  test('nofx dev runs the deployed files in Deno, and a kind without a file in this process', async () => {
    const lines: string[] = []
    const kinds = [agents, { ...agents, id: 'spells' }]
    const { fetch, runtime, close } = openFunctions({
      kinds,
      deno: await findPlace(kinds),
      env: { SUPABASE_URL: 'http://127.0.0.1:9', SUPABASE_SECRET_KEY: SECRET, SUPABASE_JWKS: undefined },
      log: (line) => lines.push(line),
    })
    onTestFinished(close)
    const call = async (path: string) => {
      const headers = { apikey: SECRET, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: '{"action":' }
      const response = await fetch(new Request(`http://functions.test${path}`, init))
      return { status: response.status, body: await response.json() }
    }
    const refused = { status: 400, body: { ok: false, error: expect.objectContaining({ code: 'REFUSED' }) } }
    expect(runtime).toBe('deno')
    expect(await call('/functions/v1/registry_agents_sync')).toEqual(refused)
    expect(await call('/functions/v1/registry_spells_sync')).toEqual(refused)
    const missing = { status: 404, body: expect.objectContaining({ code: 'NOT_FOUND' }) }
    expect(await call('/functions/v1/registry_curses_sync')).toEqual(missing)
    expect(await call('/functions/v1/')).toEqual(missing)
    expect(await call('/registry_agents_sync')).toEqual(missing)
    await expect.poll(() => lines.map((line) => JSON.parse(line).kind).sort()).toEqual(['agents', 'spells'])
    expect(lines.join()).not.toContain(SECRET)
  })
})

test('Deno is not looked for where no kind has a function for it', async () => {
  expect(await findPlace([{ ...agents, id: 'spells' }])).toBeUndefined()
})

describe('a function in Deno', () => {
  test('a function starts its process at the first request', async () => {
    const lines: string[] = []
    const options = { name: 'a_function', root: ROOT, env: {}, log: (line: string) => lines.push(line) }
    const { fetch } = denoFunction({ ...options, binary: join(ROOT, 'no-deno'), entry: 'index.mjs' })
    // The failure of a process that cannot start is known in the next turn.
    for (let turn = 0; turn < 20; turn++) await nextTurn()
    expect(lines).toEqual([])
    expect((await fetch(new Request('http://127.0.0.1/'))).status).toBe(503)
    expect(lines.join()).toContain('ENOENT')
  })

  test('a function that dies is answered with 503, and restarted for the next request', async () => {
    const { get, lines } = running(FUNCTION)
    const first = (await get('/pid')).text
    const died = await get('/crash')
    expect([died.status, JSON.parse(died.text)]).toEqual([503, stopped])
    const second = await get('/pid')
    expect(second.status).toBe(200)
    expect(second.text).not.toBe(first)
    expect(isAlive(Number(first))).toBe(false)
    expect(lines).toEqual(['{"event":"started"}', '{"event":"started"}'])
  })

  test('a function that throws keeps serving', async () => {
    const { get, lines } = running(FUNCTION)
    const first = (await get('/pid')).text
    expect((await get('/throw')).status).toBe(500)
    expect((await get('/pid')).text).toBe(first)
    expect(lines.join('\n')).toContain('a bug')
  })

  test('a function that cannot start is answered with 503, and the log has the reason', async () => {
    const { get, lines } = running('Deno.serve(')
    expect((await get('/pid')).status).toBe(503)
    expect((await get('/pid')).status).toBe(503)
    expect(lines.join('\n')).toContain('SyntaxError: Unexpected end of input')
  })

  test('a function gets no more of a body than its limit, and its answer is not compressed twice', async () => {
    const { get } = running(FUNCTION)
    const size = (bytes: number) => get('/size', { method: 'POST', body: new Uint8Array(bytes) })
    expect((await size(5)).text).toBe('5')
    expect((await size(LARGEST_UPLOAD)).text).toBe(String(LARGEST_UPLOAD))
    expect((await size(LARGEST_UPLOAD + 1_000_000)).text).toBe(String(LARGEST_UPLOAD + 1))
    const { headers, text } = await get('/words', { headers: { 'accept-encoding': 'gzip, br' } })
    expect(headers.get('content-encoding')).toBeNull()
    expect(JSON.parse(text).words).toHaveLength(5000)
  })

  test('a function may read the checkout and connect to the cloud, and nothing else', async () => {
    const { get } = running(FUNCTION)
    const denied = { write: 'NotCapable', run: 'NotCapable', elsewhere: 'NotCapable', net: 'NotCapable' }
    expect(JSON.parse((await get('/rights')).text)).toEqual({ ...denied, env: [] })
  })

  test('a function ends when it is closed, and is not restarted', async () => {
    const { get, close } = running(FUNCTION)
    const pid = Number((await get('/pid')).text)
    expect(isAlive(pid)).toBe(true)
    await close()
    expect(isAlive(pid)).toBe(false)
    expect((await get('/pid')).status).toBe(503)
  })

  test('a function ends when the process that started it is killed', async () => {
    const parent = runScript(buildScript(join(ROOT, 'test/edge/deno/parent.ts')), [
      binary,
      ROOT,
      functionOf(FUNCTION),
    ])
    const pid = Number(/pid (\d+)/.exec(await parent.says('pid '))?.[1])
    expect(isAlive(pid)).toBe(true)
    parent.child.kill('SIGKILL')
    await parent.ended
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  })
})
