import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RegistryEnv } from '../../src/cloud/hosted/hosted-config.ts'
import { openRegistry } from '../../src/cloud/open-registry.ts'
import { Failure } from '../../src/contract/failure.ts'
import { withoutKeys } from '../../src/contract/text/without-keys.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { emptyDatabase } from '../harness/cloud-database.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

/** A user without settings: no stored sign-in decides. */
const open = (root: string, env: RegistryEnv) =>
  openRegistry({ root, kinds: [agents], env: { XDG_CONFIG_HOME: root, ...env } })
const SECRET = 'sb_secret_abcdefghijklmnopqrstuvwxyz'

describe('the environment chooses the registry', () => {
  test('without variables the registry is the embedded cloud in .nofx', async () => {
    const root = temporaryFolder()
    await placeEmbedded(root)
    const registry = await open(root, { SUPABASE_URL: '', NOFX_DATABASE_URL: '' })
    expect(registry.label).toBe('embedded .nofx')
    expect(await registry.heads('agents')).toEqual([])
    await registry.close()
    await registry.close()
  })

  test('with a database URL the registry is on that server, and two processes can open it at once', async () => {
    const root = temporaryFolder()
    const database = await emptyDatabase()
    const opened = await Promise.all([1, 2].map(() => open(root, { NOFX_DATABASE_URL: database.url })))
    const { host, pathname } = new URL(database.url)
    expect(opened.map((registry) => registry.label)).toEqual(
      Array(2).fill(`embedded postgres://${host}${pathname}`),
    )
    for (const registry of opened) expect(await registry.heads('agents')).toEqual([])
    for (const registry of opened) await registry.close()
    expect(existsSync(join(root, '.nofx/db'))).toBe(false)
    expect(existsSync(join(root, '.nofx/storage'))).toBe(true)
    await database.drop()
  })

  test('with a project and its key the registry is that project, and nothing is created on disk', async () => {
    const root = temporaryFolder()
    const env = {
      SUPABASE_URL: 'https://abc.supabase.co/',
      SUPABASE_SECRET_KEY: SECRET,
      NOFX_DATABASE_URL: 'x',
    }
    const registry = await open(root, env)
    expect(registry.label).toBe('https://abc.supabase.co')
    await registry.close()
    expect(existsSync(join(root, '.nofx'))).toBe(false)
  })
})

test.each<[what: string, env: RegistryEnv, message: string]>([
  [
    'no key',
    { SUPABASE_URL: 'https://abc.supabase.co' },
    'SUPABASE_URL is set, and no credential for https://abc.supabase.co is',
  ],
  ['a token and no URL', { NOFX_TOKEN: 'a.b.c' }, 'NOFX_TOKEN is set but SUPABASE_URL is not'],
  [
    'a newline at the end of a key',
    { SUPABASE_URL: 'https://abc.supabase.co', SUPABASE_SECRET_KEY: `${SECRET}\n` },
    'SUPABASE_SECRET_KEY ends with a line feed',
  ],
  [
    'a secret key as the publishable one',
    { SUPABASE_URL: 'https://abc.supabase.co', SUPABASE_PUBLISHABLE_KEY: SECRET },
    'SUPABASE_PUBLISHABLE_KEY holds a secret key',
  ],
  [
    'a token of another form',
    { SUPABASE_URL: 'https://abc.supabase.co', NOFX_TOKEN: SECRET },
    'NOFX_TOKEN is not a JSON Web Token',
  ],
  ['no URL', { SUPABASE_SECRET_KEY: SECRET }, 'SUPABASE_SECRET_KEY is set but SUPABASE_URL is not'],
  [
    'plain http',
    { SUPABASE_URL: 'http://abc.supabase.co', SUPABASE_SECRET_KEY: SECRET },
    'SUPABASE_URL "http://abc.supabase.co" is not the https URL of a project',
  ],
  [
    'the two swapped',
    { SUPABASE_URL: SECRET, SUPABASE_SECRET_KEY: 'https://abc.supabase.co' },
    'SUPABASE_URL "sb_secret_…" is not the https URL of a project',
  ],
  [
    'a publishable key',
    { SUPABASE_URL: 'https://abc.supabase.co', SUPABASE_SECRET_KEY: `sb_publishable_${'a'.repeat(22)}` },
    'SUPABASE_SECRET_KEY holds a publishable key',
  ],
  [
    'no key at all',
    { SUPABASE_URL: 'https://abc.supabase.co', SUPABASE_SECRET_KEY: 'hunter2' },
    'SUPABASE_SECRET_KEY does not look like a key',
  ],
  ...[
    ['a line feed', '\n', 'ends with a line feed'],
    ['the line feed of Windows', '\r\n', 'ends with a line feed'],
    ['a blank', ' ', 'has blanks around it'],
  ].flatMap(([what, end, says]): [string, Record<string, string>, string][] => [
    [
      `a key with ${what} at its end`,
      { SUPABASE_URL: 'https://abc.supabase.co', SUPABASE_SECRET_KEY: `${SECRET}${end}` },
      `SUPABASE_SECRET_KEY ${says}`,
    ],
    [
      `a URL with ${what} at its end`,
      { SUPABASE_URL: `https://abc.supabase.co${end}`, SUPABASE_SECRET_KEY: SECRET },
      `SUPABASE_URL ${says}`,
    ],
  ]),
  [
    'no PostgreSQL',
    { NOFX_DATABASE_URL: 'mysql://root:hunter2@db/x' },
    'NOFX_DATABASE_URL is not a PostgreSQL URL',
  ],
])('an invalid configuration is refused: %s', async (_what, env, message) => {
  const failure = await open(temporaryFolder(), env).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Failure)
  expect(failure).toMatchObject({ code: 'CONFIG', message, exit: 2 })
  expect(JSON.stringify(failure)).not.toMatch(/hunter2|abcdefghijkl/)
})

test('an unreachable database is named without its password', async () => {
  const env = { NOFX_DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:9/nofx' }
  const failure = await open(temporaryFolder(), env).catch((error: unknown) => error)
  expect(failure).toMatchObject({
    code: 'REMOTE_FAILED',
    message: 'postgres://127.0.0.1:9/nofx cannot be reached (ECONNREFUSED)',
    hint: 'start that server, or unset NOFX_DATABASE_URL to use the embedded one',
  })
  expect(String((failure as Failure).stack)).not.toContain('hunter2')
})

test.each([
  [`apikey ${SECRET} is wrong`, 'apikey sb_secret_… is wrong'],
  ['Bearer eyJhbGciOi.eyJyb2xlIjo.c2lnbmF0dXJl', 'Bearer eyJ…'],
  ['postgres://me:hunter2@host/db is down', 'postgres://me:…@host/db is down'],
  ['nothing secret', 'nothing secret'],
])('messages are shown without keys: %s', (text, shown) => {
  expect(withoutKeys(text)).toBe(shown)
})
