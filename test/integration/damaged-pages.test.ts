import { cpSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { agentFiles, TestProject } from '../harness/project.ts'

const PAGE = 8192
/** Relations that a publish and a list read, with their meaning. */
const RELATIONS: [string, string][] = [
  ['a catalogue of tables', 'pg_catalog.pg_class'],
  ['a catalogue of functions', 'pg_catalog.pg_proc'],
  ['the table of heads', 'public.agent_registry'],
  ['the index of heads', 'public.agent_registry_pkey'],
]
let project: TestProject
let whole: string
const files = new Map<string, string>()

beforeAll(async () => {
  project = new TestProject({}, { resident: true }).write(agentFiles('ada')).commit()
  expect((await project.run('registry', 'publish')).exit).toBe(0)
  const cloud = await openCloud({ root: project.root })
  for (const [, name] of RELATIONS) {
    const { rows } = await cloud.app.connection.exec<{ rows: { path: string }[] }>(
      `select pg_relation_filepath('${name}'::regclass) as path`,
    )
    files.set(name, rows[0]?.path ?? '')
  }
  await cloud.close()
  whole = join(project.root, 'whole')
  cpSync(join(project.root, '.nofx'), whole, { recursive: true })
})
afterAll(() => project.remove())

/** Overwrites the pages of a relation's file, at most the first eight, as a failing disk does. */
function damage(relation: string): void {
  const file = openSync(join(project.root, '.nofx/db', files.get(relation) ?? ''), 'r+')
  for (let page = 0; page < 8; page++) writeSync(file, Buffer.alloc(512, 0xa5), 0, 512, page * PAGE)
}

describe('an embedded cloud with damaged pages', () => {
  it.each(RELATIONS)(
    'damaged pages in %s (%s) are reported as EMBEDDED_CORRUPT with a hint',
    async (_what, relation) => {
      rmSync(join(project.root, '.nofx'), { recursive: true })
      cpSync(whole, join(project.root, '.nofx'), { recursive: true })
      damage(relation)
      project.write({ 'packages/shared/agents/ada/prompts/system.md': `For ${relation}.\n` }).commit()
      const run = await project.run('registry', 'publish', '--json')
      expect(run.json?.error).toMatchObject({
        code: 'EMBEDDED_CORRUPT',
        hint: expect.stringContaining('set it aside and publish again: mv '),
      })
      expect(run.exit).toBe(3)
      expect(run.stderr).not.toMatch(/^\s+at /m)
    },
  )
})
