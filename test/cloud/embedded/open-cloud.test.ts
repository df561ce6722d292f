import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Cloud, type CloudOptions, openCloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { Failure } from '../../../src/contract/failure.ts'
import { placeEmbedded } from '../../harness/embedded-template.ts'
import { buildScript, runScript } from '../support/node-script.ts'
import { temporaryFolder, temporaryRoot } from '../support/temporary-folder.ts'

const GZIP = { contentType: 'application/gzip' }
const opener = buildScript(join(import.meta.dirname, 'support/opener.ts'))

async function open(root: string, options: Partial<CloudOptions> = {}): Promise<Cloud> {
  const cloud = await openCloud({ root, waitMs: 0, ...options })
  onTestFinished(() => cloud.close())
  return cloud
}

async function openPlaced(root: string): Promise<Cloud> {
  await placeEmbedded(root)
  return open(root)
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(Failure)
  return error as Failure
}

/** Every file under a folder with its size and time, to see that nothing was changed. */
function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    files.map((file) => {
      const { size, mtimeMs } = statSync(file)
      return [file, `${size} ${mtimeMs}`]
    }),
  )
}

describe('opening the embedded cloud for the first time', () => {
  const root = temporaryRoot()
  let first: Cloud
  beforeAll(async () => {
    first = await openCloud({ root: root.path })
  })
  afterAll(async () => {
    await first.close()
    root.remove()
  })

  test('the first open creates a folder that git ignores, with keys that only the owner can read', () => {
    const folder = join(root.path, '.nofx')
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n')
    expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600)
    expect(first.keys.secret).toMatch(/^sb_secret_/)
    expect(first.keys.publishable).toMatch(/^sb_publishable_/)
    const names = readdirSync(folder).filter((name) => !/^lock\..+\.held$/.test(name))
    const made = ['.gitignore', 'db', 'keys.json', 'lock', 'schema-cache.json', 'storage']
    expect(names.sort()).toEqual(made)
  })

  test('a later open finds the stored data, the same keys and the bucket, and the lock is released', async () => {
    const bytes = Buffer.from('a bundle')
    const key = `agents/reviewer/${'a'.repeat(64)}.tar.gz`
    expect((await first.client.storage.from('registry').upload(key, bytes, GZIP)).error).toBeNull()
    await first.close()
    expect(existsSync(join(root.path, '.nofx/lock'))).toBe(false)
    const second = await open(root.path)
    expect(second.keys).toEqual(first.keys)
    const { data } = await second.client.storage.from('registry').download(key)
    expect(Buffer.from(await data!.arrayBuffer())).toEqual(bytes)
  })

  test('the first open prints nothing, and the secret key nowhere', async () => {
    const root = temporaryFolder()
    const run = await runScript(opener, [root, 'noise'], { DEBUG: '' }).ended
    expect(run).toEqual({ code: 0, signal: null, stdout: 'open\ndone\n', stderr: '' })
  })

  test('a first open that is killed half-way leaves a folder that opens', async () => {
    const root = temporaryFolder()
    const dying = runScript(opener, [root, 'hold'])
    await untilExists(join(root, '.nofx/db.partial'), join(root, '.nofx/db'))
    dying.child.kill('SIGKILL')
    await dying.ended
    const cloud = await open(root)
    expect((await cloud.client.storage.from('registry').list('agents')).error).toBeNull()
    expect(existsSync(join(root, '.nofx/db.partial'))).toBe(false)
  })
})

test('a process killed during writes leaves every write that was confirmed', async () => {
  const root = temporaryFolder()
  await placeEmbedded(root)
  for (const stopAfter of ['stored 3', 'stored 11']) {
    const dying = runScript(opener, [root, 'write', stopAfter])
    await dying.says(stopAfter)
    dying.child.kill('SIGKILL')
    const { stdout } = await dying.ended
    const told = stdout.split('\n').filter((line) => line.startsWith('stored ')).length
    const cloud = await openCloud({ root, waitMs: 0 })
    const { data } = await cloud.client.storage.from('registry').list(`kills/${stopAfter.replace(' ', '-')}`)
    expect(data!.length).toBeGreaterThanOrEqual(told)
    await cloud.close()
  }
})

describe('a damaged folder of the embedded cloud', () => {
  const cases: [what: string, breakIt: (folder: string) => void, message: RegExp][] = [
    [
      'a file stands where .nofx should be',
      (folder) => {
        rmSync(folder, { recursive: true })
        writeFileSync(folder, 'x')
      },
      /\.nofx" is not a folder$/,
    ],
    [
      'a file stands where the database should be',
      (folder) => {
        rmSync(join(folder, 'db'), { recursive: true })
        writeFileSync(join(folder, 'db'), 'x')
      },
      /db" is not a folder$/,
    ],
    [
      'the database lost its version file',
      (folder) => rmSync(join(folder, 'db/PG_VERSION')),
      /PG_VERSION" is missing$/,
    ],
    ['the database folder is empty', (folder) => emptyFolder(join(folder, 'db')), /PG_VERSION" is missing$/],
    [
      'the control file is cut short',
      (folder) => writeFileSync(join(folder, 'db/global/pg_control'), 'x'),
      /the database in ".*db" cannot be opened$/,
    ],
    ['the log is gone', (folder) => emptyFolder(join(folder, 'db/pg_wal')), /cannot be opened$/],
    [
      'the keys are not JSON',
      (folder) => writeFileSync(join(folder, 'keys.json'), '{'),
      /does not hold the keys/,
    ],
    [
      'the keys have another shape',
      (folder) => writeFileSync(join(folder, 'keys.json'), '{"secret":"sb_secret_hunter2"}'),
      /does not hold the keys/,
    ],
    [
      'a folder stands where the keys should be',
      (folder) => {
        rmSync(join(folder, 'keys.json'))
        mkdirSync(join(folder, 'keys.json'))
      },
      /keys\.json" is not a file$/,
    ],
    [
      'a file stands where the bundles should be',
      (folder) => {
        rmSync(join(folder, 'storage'), { recursive: true })
        writeFileSync(join(folder, 'storage'), 'x')
      },
      /storage" is not a folder$/,
    ],
  ]

  test.each(cases)(
    'a damaged folder is refused with the command that fixes it, and not changed: %s',
    async (_what, breakIt, message) => {
      const root = temporaryFolder()
      const folder = join(root, '.nofx')
      await placeEmbedded(root)
      breakIt(folder)
      const before = statSync(folder).isDirectory() ? snapshot(folder) : {}
      const failure = await failureOf(openCloud({ root, waitMs: 0 }))
      expect(failure.code).toBe('EMBEDDED_CORRUPT')
      expect(failure.message).toMatch(message)
      expect(`${failure.message} ${failure.hint}`).not.toContain('hunter2')
      expect(failure.hint).toBe(`set it aside and publish again: mv ${folder} ${folder}.broken`)
      if (statSync(folder).isDirectory()) {
        const after = snapshot(folder)
        for (const [file, content] of Object.entries(before)) expect(after[file], file).toBe(content)
        expect(existsSync(join(folder, 'lock'))).toBe(false)
      }
    },
  )
})

describe('a second process in the same folder', () => {
  test('a second process gets the name of the process that holds the folder', async () => {
    const root = temporaryFolder()
    await placeEmbedded(root)
    const other = runScript(opener, [root, 'hold'])
    await other.says('open')
    const failure = await failureOf(openCloud({ root, waitMs: 0 }))
    expect(failure.code).toBe('EMBEDDED_LOCKED')
    expect(failure.message).toContain(`process ${other.pid}`)
    other.child.stdin!.end()
    await other.ended
  })

  test('processes that open an empty folder at once wait for each other, and all work', async () => {
    const root = temporaryFolder()
    const runs = await Promise.all([1, 2, 3].map(() => runScript(opener, [root, 'noise']).ended))
    expect(runs.map((run) => run.code)).toEqual([0, 0, 0])
  })
})

describe('a cloud whose lock file was removed', () => {
  const key = `agents/reviewer/${'b'.repeat(64)}.tar.gz`

  test('a cloud without its lock refuses requests, lets no other process in, and writes nothing when it closes', async () => {
    const root = temporaryFolder()
    const cloud = await openPlaced(root)
    const bucket = cloud.client.storage.from('registry')
    const contentType = 'application/gzip'
    expect((await bucket.upload(key, Buffer.from('a bundle'), { contentType })).error).toBeNull()
    rmSync(join(root, '.nofx/lock'))
    expect((await failureOf(openCloud({ root, waitMs: 0 }))).code).toBe('EMBEDDED_LOCKED')
    const { error } = await cloud.client.rpc('registry_version')
    expect(error).toMatchObject({
      code: 'EMBEDDED_LOCKED',
      hint: expect.stringContaining('run the command again'),
    })
    expect((await bucket.upload(key.replaceAll('b', 'c'), Buffer.from('another'))).error).not.toBeNull()
    const before = snapshot(join(root, '.nofx/db'))
    await cloud.close()
    expect(snapshot(join(root, '.nofx/db'))).toEqual(before)
    const next = await open(root)
    expect((await next.client.storage.from('registry').download(key)).error).toBeNull()
  })
})

describe('simultaneous requests to the embedded cloud', () => {
  test('simultaneous requests keep their roles: anonymous readers see nothing of the private bucket', async () => {
    const cloud = await openPlaced(temporaryFolder())
    const uploads = Array.from({ length: 20 }, (_, at) =>
      cloud.client.storage.from('registry').upload(`agents/a/${at}.tar.gz`, Buffer.from('x'), GZIP),
    )
    const peeks = Array.from({ length: 20 }, () => cloud.anonClient.storage.from('registry').list('agents/a'))
    for (const { error } of await Promise.all(uploads)) expect(error).toBeNull()
    for (const { data } of await Promise.all(peeks)) expect(data).toEqual([])
    expect((await cloud.client.storage.from('registry').list('agents/a')).data).toHaveLength(20)
  })

  test('requests under way are answered before the cloud closes', async () => {
    const root = temporaryFolder()
    await placeEmbedded(root)
    const cloud = await openCloud({ root })
    const headers = { apikey: cloud.keys.secret }
    const answer = cloud.fetch('http://embedded.localhost/storage/v1/bucket/registry', { headers })
    await Promise.all([cloud.close(), cloud.close()])
    expect((await answer).status).toBe(200)
    expect(await (await answer).json()).toMatchObject({ id: 'registry', public: false })
  })
})

test('an object key that is not a plain path writes nothing outside of its bucket', async () => {
  const root = temporaryFolder()
  const cloud = await openPlaced(root)
  const folder = join(root, '.nofx')
  const keysBefore = readFileSync(join(folder, 'keys.json'), 'utf8')
  const bad = [
    '../../keys.json',
    'agents/../../x',
    '/etc/passwd',
    'a/./b',
    'a//b',
    'a\\b',
    '.hidden',
    'con:',
    'ä',
    'a.',
  ]
  for (const key of bad) {
    const path = key.split('/').map(encodeURIComponent).join('/')
    const url = `http://embedded.localhost/storage/v1/object/registry/${path}`
    const headers = { apikey: cloud.keys.secret, 'content-type': 'application/gzip' }
    const { status } = await cloud.fetch(url, { method: 'POST', headers, body: 'x' })
    if (status < 400) expect(new URL(url).pathname, key).toMatch(/\/object\/registry\/[\w/]+$/)
  }
  expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toBe(keysBefore)
  const top = readdirSync(join(folder, 'storage'))
  expect(top.filter((name) => !['registry', '.uploading'].includes(name))).toEqual([])
  expect(readdirSync(root)).toEqual(['.nofx'])
})

function emptyFolder(folder: string): void {
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
}

async function untilExists(...paths: string[]): Promise<void> {
  while (!paths.some((path) => existsSync(path))) await new Promise((resolve) => setImmediate(resolve))
}
