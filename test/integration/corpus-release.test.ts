import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'

const CORPUS = resolve('../shared/corpus/claude-plugins')
const present = existsSync(CORPUS)
if (!present) console.warn('skipped: the corpus of real agents and workflows (../shared/corpus) is not here')

const TEMPLATE = 'packages/shared/templates/tdd-refactor/template.json'
/** The agent that the template's step names. */
const PROMPT = 'packages/shared/agents/tdd-workflows-tdd-orchestrator/prompts/system.md'

describe.skipIf(!present)('the imported agents and workflows as one registry', () => {
  let project: PostgresProject
  const run = (...words: string[]) => project.run(...words, '--json')
  const read = (path: string) => readFileSync(join(project.root, path), 'utf8')
  const heads = async (): Promise<{ kind: string; id: string; state: string; liveDigest: string }[]> =>
    (await run('registry', 'list')).json.data.heads

  beforeAll(async () => {
    project = await PostgresProject.create()
    await project.run('import', 'claude', CORPUS, '--owner', '@acme/agents')
    project.commit('import')
  })
  afterAll(async () => {
    expect(await checkInvariants(project.database)).toEqual([])
    await project.remove()
  })

  let first: string

  it('agents and workflows are published in one release', async () => {
    const { exit, json } = await run('registry', 'publish')
    first = json.data.result.releaseId
    const kinds = json.data.result.outcomes.map(
      (row: { kind: string; outcome: string }) => `${row.outcome} ${row.kind}`,
    )
    expect({ exit, agents: kinds.filter((one: string) => one === 'added agents').length }).toEqual({
      exit: 0,
      agents: 202,
    })
    expect(kinds.filter((one: string) => one === 'added templates')).toHaveLength(26)
  })

  it('undoing that release removes all of them, and publishing again with --unhold brings them back', async () => {
    const undone = await run('registry', 'rollback', '--release', first, '--reason', 'not yet')
    expect({ exit: undone.exit, left: await heads() }).toEqual({ exit: 0, left: [] })
    expect((await run('registry', 'publish', '--unhold')).exit).toBe(0)
    expect(await heads()).toHaveLength(228)
  })

  it('undoing a release of both kinds restores both', async () => {
    const before = await heads()
    project.write({ [PROMPT]: `${read(PROMPT)}\nBe brief.\n` })
    project.write({ [TEMPLATE]: { ...JSON.parse(read(TEMPLATE)), name: 'Refactor' } }).commit('both')
    const { json } = await run('registry', 'publish')
    expect(json.data.result.outcomes.map((row: { kind: string }) => row.kind)).toEqual([
      'agents',
      'templates',
    ])
    const undone = await run(
      'registry',
      'rollback',
      '--release',
      json.data.result.releaseId,
      '--reason',
      'worse',
    )
    expect(undone).toMatchObject({ exit: 0, json: { data: { result: { outcomes: { length: 2 } } } } })
    const digests = (list: Awaited<ReturnType<typeof heads>>) =>
      list.map(({ id, liveDigest }) => [id, liveDigest])
    expect(digests(await heads())).toEqual(digests(before))
  })

  it('an agent that a live workflow needs cannot be removed', async () => {
    project.git('rm', '-rq', 'packages/shared/agents/tdd-workflows-tdd-orchestrator')
    const { exit, json } = await project
      .commit('gone')
      .run('registry', 'publish', 'agents', '--prune', '--yes', '--json')
    expect({ exit, code: json.error.code }).toEqual({ exit: 1, code: 'REFUSED' })
    expect(json.error.message).toContain('templates/')
  })
})
