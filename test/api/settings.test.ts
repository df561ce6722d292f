import { expect, test } from 'vitest'
import { entry } from '../../src/api/entry.ts'
import { DEFAULT_LIMITS } from '../../src/api/http/limiter.ts'
import { ROUTES } from '../../src/api/routes/routes.ts'
import { readSettings } from '../../src/api/settings.ts'
import { Failure } from '../../src/contract/failure.ts'
import { newSecret } from '../../src/contract/protocol/signature.ts'

const GOOD = {
  SUPABASE_URL: 'https://project.supabase.co/',
  SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_one',
  SUPABASE_SECRET_KEY: 'sb_secret_one',
}

test('three variables connect a deployment to its project', () => {
  expect(readSettings(GOOD)).toEqual({
    url: 'https://project.supabase.co',
    publishableKey: 'sb_publishable_one',
    secretKeys: ['sb_secret_one'],
    jwtSecret: undefined,
    name: undefined,
    consolePassword: false,
    eventsSecrets: [],
    mcpOrigins: [],
    limits: DEFAULT_LIMITS,
    forwarded: false,
    streams: { most: 100, lastMs: 55_000 },
  })
})

test('named keys are accepted, the default one first, so that they can be rotated', () => {
  const { secretKeys, publishableKey } = readSettings({
    SUPABASE_URL: GOOD.SUPABASE_URL,
    SUPABASE_SECRET_KEYS: '{"old":"sb_secret_old","default":"sb_secret_new"}',
    SUPABASE_PUBLISHABLE_KEYS: '{"default":"sb_publishable_new"}',
  })
  expect([secretKeys, publishableKey]).toEqual([['sb_secret_new', 'sb_secret_old'], 'sb_publishable_new'])
})

test('the hosts whose pages may call the MCP server are separated by commas', () => {
  const env = { ...GOOD, NOFX_MCP_ORIGINS: ' Tools.example, ,b.example ' }
  expect(readSettings(env).mcpOrigins).toEqual(['tools.example', 'b.example'])
})

test('the name of the registry, and whether passwords are accepted, are read from the environment', () => {
  const env = { ...GOOD, NOFX_REGISTRY_NAME: ' Acme ', NOFX_CONSOLE_PASSWORD: '1' }
  expect(readSettings(env)).toMatchObject({ name: 'Acme', consolePassword: true })
  for (const other of ['', '0', 'true', 'yes'])
    expect(readSettings({ ...GOOD, NOFX_CONSOLE_PASSWORD: other }).consolePassword).toBe(false)
})

test('the deploy hook is read from the environment', () => {
  expect(readSettings(GOOD).deployHookUrl).toBeUndefined()
  const env = { ...GOOD, NOFX_DEPLOY_HOOK_URL: ' https://api.example.com/deploy/x\n' }
  expect(readSettings(env).deployHookUrl).toBe('https://api.example.com/deploy/x')
})

test('the address header is used on the platform that writes it, and nowhere else', () => {
  expect(readSettings({ ...GOOD, VERCEL: '1' }).forwarded).toBe(true)
  for (const VERCEL of ['', '0', 'yes', undefined])
    expect(readSettings({ ...GOOD, VERCEL }).forwarded).toBe(false)
})

test('limits are read from the environment', () => {
  expect(readSettings({ ...GOOD, NOFX_RATE_LIMIT: '0', NOFX_RATE_LIMIT_KNOWN: '9' }).limits).toEqual({
    anonymous: 0,
    known: 9,
  })
})

test.each([
  [{ SUPABASE_URL: '' }, 'SUPABASE_URL is not set'],
  [{ SUPABASE_URL: 'project' }, 'SUPABASE_URL is not the URL of a project'],
  [{ SUPABASE_PUBLISHABLE_KEY: undefined }, 'SUPABASE_PUBLISHABLE_KEY is not set'],
  [{ SUPABASE_SECRET_KEY: '' }, 'SUPABASE_SECRET_KEY is not set'],
  [{ SUPABASE_SECRET_KEYS: 'sb_secret_x' }, 'SUPABASE_SECRET_KEYS is not a JSON object of names and keys'],
  [{ NOFX_RATE_LIMIT: 'many' }, 'NOFX_RATE_LIMIT is not a number of requests a minute'],
  [{ NOFX_EVENT_STREAMS: '-1' }, 'NOFX_EVENT_STREAMS is not a number of streams'],
  [{ NOFX_EVENT_STREAM_SECONDS: '1m' }, 'NOFX_EVENT_STREAM_SECONDS is not a number of seconds'],
])('%j is refused with the variable’s name, never with its value', (change, message) => {
  try {
    readSettings({ ...GOOD, ...change })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(Failure)
    expect([(error as Failure).code, (error as Failure).message]).toEqual(['CONFIG', message])
  }
})

test('a deployment without its variables answers with the name of the missing one', async () => {
  const lines: string[] = []
  const { fetch } = entry(ROUTES, [], { env: {}, log: (line) => lines.push(JSON.stringify(line)) })
  const response = await fetch(new Request('https://registry.test/api/agents'))
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 'CONFIG', detail: 'SUPABASE_URL is not set' })
  expect(lines).toHaveLength(1)
})

test('an invalid deliveries secret is refused without being quoted', () => {
  const secret = newSecret()
  expect(readSettings({ ...GOOD, NOFX_EVENTS_SECRET: ` ${secret} ` }).eventsSecrets).toEqual([secret])
  expect(() => readSettings({ ...GOOD, NOFX_EVENTS_SECRET: 'hunter2' })).toThrow(
    /^NOFX_EVENTS_SECRET is not of the form whsec_<base64>$/,
  )
})
