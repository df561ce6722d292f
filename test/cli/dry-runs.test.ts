import { Chalk } from 'chalk'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { presentRelease } from '../../src/cli/present/release.ts'
import type { EffectOutcome } from '../../src/contract/protocol/effects.ts'
import type { ReleaseResult } from '../../src/contract/protocol/sync.ts'
import type { PlannedMove } from '../../src/core/diff/moves.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'

const PLAIN = new Chalk({ level: 0 })
const OUTCOMES: EffectOutcome[] = [
  'added',
  'updated',
  'removed',
  'restored',
  'promoted',
  'rolled-back',
  'withdrawn',
]

/** The last line about a release. */
function said(
  outcomes: EffectOutcome[],
  rest: Partial<ReleaseResult> = {},
  moves: PlannedMove[] = [],
): string | undefined {
  const rows = outcomes.map((outcome, at) => ({
    kind: 'agents',
    id: `a${at}`,
    outcome,
    version: 4,
    digest: null,
  }))
  const none = { releaseId: null, replayed: false, dryRun: false, seq: 9 }
  return presentRelease({ ...none, ...rest, outcomes: rows }, 'here', PLAIN, { moves })
    .split('\n')
    .at(-1)
}

describe('the last line of a release', () => {
  const done = { releaseId: 'r1' }
  const dry = { dryRun: true }
  const move = (outcome: EffectOutcome, at = 0): PlannedMove => ({
    kind: 'agents',
    id: `a${at}`,
    outcome,
    from: 3,
    content: 1,
  })

  test.each(OUTCOMES)('a definition that is %s is counted as published or changed', (outcome) => {
    expect(said([outcome], done)).toBe('Published 1 change as release r1 (here, event 9).')
    expect(said([outcome], { ...done, replayed: true })).toBe(
      'Published 1 change as release r1 (here, event 9, as answered before).',
    )
    expect(said([outcome, outcome, 'unchanged'], done)).toMatch(/^Published 2 changes/)
    expect(said([outcome], dry)).toBe('Dry run: nothing was written. 1 would move')
    const many = Array.from({ length: 5 }, () => outcome)
    const moves = many.map((_, at) => move(outcome, at))
    expect(said(many, dry, moves)).toMatch(
      /^Dry run: nothing was written\. 5 would move: a0 v.*, a1 v.*, a2 v.*, and 2 more$/,
    )
  })

  test.each<EffectOutcome>(['unchanged', 'held', 'stale'])(
    'a definition that is %s is not counted',
    (outcome) => {
      expect(said([outcome])).toBe('Nothing to do: the registry (here) is up to date.')
      expect(said([outcome], dry)).toBe('Dry run: nothing was written. Nothing would move.')
      expect(said([outcome, 'updated'], done)).toMatch(/^Published 1 change/)
    },
  )

  test.each<[PlannedMove, string]>([
    [move('rolled-back'), 'a0 v3 → content of v1'],
    [{ ...move('removed'), content: null }, 'a0 v3 → removed'],
    [{ ...move('restored'), from: null }, 'a0 nothing live → content of v1'],
    [{ ...move('promoted'), from: null, content: 2 }, 'a0 nothing live → content of v2'],
    [{ ...move('withdrawn'), content: 4 }, 'a0 v4 → content deleted'],
  ])('the last line of a dry run names the change: %#', (one, text) => {
    expect(said([one.outcome], dry, [one])).toBe(`Dry run: nothing was written. 1 would move: ${text}`)
  })
})

const PROMPT = 'packages/shared/agents/one/prompts/system.md'
const WHY = ['--reason', 'undo']

describe('a dry run', () => {
  let project: PostgresProject
  let release: string
  const run = (...words: string[]) => project.run('registry', ...words)
  const publish = async (text: string, ...flags: string[]) => {
    project.write({ [PROMPT]: text }).commit()
    const { exit, json } = await run('publish', '--json', ...flags)
    expect(exit).toBe(0)
    return json.data.result.releaseId as string
  }
  const count = async () => (await run('releases', '--json')).json.data.releases.length
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write({ ...agentFiles('one'), ...agentFiles('two') })
    await publish('first\n')
    release = await publish('second\n')
    await publish('sketch\n', '--draft', '--only', 'one')
  })
  afterAll(() => project.remove())

  const last = ({ stdout }: CliRun) => stdout.trimEnd().split('\n').at(-1)
  const DRY = 'Dry run: nothing was written.'

  it.each<[string, () => string[], string, RegExp]>([
    [
      'a rollback of one',
      () => ['rollback', 'agents', 'one', '--to', '1', ...WHY],
      `${DRY} 1 would move: one v2 → content of v1`,
      /^ +-second\n +\+first$/m,
    ],
    [
      'a rollback of a release',
      () => ['rollback', '--release', release, '--force', ...WHY],
      `${DRY} 1 would move: one v2 → content of v1`,
      /^ +-second\n +\+first$/m,
    ],
    [
      'a promotion',
      () => ['promote', 'agents', 'one'],
      `${DRY} 1 would move: one v2 → content of v3`,
      /^ +-second\n +\+sketch$/m,
    ],
    [
      'a withdrawal',
      () => ['withdraw', 'agents', 'one', '--version', '1', ...WHY],
      `${DRY} 1 would move: one v1 → content deleted`,
      /^x agents\/one/m,
    ],
    ['a publish', () => ['publish', '--only', 'one', '--allow-dirty'], `${DRY} 1 would move`, /agents\/one/],
    [
      'a publish as a draft',
      () => ['publish', '--draft', '--only', 'one', '--allow-dirty'],
      `${DRY} 1 would move`,
      /as a draft; v2 stays live/,
    ],
  ])('a dry run of %s shows the changes, with the differences', async (_, words, line, diff) => {
    project.write({ [PROMPT]: 'third\n' })
    const before = await count()
    const dry = await run(...words(), '--dry-run')
    expect(dry.stderr).toBe('')
    expect(last(dry)).toBe(line)
    expect(dry.stdout).toMatch(diff)
    expect(dry.stdout).not.toContain('Nothing to do')
    expect(await count()).toBe(before)
  })

  it('a dry run works for a prune, for an undelete, and for a command without changes', async () => {
    project.write({ [PROMPT]: 'sketch\n' })
    project.git('rm', '-rq', 'packages/shared/agents/two')
    project.commit('Remove two')
    const prune = ['publish', '--prune', '--yes']
    expect(last(await run(...prune, '--dry-run'))).toMatch(/^Dry run: nothing was written\. [12] would move$/)
    expect((await run(...prune)).exit).toBe(0)
    expect(last(await run('undelete', 'agents', 'two', '--dry-run'))).toBe(
      `${DRY} 1 would move: two nothing live → content of v1`,
    )
    expect(last(await run('publish', '--dry-run'))).toBe(`${DRY} Nothing would move.`)
    expect((await run('withdraw', 'agents', 'one', '--version', '1', ...WHY)).exit).toBe(0)
    const again = ['withdraw', 'agents', 'one', '--version', '1', '--reason', 'again']
    const idle = 'agents/one has no content of that version any more'
    expect(last(await run(...again, '--dry-run'))).toBe(`${DRY} Nothing would move: ${idle}.`)
    expect(last(await run(...again))).toContain(`Nothing to do: ${idle} (`)
    expect(last(await run('withdraw', 'agents', 'one', '--version', '1', ...WHY))).toMatch(
      /^Published 1 change as release .*, as answered before\)\.$/,
    )
  })

  it('a dry run is refused for the same reasons as the real run', async () => {
    for (const dry of [['--dry-run'], []]) {
      const refused = await run('rollback', 'agents', 'one', '--to', '1', ...WHY, ...dry)
      expect([refused.exit, refused.stderr]).toEqual([1, expect.stringContaining('was withdrawn')])
    }
  })
})

describe('an invalid reason or actor', () => {
  const project = new TestProject({}, { resident: true })
  afterAll(() => project.remove())
  const VERBS = [
    ['publish'],
    ['rollback', 'agents', 'one', '--to', '1'],
    ['undelete', 'agents', 'one'],
    ['promote', 'agents', 'one'],
    ['disable', 'agents', 'one'],
    ['enable', 'agents', 'one'],
    ['withdraw', 'agents', 'one', '--version', '1'],
  ]
  it.each(VERBS)('an invalid reason is refused by %s before anything is opened', async (...words) => {
    for (const text of ['', '  ', 'x'.repeat(2001)]) {
      const { exit, json } = await project.run('registry', ...words, '--reason', text, '--json')
      expect([exit, json.error.code, json.error.message]).toEqual([
        2,
        'USAGE',
        text === 'x'.repeat(2001) ? 'the reason has 2,001 characters' : 'the reason is empty',
      ])
      expect(json.error.hint).toBe('say why: --reason "<1 to 2,000 characters>"')
    }
  })

  it('an actor’s name that is empty or too long is refused too', async () => {
    project.write(agentFiles('one')).commit()
    for (const NOFX_ACTOR of ['', 'x'.repeat(256)]) {
      const { exit, json } = await project.runWith({ env: { NOFX_ACTOR } }, 'registry', 'publish', '--json')
      const problem = NOFX_ACTOR === '' ? 'is empty' : 'has 256 characters'
      expect([exit, json.error.message]).toEqual([2, `NOFX_ACTOR ${problem}`])
    }
  })
})
