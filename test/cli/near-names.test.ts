import { afterAll, beforeAll, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

const triage = (description: string) => ({
  'packages/shared/templates/triage/template.json': {
    templateId: 'triage',
    name: 'Triage',
    description,
    owner: '@acme/tools',
    category: 'test',
    defaultPlan: { steps: [{ id: 'look', agentId: 'reviewer', prompt: { text: 'Look.' } }] },
    expectedOutputs: [{ id: 'made', type: 'text', fromStep: 'look' }],
    rollbackAdvice: 'There is nothing to undo.',
    supportedAgents: ['reviewer'],
  },
})
let project: PostgresProject
let webhook: string

beforeAll(async () => {
  project = await PostgresProject.create()
  project
    .write({ ...agentFiles('reviewer'), ...agentFiles('fixer'), ...triage('Looks at one thing.') })
    .commit()
  await expectDone('registry', 'publish')
  await expectDone('preview', 'up', 'pr-123')
  const added = await project.run('webhooks', 'add', 'https://hooks.example.com/nofx', '--json')
  webhook = added.json.data.id
  project.write({ ...agentFiles('reviewer', {}, 'More.\n'), ...agentFiles('fixer', {}, 'More.\n') })
  project.write(triage('Looks at one thing again.')).commit()
})
afterAll(() => project.remove())

async function expectDone(...words: string[]): Promise<void> {
  const { exit, stderr } = await project.run(...words)
  expect([words, exit, stderr]).toEqual([words, 0, expect.any(String)])
}

const WHY = ['--reason', 'x']
/** The verbs about one definition, with the flags that they need. */
const VERBS: [verb: string, flags: string[]][] = [
  ['show', []],
  ['history', []],
  ['diff', []],
  ['pull', []],
  ['promote', []],
  ['rollback', WHY],
  ['disable', WHY],
  ['enable', WHY],
  ['undelete', WHY],
  ['withdraw', ['--version', 'v1', ...WHY]],
]

it.each(VERBS)('registry %s names the definition that was meant', async (verb, flags) => {
  const run = async (...words: string[]) => {
    const { exit, json } = await project.run('registry', verb, ...words, ...flags, '--json')
    expect([words, exit === 0]).toEqual([words, false])
    return json.error.hint as string
  }
  expect(await run('agents/reviewr')).toBe('did you mean: agents/reviewer')
  expect(await run('agents', 'reviewr')).toBe('did you mean: agents/reviewer')
  expect(await run('templates/reviewer')).toBe('did you mean: agents/reviewer')
  const whole = (id: string) => ['did you mean: nofx registry', verb, `agents/${id}`, ...flags].join(' ')
  expect(await run('agnets/reviewer')).toBe(whole('reviewer'))
  expect(await run('reviewer')).toBe(whole('reviewer'))
  expect(await run('agnets/two-words')).toBe(whole('two-words'))
})

it.each(['publish', 'status', 'list'])('registry %s takes a definition in both forms', async (verb) => {
  const dry = verb === 'publish' ? ['--dry-run'] : []
  const run = async (...words: string[]) => {
    const { exit, json } = await project.run('registry', verb, ...words, ...dry, '--json')
    const listed = (json.data?.plan?.items ?? json.data?.heads ?? []) as { kind: string; id: string }[]
    return { exit, names: listed.map(({ kind, id }) => `${kind}/${id}`).sort(), hint: json.error?.hint }
  }
  const one = { exit: 0, names: ['agents/reviewer'], hint: undefined }
  for (const words of [
    ['agents/reviewer'],
    ['agents', 'reviewer'],
    ['agent', 'reviewer'],
    ['agent/reviewer/'],
  ])
    expect([words, await run(...words)]).toEqual([words, one])
  expect((await run('agents')).names).toEqual(['agents/fixer', 'agents/reviewer'])
  expect((await run()).names).toEqual(['agents/fixer', 'agents/reviewer', 'templates/triage'])
  expect(await run('agents/reviewr')).toMatchObject({ exit: 1, hint: 'did you mean: agents/reviewer' })
  expect(await run('agents', 'reviewr')).toMatchObject({ hint: 'did you mean: agents/reviewer' })
  expect(await run('agents', 'triage')).toMatchObject({ hint: 'did you mean: templates/triage' })
  const command = (word: string) => ['nofx registry', verb, word, ...dry].join(' ')
  expect(await run('reviewer')).toMatchObject({ hint: `did you mean: ${command('agents/reviewer')}` })
  expect(await run('agnets')).toMatchObject({ hint: `did you mean: ${command('agents')}` })
  expect(await run('agnets/fixer')).toMatchObject({ hint: `did you mean: ${command('agents/fixer')}` })
  // An id that is nowhere may be of any kind, and each command can be copied.
  const { hint } = await run('zzzzzz')
  const proposals = hint?.replace('did you mean: ', '').split(', or: ')
  expect(proposals).toEqual(expect.arrayContaining([command('agents/zzzzzz'), command('templates/zzzzzz')]))
})

it('an export names the definition that was meant, or definitions that exist', async () => {
  const hintOf = async (name: string) => {
    const { json } = await project.run('export', 'claude', name, '--to', 'out', '--json')
    return [json.error.code, json.error.hint]
  }
  expect(await hintOf('agents/reviewr')).toEqual(['NOT_FOUND', 'did you mean: agents/reviewer'])
  expect(await hintOf('agents/zzzzzz')).toEqual(['NOT_FOUND', 'use one of: fixer, reviewer'])
})

it('a publish takes several kinds and definitions', async () => {
  const run = async (...words: string[]) => {
    const { json } = await project.run('registry', 'publish', ...words, '--dry-run', '--json')
    return (
      (json.data?.plan.items as { id: string }[] | undefined)?.map(({ id }) => id).sort() ?? json.error.hint
    )
  }
  expect(await run('agents', 'fixer', 'reviewer')).toEqual(['fixer', 'reviewer'])
  expect(await run('agents', 'fixer', 'templates')).toEqual(['fixer', 'triage'])
  expect(await run('agents/fixer', 'templates/triage')).toEqual(['fixer', 'triage'])
  expect(await run('--only', 'agents/fixer', '--only', 'triage')).toEqual(['fixer', 'triage'])
  expect(await run('--only', 'triag')).toBe('did you mean: templates/triage')
  expect(await run('agents/fixer', '--only', 'reviewer')).toBe('leave out --only')
})

it('validate takes a definition in both forms, and names the one that was meant', async () => {
  const run = async (...words: string[]) => {
    const { json } = await project.run('validate', ...words, '--json')
    return json.data?.counts?.definitions ?? json.error.hint
  }
  for (const words of [['agents/fixer'], ['agents', 'fixer'], ['agent/fixer'], ['agents/fixer/']])
    expect([words, await run(...words)]).toEqual([words, 1])
  // A template requires this agent, and is checked with it.
  expect(await run('agents', 'reviewer', 'fixer')).toBe(3)
  expect(await run('agents')).toBe(2)
  const command = 'did you mean: nofx validate'
  expect(await run('agents/reviewr')).toBe(`${command} agents/reviewer`)
  expect(await run('agents', 'reviewr')).toBe(`${command} agents/reviewer`)
  expect(await run('agnets/fixer')).toBe(`${command} agents/fixer`)
  expect(await run('reviewer')).toBe(`${command} agents/reviewer`)
  expect(await run('agnets')).toBe(`${command} agents`)
})

it('a version may be written with v everywhere', async () => {
  const done = async (...words: string[]) => expectDone('registry', ...words)
  await done('show', 'agents/reviewer', '--version', 'v1')
  await done('diff', 'agents', 'reviewer', '--from', 'v1', '--to', 'v1')
  await done('pull', 'agents/reviewer', '--version', 'v1', '--force')
  const { json } = await project.run('registry', 'show', 'agents/reviewer', '--version', 'v7', '--json')
  expect(json.error).toMatchObject({
    message: 'agents/reviewer has no version 7',
    hint: 'see: nofx registry history agents/reviewer',
  })
})

it.each<[string[], string]>([
  [['registry', 'list', '--env', 'pr-132'], '--env pr-123'],
  [['registry', 'show', 'agents/reviewer', '--env', 'pr-12'], '--env pr-123'],
  [['preview', 'diff', 'pr-12'], 'nofx preview diff pr-123'],
])('%j names the preview that was meant', async (words, meant) => {
  const { json } = await project.run(...words, '--json')
  expect(json.error).toMatchObject({ code: 'NOT_FOUND', hint: `did you mean: ${meant}` })
})

it.each<[string[], string]>([
  [
    ['rollback', 'agents/reviewer', ...WHY],
    'disable it: nofx registry disable agents/reviewer --reason "<why>"',
  ],
  [['rollback', 'agents/reviewer', '--to', '9', ...WHY], 'see: nofx registry history agents/reviewer'],
  [['show', 'agents/zzzzzz'], 'see: nofx registry list'],
  [['undelete', 'agents/reviewer'], 'see the removed definitions: nofx registry list --state removed'],
])('the hint of %j in a preview stays in the preview', async (words, hint) => {
  for (const flags of [['--env', 'pr-123'], ['--env=pr-123']]) {
    const { json } = await project.run('registry', ...words, ...flags, '--json')
    expect(json.error.hint).toBe(`${hint} --env pr-123`)
  }
})

it('preview down ends well without the preview, and names the nearest one', async () => {
  const { exit, stdout } = await project.run('preview', 'down', 'pr-12')
  expect([exit, stdout]).toEqual([0, 'There was no preview pr-12. Did you mean: nofx preview down pr-123\n'])
})

it.each(['test', 'rotate', 'remove'])('webhooks %s names the webhook that was meant', async (verb) => {
  const { json } = await project.run('webhooks', verb, webhook.slice(0, -1), '--json')
  expect(json.error).toMatchObject({
    code: 'NOT_FOUND',
    hint: `did you mean: nofx webhooks ${verb} ${webhook}`,
  })
  const far = await project.run('webhooks', verb, 'wh_none', '--json')
  expect(far.json.error.hint).toBe('see: nofx webhooks list')
})

/** How a version stands behind its definition in a list of releases, and as people write it. */
const VERSIONED: [verb: string, words: string[], line: string][] = [
  ['rollback', ['agents/reviewer', 'v1', ...WHY], 'rollback agents/reviewer --to v1 --reason x'],
  ['rollback', ['agents/reviewer@v1', ...WHY], 'rollback agents/reviewer --to v1 --reason x'],
  ['rollback', ['agents', 'reviewer', '1', ...WHY], 'rollback agents reviewer --to 1 --reason x'],
  ['rollback', ['agents/reviewer', 'v1'], 'rollback agents/reviewer --to v1 --reason "<why>"'],
  ['show', ['agents/reviewer', 'v1'], 'show agents/reviewer --version v1'],
  ['show', ['agents/reviewer@1'], 'show agents/reviewer --version 1'],
  ['diff', ['agents/reviewer', 'v1', 'v2'], 'diff agents/reviewer --from v1 --to v2'],
  ['diff', ['agents/reviewer@v1'], 'diff agents/reviewer --from v1'],
  ['history', ['agents/reviewer', 'v1'], 'history agents/reviewer'],
  ['history', ['agents/reviewer@v1', '--wide'], 'history agents/reviewer --wide'],
  ['pull', ['agents/reviewer', 'v1', '--to', 'out'], 'pull agents/reviewer --version v1 --to out'],
  ['disable', ['agents/reviewer', 'v1', ...WHY], 'disable agents/reviewer --reason x'],
]

it.each(VERSIONED)('registry %s %j: the hint has the version where it belongs', async (verb, words, line) => {
  const { exit, json } = await project.run('registry', verb, ...words, '--json')
  expect([exit === 0, json.error?.hint]).toEqual([false, `nofx registry ${line}`])
  // The line is understood: what it asks for may be missing.
  const again = line.replace('"<why>"', 'x').split(' ')
  const { json: answer } = await project.run('registry', ...again, '--dry-run', '--json')
  expect(answer.error?.message ?? '').not.toMatch(/two names|no argument|@v?1/)
})
