import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

const HOOK = { NOFX_DEPLOY_HOOK_URL: 'http://127.0.0.1:1/deploy/prj_x/TopSecret' }

/** A definition that is published as a draft although its manifest says active: the tests are its days. */
describe('publish --draft', () => {
  let project: PostgresProject
  const run = (...words: string[]) => project.run('registry', ...words, '--json')
  const text = async (...words: string[]) => (await project.run('registry', ...words)).stdout
  const listed = async () =>
    (await run('list', 'agents')).json.data.heads.map(
      (head: { id: string; state: string; version: number; draftVersion: number }) =>
        `${head.id} ${head.state} live ${head.version} draft ${head.draftVersion}`,
    )
  const moves = async (id: string) =>
    (await run('history', 'agents', id)).json.data.revisions
      .map(
        (one: { version: number; state: string; origin: string }) =>
          `${one.version} ${one.state} ${one.origin}`,
      )
      .reverse()
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write({ ...agentFiles('ada', { version: '1.0.0' }), '.gitignore': 'plan*.json\n' }).commit()
    expect((await run('publish')).exit).toBe(0)
    project.write(agentFiles('ada', { version: '1.1.0' }, 'Other words.\n')).commit()
  })
  afterAll(async () => {
    expect(await checkInvariants(project.database)).toEqual([])
    await project.remove()
  })

  it('publish --draft shows beforehand what becomes a draft, and what stays live', async () => {
    const dry = await text('publish', 'agents', '--draft', '--dry-run')
    expect(dry).toMatch(/^~ agents\/ada {2}v1 \w{12} → \w{12} {2}as a draft; v1 stays live$/m)
    expect(dry).toMatch(/1 changed, 0 unchanged, .*all as drafts {2}\(/)
    expect(await listed()).toEqual(['ada active live 1 draft null'])
  })

  it('publish --draft puts a draft beside the live version, with the digest that a publish has', async () => {
    const { digest } = (await run('publish', '--dry-run')).json.data.plan.items[0]
    expect(await text('publish', 'agents', '--draft')).toMatch(/^~ agents\/ada {2}updated v2 as a draft$/m)
    expect(await listed()).toEqual(['ada active live 1 draft 2'])
    const { revision } = (await run('show', 'agents', 'ada')).json.data
    expect(revision).toMatchObject({ version: 2, state: 'draft', digest, manifest: { version: '1.1.0' } })
  })

  it('publish --draft of the same content changes nothing', async () => {
    expect((await run('publish', '--draft')).json.data).toMatchObject({
      plan: { items: [], unchanged: 1, draft: true },
      result: { releaseId: null },
    })
  })

  it('a publish of the same content makes the draft live', async () => {
    const dry = await run('publish', '--dry-run')
    const [item] = dry.json.data.plan.items
    // Against what readers see, not against the draft, which differs in nothing.
    expect(item).toMatchObject({ action: 'change', liveVersion: 1, digest: item.previousDigest })
    expect(item.diff.files).toMatchObject([{ path: 'prompts/system.md' }])
    expect(await text('publish', '--dry-run')).toMatch(/^~ agents\/ada {2}v2 \w{12} {2}the draft goes live$/m)
    expect((await run('publish')).exit).toBe(0)
    expect(await listed()).toEqual(['ada active live 3 draft null'])
    expect(await moves('ada')).toEqual(['1 active publish', '2 draft publish', '3 active publish'])
    expect((await run('publish', '--draft')).json.data.plan).toMatchObject({ items: [], unchanged: 1 })
  })

  it('a promotion makes the draft live', async () => {
    project.write(agentFiles('bob')).commit()
    await run('publish', '--draft')
    expect(await listed()).toEqual(['ada active live 3 draft null', 'bob draft live null draft 1'])
    expect((await run('promote', 'agents', 'bob')).exit).toBe(0)
    expect(await moves('bob')).toEqual(['1 draft publish', '2 active promote'])
    expect((await run('publish')).json.data.plan).toMatchObject({ items: [], unchanged: 2 })
  })

  it('a plan file keeps the draft flag', async () => {
    project.write(agentFiles('cyd')).commit()
    await run('publish', '--draft', '--out', 'plan.json')
    expect((await run('publish', '--plan', 'plan.json')).exit).toBe(0)
    expect(await listed()).toContain('cyd draft live null draft 1')
  })

  it('a draft may require a draft; a publish may not', async () => {
    project.write(agentFiles('dan', { dependencies: { agents: ['cyd'] } })).commit()
    const refused = await run('publish', '--only', 'dan')
    expect({ exit: refused.exit, code: refused.json.error.code }).toEqual({ exit: 1, code: 'FINDINGS' })
    expect(refused.json.diagnostics).toMatchObject([{ rule: 'NOFX_REFERENCE_NOT_LIVE' }])
    expect((await run('publish', '--only', 'dan', '--draft')).exit).toBe(0)
    const early = await run('promote', 'agents', 'dan')
    expect(early.json.error).toMatchObject({ code: 'REFUSED', detail: { rule: 'NOFX_REFERENCE_MISSING' } })
    expect((await run('publish')).exit).toBe(0)
    expect(await listed()).toEqual([
      'ada active live 3 draft null',
      'bob active live 2 draft null',
      'cyd active live 2 draft null',
      'dan active live 2 draft null',
    ])
  })

  it('publish --draft removes nothing', async () => {
    const { exit, json } = await run('publish', '--draft', '--prune')
    expect({ exit, code: json.error.code }).toEqual({ exit: 2, code: 'USAGE' })
  })

  it('a draft can be published and promoted in a preview, where production is unchanged and no hook is called', async () => {
    const before = await listed()
    expect((await project.run('preview', 'up', 'try', '--json')).exit).toBe(0)
    project.write(agentFiles('ada', { version: '1.2.0' }, 'Words of a branch.\n')).commit()
    const there = (...words: string[]) =>
      project.runWith({ env: HOOK }, 'registry', ...words, '--env', 'try', '--json')
    expect(await there('publish', '--draft')).toMatchObject({ exit: 0 })
    const promoted = await there('promote', 'agents', 'ada')
    expect(promoted.json.data).toMatchObject({ result: { outcomes: [{ outcome: 'promoted', version: 5 }] } })
    expect(promoted.json.data).not.toHaveProperty('deployHook')
    const at = (await there('history', 'agents', 'ada')).json.data.revisions[0].createdAt
    expect((await there('history', 'agents', 'ada', '--at', at)).json.data.revision.version).toBe(5)
    expect(await listed()).toEqual(before)
    await project.run('preview', 'down', 'try')
  })
})
