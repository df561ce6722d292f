import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'

const PROMPT = (id: string) => `packages/shared/agents/${id}/prompts/system.md`
const IDS = ['one', 'two', 'gone', 'idea', 'leaky']

/** What a run can say about its effect. Each run says exactly one of these. */
const VERDICTS: Record<string, RegExp> = {
  'a dry run': /^Dry run: nothing was written\. \d+ would move: \S/m,
  // The plan above the line has the names.
  'a dry run of a plan': /^Dry run: nothing was written\. \d+ would move$/m,
  'a dry run without changes': /^Dry run: nothing was written\. Nothing would move(?:\.|: \S.*\.)$/m,
  nothing: /^Nothing to do: /m,
  moved: /^Published 1 change as release \S+ \([^)]*event \d+\)\.$/m,
  'many moved': /^Published 2 changes as release \S+ \([^)]*event \d+\)\.$/m,
  'answered before': /^Published \d+ changes? as release \S+ \(.*, as answered before\)\.$/m,
  refused: /^error (REFUSED|NOT_FOUND|CONFLICT) /m,
}
const INCIDENT = /^For the incident channel:$/m

describe('every effect says what happened, and only that', () => {
  let project: PostgresProject
  let release: string
  const run = (...words: string[]) => project.run('registry', ...words)
  const publish = async (...flags: string[]) => {
    project.commit()
    const { exit, json, stderr } = await run('publish', '--json', ...flags)
    expect([exit, stderr]).toEqual([0, ''])
    return json.data.result.releaseId as string
  }
  beforeAll(async () => {
    project = await PostgresProject.create()
    for (const id of IDS) project.write(agentFiles(id))
    await publish()
    for (const id of ['one', 'two', 'leaky']) project.write({ [PROMPT(id)]: `second ${id}\n` })
    await publish('--only', 'leaky')
    release = await publish('--only', 'one', '--only', 'two')
    project.git('rm', '-rq', 'packages/shared/agents/gone')
    await publish('--prune', '--yes')
    project.write({ [PROMPT('idea')]: 'a sketch\n' })
    await publish('--draft', '--only', 'idea')
  })
  afterAll(() => project.remove())

  /** The names of the verdicts in the output of a run. */
  const verdictsOf = ({ stdout, stderr }: CliRun) =>
    Object.keys(VERDICTS).filter((name) => VERDICTS[name]?.test(stdout) || VERDICTS[name]?.test(stderr))
  const why = (reason: string) => ['--reason', reason]
  const DRY = '--dry-run'
  /** The arguments of a publish, after a commit of this text. */
  const changed = (text: string, ...flags: string[]) => {
    project.write({ [PROMPT('two')]: text }).commit()
    return ['publish', '--only', 'two', ...flags]
  }

  it.each<[string, string, () => string[]]>([
    ['a dry run', 'rollback of a release', () => ['rollback', '--release', release, ...why('bad'), DRY]],
    ['many moved', 'rollback of a release', () => ['rollback', '--release', release, ...why('bad')]],
    ['answered before', 'rollback of a release', () => ['rollback', '--release', release, ...why('bad')]],
    ['refused', 'rollback of a release', () => ['rollback', '--release', 'ffffffff', ...why('bad')]],
    ['a dry run', 'rollback', () => ['rollback', 'agents/leaky', ...why('leak'), DRY]],
    ['moved', 'rollback', () => ['rollback', 'agents/leaky', ...why('leak')]],
    ['answered before', 'rollback', () => ['rollback', 'agent', 'leaky', ...why('leak')]],
    ['refused', 'rollback', () => ['rollback', 'agents/leaky', ...why('other')]],
    ['a dry run', 'disable', () => ['disable', 'agents/one', ...why('harm'), DRY]],
    ['moved', 'disable', () => ['disable', 'agents/one', ...why('harm')]],
    ['answered before', 'disable', () => ['disable', 'agents/one/', ...why('harm')]],
    ['nothing', 'disable', () => ['disable', 'agents/one', ...why('other')]],
    ['a dry run without changes', 'disable', () => ['disable', 'agents/one', ...why('other'), DRY]],
    ['refused', 'disable', () => ['disable', 'agents/gone', ...why('harm')]],
    ['a dry run', 'enable', () => ['enable', 'agents/one', ...why('fixed'), DRY]],
    ['moved', 'enable', () => ['enable', 'agents/one', ...why('fixed')]],
    ['answered before', 'enable', () => ['enable', 'agents', 'one', ...why('fixed')]],
    ['nothing', 'enable', () => ['enable', 'agents/one', ...why('other')]],
    ['a dry run without changes', 'enable', () => ['enable', 'agents/one', ...why('other'), DRY]],
    ['refused', 'enable', () => ['enable', 'agents/gone', ...why('fixed')]],
    ['a dry run', 'promote', () => ['promote', 'agents/idea', ...why('ready'), DRY]],
    ['moved', 'promote', () => ['promote', 'agents/idea', ...why('ready')]],
    ['answered before', 'promote', () => ['promote', 'agents/idea', ...why('ready')]],
    ['refused', 'promote', () => ['promote', 'agents/idea', ...why('other')]],
    ['a dry run', 'undelete', () => ['undelete', 'agents/gone', ...why('mistake'), DRY]],
    ['moved', 'undelete', () => ['undelete', 'agents/gone', ...why('mistake')]],
    ['answered before', 'undelete', () => ['undelete', 'agents/gone', ...why('mistake')]],
    ['refused', 'undelete', () => ['undelete', 'agents/gone', ...why('other')]],
    ['a dry run', 'withdraw', () => ['withdraw', 'agents/leaky', '--version', 'v2', ...why('leak'), DRY]],
    ['moved', 'withdraw', () => ['withdraw', 'agents/leaky', '--version', '2', ...why('leak')]],
    ['answered before', 'withdraw', () => ['withdraw', 'agents/leaky', '--version', '2', ...why('leak')]],
    ['nothing', 'withdraw', () => ['withdraw', 'agents/leaky', '--version', 'v2', ...why('other')]],
    ['a dry run of a plan', 'publish', () => changed('third\n', DRY)],
    ['moved', 'publish', () => changed('third\n')],
    ['nothing', 'publish', () => changed('third\n')],
    ['a dry run without changes', 'publish', () => changed('third\n', DRY)],
    ['refused', 'withdraw', () => ['withdraw', 'agents/leaky', '--version', 'v1', ...why('leak')]],
  ])('%s: %s', async (verdict, verb, words) => {
    const done = await run(...words())
    expect([verdictsOf(done), done.stderr === '']).toEqual([[verdict], verdict !== 'refused'])
    const reported = /moved|before/.test(verdict) && verb !== 'withdraw' && verb !== 'publish'
    expect(INCIDENT.test(done.stdout)).toBe(reported)
  })

  it('--json contains the paragraph for the incident channel, whose command undoes the effect', async () => {
    const { json } = await run('disable', 'agents/two', ...why('sends `mails`\nto customers'), '--json')
    const { incident, moves } = json.data
    const { host, pathname } = new URL(project.database.url)
    expect(moves).toMatchObject([{ kind: 'agents', id: 'two', outcome: 'disabled', from: 4, to: 5 }])
    expect(incident.split('\n')).toEqual([
      `**Disabled** \`agents/two\` (v4 → disabled as v5) in embedded postgres://${host}${pathname}`,
      '- **Why**: sends `mails` to customers',
      expect.stringMatching(/^- \*\*By\*\*: test@example\.com, as release `[0-9a-f]{8}`$/),
      '- **Reaches**: readers get no version of it, workers stop at the next event; no live definition requires it',
      '- **Undo**: `nofx registry enable agents/two --reason "<why>"`',
    ])
    const undo = /`nofx registry (\w+) (\S+) --reason/.exec(incident) ?? []
    const undone = await run(undo[1] ?? '', undo[2] ?? '', ...why('undo'), '--json')
    expect(undone.json.data.result.outcomes).toMatchObject([{ outcome: 'enabled', version: 6 }])
  })

  it('a publish while a definition is disabled says that it stays disabled, and how to enable it', async () => {
    await run('disable', 'agents/two', ...why('harm'))
    project.write({ [PROMPT('two')]: 'second two\n' }).commit()
    const quiet = await run('publish', '--only', 'two', '--unhold', '--json')
    expect([quiet.exit, quiet.json.data.result.outcomes[0].outcome]).toEqual([0, 'updated'])
    const same = await run('publish', '--only', 'two')
    expect([same.exit, verdictsOf(same)]).toEqual([0, ['nothing']])
    project.write({ [PROMPT('two')]: 'third\n' }).commit()
    const STAYS = /agents\/two .*stays disabled by test@example\.com since \S+: harm/
    expect((await run('status')).stdout).toMatch(STAYS)
    const published = await run('publish', '--only', 'two')
    expect(published.stdout).toMatch(STAYS)
    expect(published.stdout).toContain('nofx registry enable agents/two --reason "<why>"')
    expect((await run('list')).stdout).toMatch(/^agents\/two +v\d+ +disabled, by an operator/m)
    const again = await run('rollback', 'agents/two', '--to', 'v1', ...why('worse'))
    expect(again.stdout).toContain('- **Still disabled**: `agents/two`')
    expect(again.stdout).not.toContain('readers see it at once')
    expect((await run('verify')).exit).toBe(0)
  })

  it('from nothing to the way back: each command is printed by the one before', async () => {
    const moves = await run('history', '--since', '1h', '--limit', '3')
    expect(moves.stdout).toMatch(/^agents\/two +v\d+ → v\d+, the content of v1 +rollback .*worse$/m)
    const [, id = ''] =
      /^agents\/two .* ([0-9a-f]{8})[0-9a-f-]* +test@example\.com +worse$/m.exec(moves.stdout) ?? []
    const shown = await run('releases', 'show', id)
    expect(shown.stdout).toMatch(
      /^agents\/two {2}v\d+ → v\d+, the content of v1\n +changed prompts\/system\.md/m,
    )
    const [, back = ''] = /^undo: nofx registry (rollback --release \S+) --reason/m.exec(shown.stdout) ?? []
    expect(verdictsOf(await run(...back.split(' '), ...why('not that one')))).toEqual(['moved'])
    const releases = await run('releases', '--json', '--limit', '100')
    expect(releases.json.data.releases.find((one: { id: string }) => one.id === release)).toMatchObject({
      moved: 2,
      moves: [{ id: 'one', from: 1, to: 2 }],
    })
    expect((await run('releases', '--limit', '100')).stdout).toMatch(/agents\/one v1 → v2, \+1 more/)
    expect((await run('history', 'agents/one')).stdout).toMatch(/^3 +replaced +rollback to v1, from v2 /m)
    expect((await run('history', 'templates')).stdout).toContain('Nothing has been published yet.')
  })

  it('a diff names the versions and who made them; without a definition it shows everything that differs', async () => {
    const one = await run('diff', 'agents/one', '--from', 'v1', '--to', '2')
    expect(one.stdout).toMatch(
      /^agents\/one {2}v1 \(publish by \S+ at \S+\) → v2 \(publish by \S+ at \S+\)$/m,
    )
    project.write({ [PROMPT('one')]: 'not published\n' })
    expect((await run('diff', 'agents/one')).stdout).toMatch(/→ the working tree\n[\s\S]*\+not published/)
    const all = await run('diff')
    expect(all.stdout).toMatch(/^~ agents\/one [\s\S]*\+not published/m)
    expect((await run('status')).stdout).toMatch(/^~ agents\/one {2}v\d+: prompts\/system\.md$/m)
    expect((await run('diff', '--from', 'v1')).stderr).toContain('versions need a definition')
  })

  it.each<[string[], string, string]>([
    [['rollback', 'agents/one'], '--reason is missing', 'nofx registry rollback agents/one --reason "<why>"'],
    [
      ['rollback', ...why('x')],
      'the definition is missing',
      'name it: nofx registry rollback agents/<id> --reason x',
    ],
    [['rollback'], '--reason is missing', 'nofx registry rollback agents/<id> --reason "<why>"'],
    [['disable'], 'the definition is missing', 'name it: nofx registry disable agents/<id> --reason "<why>"'],
    [
      ['promote', '--expect', '2'],
      'the definition is missing',
      'name it: nofx registry promote agents/<id> --expect 2',
    ],
    [
      ['rollback', '--reason', 'loops on large diffs', '--dry-run', 'one'],
      'the kind "one" does not exist',
      `did you mean: nofx registry rollback agents/one --reason 'loops on large diffs' --dry-run`,
    ],
    [['disable', 'agents/oen', ...why('x')], 'agents/oen is not in the registry', 'did you mean: agents/one'],
    [
      ['show', 'agnets/one'],
      'the kind "agnets" does not exist',
      'did you mean: nofx registry show agents/one',
    ],
    [['show', 'templates/one'], 'templates/one is not in the registry', 'did you mean: agents/one'],
    [['show', 'agents'], 'the id is missing', 'name it: nofx registry show agents/<id>'],
    [['pull', 'agents/oen'], 'agents/oen is not in the registry', 'did you mean: agents/one'],
    [['rollback', 'agents/one', '--to', 'v0', ...why('x')], '"v0" is not a version', 'write it as 3 or v3'],
    [
      ['history', '--since', 'soon'],
      '"soon" is not a date or time',
      'write it as 30m, 2h, 7d, or 2026-11-01T10:00Z',
    ],
  ])('%j says what is missing or meant', async (words, message, hint) => {
    const { json } = await run(...words, '--json')
    expect(json.error).toMatchObject({ message, hint })
  })
})

it('in the embedded cloud the same verbs have the same verdicts, and name .nofx', async () => {
  const project = new TestProject({}, { resident: true }).write(agentFiles('one')).write(agentFiles('gone'))
  onTestFinished(() => project.remove())
  const expectMoved = async (...words: string[]) => {
    const { exit, stdout, stderr } = await project.commit().run('registry', ...words)
    expect([words[0], exit, stderr]).toEqual([words[0], 0, ''])
    return stdout
  }
  await expectMoved('publish')
  await expectMoved('disable', 'agents/one', '--reason', 'harm', '--dry-run')
  const disabled = await expectMoved('disable', 'agents/one', '--reason', 'harm')
  expect(disabled).toContain('**Disabled** `agents/one` (v1 → disabled as v2) in embedded .nofx\n')
  const enable = ['enable', 'agents/one', '--reason', 'fixed']
  expect(await expectMoved(...enable, '--dry-run')).toContain('agents/one  v2 → enabled')
  await expectMoved(...enable)
  project.git('rm', '-rq', 'packages/shared/agents/gone')
  await expectMoved('publish', '--prune', '--yes')
  await expectMoved('undelete', 'agents/gone', '--reason', 'mistake')
  project.write({ [PROMPT('one')]: 'a sketch\n' })
  await expectMoved('publish', '--draft', '--only', 'one')
  await expectMoved('promote', 'agents/one', '--reason', 'ready')
  await expectMoved('rollback', 'agents/one', '--to', '1', '--reason', 'worse')
  const held = await project.run('registry', 'publish', '--only', 'one')
  expect([held.exit, held.stdout]).toEqual([0, expect.stringContaining('this content was rolled back as')])
})
