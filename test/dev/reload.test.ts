import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'
import { startDevInTest } from './support/start-dev.ts'

const MIGRATION = 'supabase/migrations/29990101000000_create_later.sql'
let home: string

/** A checkout of nofx whose files a test may change, as far as the built CLI needs one. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'nofx-checkout-'))
  for (const path of ['bin', 'dist', 'supabase/migrations', 'package.json', 'oclif.manifest.json'])
    cpSync(path, join(home, path), { recursive: true, preserveTimestamps: true })
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'))
  mkdirSync(join(home, 'src/dev'), { recursive: true })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('a changed definition is published again, and its findings are shown with their places', async () => {
  const project = await PostgresProject.create()
  onTestFinished(() => project.remove())
  const [manifest = ''] = Object.keys(agentFiles('good'))
  project.write(agentFiles('good')).commit()
  const dev = startDevInTest(project, ['--db', project.database.url, '--seed'], {}, home)
  const listed = async () => {
    const { items } = (await (await fetch(`${await dev.url}/api/agents`)).json()) as {
      items: { id: string; version: number }[]
    }
    return items.map(({ id, version }) => `${id} v${version}`)
  }
  await dev.says(/seed: 1 published/)
  expect(await listed()).toEqual(['good v1'])

  let from = dev.output().length
  const broken = readFileSync(join(project.root, manifest), 'utf8').replace('@acme/tools', 'no owner at all')
  project.write({ [manifest]: broken })
  await dev.says(/seed: nothing was published, 1 error/, from)
  expect(dev.output().slice(from)).toMatch(
    /packages\/shared\/agents\/good\/agent\.json:\d+:\d+ error \w+ .*owner/,
  )
  expect(await listed()).toEqual(['good v1'])

  from = dev.output().length
  project.write(agentFiles('good', { description: 'Does it better now.' })).write(agentFiles('other'))
  await dev.says(/seed: 2 published/, from)
  expect(await listed()).toEqual(['good v2', 'other v1'])
  dev.child.kill('SIGTERM')
  expect(await dev.ended).toEqual({ exit: 0, signal: null })
})

test('changed code restarts the server on the same port; after a change that fails it waits for the next one', async () => {
  const project = await PostgresProject.create()
  onTestFinished(() => project.remove())
  project.write(agentFiles('good')).commit()
  const dev = startDevInTest(project, ['--db', project.database.url], {}, home)
  const url = await dev.url
  const change = async (sql: string, outcome: RegExp) => {
    const from = dev.output().length
    writeFileSync(join(home, MIGRATION), sql)
    await dev.says(outcome, from)
    return dev.output().slice(from)
  }
  const said = await change('create table nothing (id no_such_type);', /not reloaded: .+/)
  expect(said).toMatch(/error REMOTE_FAILED .*migration 29990101000000_create_later failed: .*no_such_type/)
  await expect(fetch(url)).rejects.toThrow()

  await change('create table public.later (id int);', /^reloaded$/m)
  expect((await fetch(url)).status).toBe(200)
  expect(await project.database.query(`select to_regclass('public.later') is not null as there`)).toEqual([
    { there: true },
  ])
  const { stdout, exit } = await project.runWith({ env: { NOFX_DATABASE_URL: '' } }, 'registry', 'list')
  expect({ stdout, exit }).toEqual({ stdout: 'Nothing has been published yet.\n', exit: 0 })

  dev.child.kill('SIGTERM')
  expect(await dev.ended).toEqual({ exit: 0, signal: null })
})
