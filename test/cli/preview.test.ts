import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun } from '../harness/project.ts'

const failureOf = ({ exit, json }: CliRun) => ({ exit, code: json.error?.code })
const PULL = { GITHUB_REPOSITORY: 'octo/agents', GITHUB_REF: 'refs/pull/7/merge' }

/** A branch's way: the tests are its days, each begins where the last one ended. */
describe('a branch in a preview', () => {
  let project: PostgresProject
  const run = (...words: string[]) =>
    project.runWith({ env: { ...PULL, NOFX_API_URL: '' } }, ...words, '--json')
  const up = (...words: string[]) => run('preview', 'up', 'pr-7', ...words)
  const seen = async (...words: string[]) =>
    (await run('registry', 'list', 'agents', ...words)).json.data.heads.map(
      (head: { id: string; version: number; metadata: { version?: string } }) =>
        `${head.id} v${head.version} ${head.metadata.version ?? ''}`.trim(),
    )
  const left = () =>
    project.database.query(
      `select nspname::text from pg_namespace where nspname like 'preview_%'
       union all select name from storage.objects where name like 'preview-%'`,
    )
  const comment = () => readFileSync(join(project.root, 'comment.md'), 'utf8')

  beforeAll(async () => {
    project = await PostgresProject.create()
    project
      .write(agentFiles('ada', { version: '1.0.0' }))
      .write(agentFiles('bob'))
      .commit()
    expect((await run('registry', 'publish')).exit).toBe(0)
  })
  afterAll(() => project?.remove())

  it('a branch with findings is refused before a preview is made, and the comment has the findings', async () => {
    project.write(agentFiles('ada', { version: 'one' })).commit()
    const refused = await up('--comment', 'comment.md')
    expect(failureOf(refused)).toEqual({ exit: 1, code: 'FINDINGS' })
    expect(refused.json.diagnostics).toMatchObject([{ id: 'ada', severity: 'error' }])
    expect(comment()).toMatch(/Nothing can be published: 1 error/)
    expect((await run('preview', 'list')).json.data.previews).toEqual([])
    expect(await left()).toEqual([])
  })

  it('preview up shows a branch with its differences, and leaves production unchanged', async () => {
    project
      .write(agentFiles('ada', { version: '1.1.0' }, 'You work better.\n'))
      .write(agentFiles('cleo'))
      .commit()
    const env = { ...PULL, NOFX_API_URL: 'https://registry.example.com/api/' }
    const { exit, stdout } = await project.runWith(
      { env },
      'preview',
      'up',
      'pr-7',
      '--comment',
      'comment.md',
    )
    expect(exit).toBe(0)
    for (const line of [
      /^~ agents\/ada {2}v1 /m,
      /^\+ agents\/cleo$/m,
      /^1 added, 1 changed, 1 unchanged, 0 missing from this checkout {2}\(embedded /m,
      /^Preview pr-7 is up: 2 definitions moved in it\.$/m,
      /^ {2}url {6}https:\/\/registry\.example\.com\/api\/agents\?env=pr-7$/m,
      /^ {2}header {3}X-Nofx-Env: pr-7$/m,
      /^ {2}origin {3}octo\/agents#refs\/pull\/7\/merge$/m,
    ])
      expect(stdout).toMatch(line)
    expect(comment()).toContain('[pr-7](https://registry.example.com/api/agents?env=pr-7)')
    expect(await seen('--env', 'pr-7')).toEqual(['ada v2 1.1.0', 'bob v1', 'cleo v1'])
    expect(await seen()).toEqual(['ada v1 1.0.0', 'bob v1'])
  })

  it('preview up changes nothing when it runs again', async () => {
    const again = await up()
    expect(again.json.data).toMatchObject({
      preview: { name: 'pr-7', created: false },
      result: { releaseId: null, outcomes: [] },
      url: null,
    })
    expect(await seen('--env', 'pr-7')).toEqual(['ada v2 1.1.0', 'bob v1', 'cleo v1'])
  })

  it('preview up with a name shows that definition, and the others as in production', async () => {
    for (const words of [['agents/cleo'], ['agents', 'cleo']]) {
      const one = await run('preview', 'up', 'pr-6', ...words)
      expect(one.json.data.plan).toMatchObject({ items: [{ action: 'add', id: 'cleo' }], missing: [] })
      expect(await seen('--env', 'pr-6')).toEqual(['ada v1 1.0.0', 'bob v1', 'cleo v1'])
    }
    expect((await run('preview', 'up', 'pr-6')).exit).toBe(0)
    // The name leaves what an earlier run showed of the others.
    expect((await run('preview', 'up', 'pr-6', 'agents/cleo')).json.data.result.outcomes).toEqual([])
    expect(await seen('--env', 'pr-6')).toEqual(['ada v2 1.1.0', 'bob v1', 'cleo v1'])
    const unknown = await run('preview', 'up', 'pr-6', 'agents/cleopatra')
    expect(failureOf(unknown)).toEqual({ exit: 1, code: 'NOT_FOUND' })
    expect((await run('preview', 'down', 'pr-6')).exit).toBe(0)
  })

  it('preview up --force replaces the preview: other words under the same version, and no more than the branch has', async () => {
    project.git('reset', '-q', '--hard', 'HEAD~2')
    project.write(agentFiles('ada', { version: '1.1.0' }, 'You work best.\n')).commit()
    expect((await up()).json.data.result.outcomes).toMatchObject([
      { id: 'ada', outcome: 'updated', version: 3 },
      { id: 'cleo', outcome: 'removed' },
    ])
    expect(await seen('--env', 'pr-7')).toEqual(['ada v3 1.1.0', 'bob v1'])
    const { plan } = (await run('preview', 'diff', 'pr-7', '--comment', 'comment.md')).json.data
    expect(plan).toMatchObject({ items: [{ action: 'change', id: 'ada' }], missing: [], unchanged: 1 })
    expect(comment()).toMatch(/^\+You work best\.$/m)
  })

  it('preview up --prune removes what the branch no longer has', async () => {
    project.git('rm', '-qr', 'packages/shared/agents/bob')
    project.commit()
    expect((await up()).json.data.plan.missing).toMatchObject([{ id: 'bob' }])
    expect(await seen('--env', 'pr-7')).toEqual(['ada v3 1.1.0', 'bob v1'])
    expect((await up('--prune')).exit).toBe(0)
    expect(await seen('--env', 'pr-7')).toEqual(['ada v3 1.1.0'])
    expect((await run('preview', 'diff', 'pr-7')).json.data.plan.missing).toMatchObject([{ id: 'bob' }])
    expect(await seen()).toEqual(['ada v1 1.0.0', 'bob v1'])
  })

  it.each<[words: string[], answer: object]>([
    [['registry', 'show', 'agents', 'ada'], { revision: { version: 3 } }],
    [
      ['registry', 'history', 'agents', 'ada'],
      { revisions: [{ version: 3 }, { version: 2 }, { version: 1 }] },
    ],
    [
      ['registry', 'diff', 'agents', 'ada', '--from', '1', '--to', '3'],
      { diff: { fields: [{ path: 'version' }] } },
    ],
    [['registry', 'status'], { plan: { items: [], unchanged: 1 } }],
    [['registry', 'publish', '--dry-run'], { plan: { items: [] } }],
    [['registry', 'pull', 'agents', 'ada', '--to', 'copy'], { pulled: [{ id: 'ada', version: 3 }] }],
    [
      ['registry', 'rollback', 'agents', 'ada', '--to', '1', '--reason', 'x'],
      { result: { outcomes: [{ version: 4 }] } },
    ],
    [['registry', 'undelete', 'agents', 'bob'], { result: { outcomes: [{ outcome: 'restored' }] } }],
  ])('nofx %s --env answers for the preview', async (words, answer) => {
    expect((await run(...words, '--env', 'pr-7')).json).toMatchObject({ ok: true, data: answer })
  })

  it('production is unchanged after all of these commands', async () => {
    expect(await seen()).toEqual(['ada v1 1.0.0', 'bob v1'])
    expect((await run('registry', 'releases')).json.data.releases).toHaveLength(1)
    expect((await run('registry', 'releases', '--env', 'pr-7')).json.data.releases).not.toHaveLength(0)
    expect(existsSync(join(project.root, 'copy/agents/ada/agent.json'))).toBe(true)
  })

  it.each<[what: string, words: string[], exit: number, code: string, says: RegExp]>([
    [
      'a name of another origin',
      ['preview', 'up', 'pr-7', '--origin', 'mine'],
      4,
      'CONFLICT',
      /belongs to octo\/agents#/,
    ],
    ['a life of a year', ['preview', 'up', 'pr-8', '--ttl', '8760'], 1, 'REFUSED', /8760 hours/],
    ['an invalid name', ['preview', 'up', 'PR_8'], 2, 'USAGE', /"PR_8" is not a valid preview name/],
    ['an unknown kind', ['preview', 'up', 'pr-8', 'robots'], 2, 'USAGE', /the kind "robots" does not exist/],
    [
      'an invalid URL',
      ['preview', 'up', 'pr-8', '--api-url', 'example'],
      2,
      'USAGE',
      /"example" is not an API URL/,
    ],
    ['reading a missing preview', ['registry', 'list', '--env', 'pr-8'], 1, 'NOT_FOUND', /"pr-8"/],
    [
      'reading with an invalid name',
      ['registry', 'list', '--env', ''],
      2,
      'USAGE',
      /"" is not a valid preview name/,
    ],
    ['comparing a missing preview', ['preview', 'diff', 'pr-8'], 1, 'NOT_FOUND', /"pr-8"/],
  ])('a preview is refused with the reason: %s', async (_what, words, exit, code, says) => {
    const refused = await run(...words)
    expect(failureOf(refused)).toEqual({ exit, code })
    expect(refused.json.error.message).toMatch(says)
    expect(refused.json.error.hint).not.toBe('')
  })

  it('a preview is removed when it expires or is taken down, and nothing of it is left', async () => {
    expect((await run('preview', 'up', 'other')).exit).toBe(0)
    expect((await run('preview', 'sweep')).json.data).toEqual({ dryRun: false, names: [], failed: [] })
    await project.database.query(`update public.registry_previews set expires_at = now() where name = 'pr-7'`)
    expect((await project.run('preview', 'list')).stdout).toMatch(/^pr-7 +expired .*\n/m)
    expect((await run('preview', 'sweep', '--dry-run')).json.data).toEqual({
      dryRun: true,
      names: ['pr-7'],
      failed: [],
    })
    expect((await run('preview', 'sweep')).json.data).toEqual({ dryRun: false, names: ['pr-7'], failed: [] })
    expect((await project.run('preview', 'down', 'other')).stdout).toMatch(/^Preview other is gone/)
    const again = await project.run('preview', 'down', 'other')
    expect([again.exit, again.stdout]).toEqual([0, 'There was no preview other.\n'])
    expect(await left()).toEqual([])
  })
})
