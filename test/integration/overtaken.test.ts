import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { agentFiles, TestProject } from '../harness/project.ts'

describe('a team that shares one PostgreSQL', { timeout: 120_000 }, () => {
  let db: CloudDatabase
  let project: TestProject
  let clone: TestProject

  beforeEach(async () => {
    db = await openedDatabase()
    project = new TestProject({ NOFX_DATABASE_URL: db.url }, { resident: true })
    project.write(agentFiles('reviewer')).commit('start')
    clone = new TestProject({ NOFX_DATABASE_URL: db.url }, { resident: true })
  })
  afterEach(async () => {
    expect(await checkInvariants(db)).toEqual([])
    project.remove()
    clone.remove()
    await db.drop()
  })

  const releases = async () => (await db.query('select id from public.registry_releases')).length
  const publish = ['registry', 'publish', '--json']

  it('one commit that is published from two clones at once becomes one release', async () => {
    execFileSync('git', ['pull', '-q', project.root, 'main'], { cwd: clone.root })
    const runs = await Promise.all([project.run(...publish), clone.run(...publish)])
    expect(runs.map(({ exit }) => exit)).toEqual([0, 0])
    expect(await releases()).toBe(1)
    const { exit } = await clone.run('registry', 'verify', '--deep')
    expect(exit).toBe(0)
  })

  it('a plan that a newer commit has overtaken is refused, names that commit and changes nothing', async () => {
    expect(await project.run(...publish, '--out', 'older.json')).toMatchObject({ exit: 0 })
    project.write(agentFiles('reviewer', {}, 'You review.\n')).commit('newer')
    expect(await project.run(...publish)).toMatchObject({ exit: 0 })
    const newer = project.git('rev-parse', 'HEAD').slice(0, 12)
    project.write(agentFiles('reviewer'))
    const late = await project.run(...publish, '--plan', 'older.json')
    expect(late).toMatchObject({ exit: 4, json: { ok: false, error: { code: 'STALE' } } })
    expect(late.json.error.message).toContain(newer)
    expect(await releases()).toBe(1)
  })

  it('a release can be undone, published again with --unhold, and undone again', async () => {
    await project.run(...publish)
    project.write(agentFiles('reviewer', {}, 'You shout.\n')).commit('loud')
    const sha = project.git('rev-parse', 'HEAD').trim()
    const undo = ['registry', 'rollback', '--release', sha, '--reason', 'too loud', '--json']
    for (const version of [2, 4]) {
      const { json } = await project.run(...publish, '--unhold')
      expect(json.data.result.outcomes).toMatchObject([{ id: 'reviewer', version }])
      const undone = await project.run(...undo)
      expect(undone.json).toMatchObject({
        ok: true,
        data: { result: { replayed: false, outcomes: [{ outcome: 'rolled-back', version: version + 1 }] } },
      })
    }
  })
})
