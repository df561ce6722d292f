import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { requireShape } from '../harness/documents.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { startDevInTest } from './support/start-dev.ts'

/** The other shells of this folder: nothing in their environment names a registry. */
const elsewhere = { env: { NOFX_DATABASE_URL: '' } }
const left = (project: TestProject) =>
  ['dev.json', 'dev.lock', 'lock'].filter((name) => existsSync(join(project.root, '.nofx', name)))

describe('nofx dev on a PostgreSQL server', () => {
  let project: PostgresProject
  let db: string[]
  beforeEach(async () => {
    project = await PostgresProject.create({ resident: false })
    db = ['--db', project.database.url.replace('postgres@', 'postgres:hunter2@')]
  })
  afterEach(() => project.remove())

  test('nofx dev on PostgreSQL publishes the samples, serves other commands of the folder, and ends without leftovers', async () => {
    project.withSamples().commit()
    const dev = startDevInTest(project, [...db, '--seed', '--no-watch'])
    const url = await dev.url
    await dev.says(/seed: 8 published as release /)

    const [listed, published, anonymous, second] = await Promise.all([
      project.runWith(elsewhere, 'registry', 'list', '--json'),
      project
        .write(agentFiles('newcomer'))
        .commit()
        .runWith(elsewhere, 'registry', 'publish', 'agents', '--only', 'newcomer'),
      fetch(`${url}/api/agents`),
      project.runWith(elsewhere, 'dev', '--port', '0', '--json'),
    ])
    expect(listed.json.data.heads.length).toBeGreaterThanOrEqual(8)
    expect(published.stdout).toContain(`(nofx dev ${url}, event `)
    expect({ exit: published.exit, stderr: published.stderr }).toEqual({ exit: 0, stderr: '' })
    expect(anonymous.status).toBe(200)
    expect({ exit: second.exit, ...second.json.error }).toMatchObject({
      exit: 3,
      code: 'EMBEDDED_LOCKED',
      message: `nofx dev serves this folder already: process ${dev.child.pid}, ${url}`,
      detail: { pid: dev.child.pid, url },
    })

    dev.child.kill('SIGTERM')
    expect(await dev.ended).toEqual({ exit: 0, signal: null })
    expect(left(project)).toEqual([])
    await expect(fetch(url)).rejects.toThrow()
    const { publishable, secret, jwtSecret } = JSON.parse(
      readFileSync(join(project.root, '.nofx/keys.json'), 'utf8'),
    )
    for (const key of [publishable, secret, jwtSecret, 'hunter2'])
      expect(dev.output() + published.stdout).not.toContain(key.slice(0, 30))
  })

  test('a killed nofx dev does not stop the next one, which prints its address in one document', async () => {
    project.write(agentFiles('good')).commit()
    const killed = startDevInTest(project, db)
    await killed.url
    killed.child.kill('SIGKILL')
    // Ends only when the process that served has ended too: it holds the same output.
    await killed.ended
    expect(left(project)).toEqual(['dev.json', 'dev.lock'])

    const dev = startDevInTest(project, [...db, '--json', '--no-watch'])
    await dev.says(/^\}$/m)
    requireShape(['dev', '--json'], dev.stdout())
    const { ok, data, diagnostics } = JSON.parse(dev.stdout())
    expect({ ok, ...data, diagnostics }).toEqual({
      ok: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      pid: dev.child.pid,
      runtime: 'deno',
      keys: '.nofx/keys.json',
      diagnostics: [],
    })
    dev.child.kill('SIGINT')
    expect(await dev.ended).toEqual({ exit: 0, signal: null })
    expect(left(project)).toEqual([])
  })
})

test('an unreachable database is named without its password, and nothing is left behind', async () => {
  const project = new TestProject({}, { empty: true })
  const dev = startDevInTest(project, ['--db', 'postgres://me:hunter2@127.0.0.1:1/nofx'])
  expect(await dev.ended).toEqual({ exit: 3, signal: null })
  expect(dev.output()).toMatch(/^error REMOTE_FAILED postgres:\/\/127\.0\.0\.1:1\/nofx cannot be reached/)
  expect(dev.output()).not.toContain('hunter2')
  expect(left(project)).toEqual([])
  await project.remove()
})
