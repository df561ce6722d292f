import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { agentFiles } from '../harness/project.ts'
import { type Github, openGithub } from './support/github.ts'
import { readLog } from './support/step-log.ts'

let github: Github

beforeAll(async () => {
  github = await openGithub()
})
afterAll(() => github?.close())
beforeEach(() => {
  github.api.calls.length = 0
})

const heads = () =>
  github.project.query<{ id: string; version: number }>(
    'select agent_id as id, version from public.agent_registry order by agent_id',
  )
const previews = () =>
  github.project.query<{ name: string; origin: string }>(
    'select name, origin from public.registry_previews order by name',
  )

test('a push to main publishes it with the job’s identity; run again, and run late, it changes nothing', async () => {
  const { repository, pushed } = github
  repository.work.withSamples().write(agentFiles('scribe'))
  const first = repository.push()
  expect(await pushed(first)).toMatchObject({ results: { validate: 'success', publish: 'success' } })
  expect(await heads()).toContainEqual({ id: 'scribe', version: 1 })
  const [{ actor }] = (await github.project.query<{ actor: string }>(
    'select actor from public.registry_revisions limit 1',
  )) as [{ actor: string }]
  expect(actor).toBe('octo/agents@refs/heads/main (push, run 77)')
  repository.work.write(agentFiles('scribe', {}, 'You write well.\n'))
  const second = repository.push()
  await pushed(second, ['validate'])
  const before = await github.project.stored()
  expect(await pushed(second, ['validate'])).toMatchObject({ results: { publish: 'success' } })
  const late = await pushed(first, ['validate'])
  expect(late.results).toEqual({
    validate: 'success',
    build: 'success',
    preview: 'skipped',
    comment: 'skipped',
    publish: 'success',
  })
  expect(readLog(late.log).commands).toContainEqual(
    expect.stringMatching(/^::notice::Nothing to do: .* is older than the published commit /),
  )
  expect(await github.project.stored()).toBe(before)
})

test('a pull request gets a preview and one comment; a force-push replaces both; closing it takes the preview', async () => {
  const { repository, proposed, cleaned, api } = github
  const files = agentFiles('helper')
  const first = repository.pullRequest(7, 'helper', files)
  const run = await proposed(first)
  expect(run.results).toEqual({
    validate: 'success',
    build: 'success',
    preview: 'success',
    comment: 'success',
    publish: 'skipped',
  })
  expect(await previews()).toEqual([{ name: 'pr-7', origin: 'octo/agents#refs/pull/7/merge' }])
  expect(await heads()).not.toContainEqual(expect.objectContaining({ id: 'helper' }))
  expect(api.comments).toMatchObject([{ body: expect.stringContaining('agents/helper') }])
  expect(run.summary).toContain('agents/helper')
  const second = repository.pullRequest(7, 'helper', agentFiles('other-helper'))
  await proposed(second, { assumed: ['validate'] })
  expect(api.comments).toMatchObject([{ body: expect.stringContaining('agents/other-helper') }])
  expect(api.comments[0]?.body).toContain(second.head.slice(0, 12))
  expect(await cleaned({ merged: second })).toMatchObject({ results: { build: 'success', clean: 'success' } })
  expect(await previews()).toEqual([])
})

test('a preview that somebody else raised under this name is not taken over', async () => {
  const { repository, proposed, api } = github
  await github.project.query(
    `select public.registry_preview_up('{"name": "pr-9", "origin": "local#mine", "actor": "ada"}')`,
  )
  api.comments = []
  const pull = repository.pullRequest(9, 'nine', agentFiles('nine'))
  const run = await proposed(pull, { assumed: ['validate'] })
  expect(run.results).toMatchObject({ preview: 'failure', comment: 'success' })
  expect(readLog(run.log).commands).toContainEqual(expect.stringMatching(/^::error::CONFLICT .*local#mine/))
  expect(await previews()).toEqual([{ name: 'pr-9', origin: 'local#mine' }])
})

test('the clock sweeps what is expired, such as the preview of a branch that is gone', async () => {
  await github.project.query(
    `select public.registry_preview_up('{"name": "gone", "origin": "octo/agents#refs/pull/8/merge", "actor": "ada"}')`,
  )
  await github.project.query(
    `update public.registry_previews set expires_at = now() - interval '1 minute' where name = 'gone'`,
  )
  expect(await github.cleaned('by the clock')).toMatchObject({
    results: { build: 'success', clean: 'success' },
  })
  expect(await previews()).toEqual([{ name: 'pr-9', origin: 'local#mine' }])
})

/** What a definition can say to get out of where it is shown. */
const HOSTILE = [
  '::set-output name=ok::true',
  '  ::error::Owned',
  '##[add-path]/tmp/evil',
  '::stop-commands::x',
  '-->',
  '<!-- nofx -->',
  '```',
  '</details>',
  '@octocat ![x](https://evil.example.com/x.png)',
].join('\n')

test('a hostile pull request says nothing to the runner, and stays inside of its comment', async () => {
  const { repository, proposed, api } = github
  api.comments = []
  const touch = 'touch$IFS"pwned"'
  const branch = `a$(${touch})\`${touch}\`"';${touch};`
  const files = agentFiles('scribe', { name: '::error::Owned ##[error]Owned' }, `${HOSTILE}\n`)
  const pull = repository.pullRequest(11, branch, files)
  const run = await proposed(pull)
  expect(run.results).toMatchObject({ validate: 'success', preview: 'success', comment: 'success' })
  expect(readLog(run.log)).toEqual({ commands: [], outputs: {} })
  expect(readdirSync(run.temp, { recursive: true }).filter((path) => String(path).endsWith('pwned'))).toEqual(
    [],
  )
  expect(existsSync('pwned')).toBe(false)
  expect(api.comments).toHaveLength(1)
  expect(run.log).toContain('+::set-output name=ok::true')
  expect(api.comments[0]?.body.match(/^<!--.*-->$/gm)).toEqual(['<!-- nofx -->'])
  const closed = await github.cleaned({ closed: pull })
  expect(closed.results).toEqual({ build: 'success', clean: 'success' })
})

test('a fork gets validation and a plan on its own page, and no preview, token or comment', async () => {
  const { repository, proposed, api } = github
  const before = await github.project.stored()
  github.project.calls.length = 0
  const files = agentFiles('from-fork', {}, `${HOSTILE}\n`)
  const run = await proposed(repository.pullRequest(12, 'fork', files), { from: 'mallory/agents' })
  expect(run.results).toEqual({
    validate: 'success',
    build: 'success',
    preview: 'skipped',
    comment: 'skipped',
    publish: 'skipped',
  })
  expect(run.summary).toContain('1 added')
  expect(run.summary).toContain('agents/from-fork')
  expect(readLog(run.log).commands).toEqual([])
  expect(api.calls).toEqual([])
  expect(github.project.calls).toEqual([])
  expect(await github.project.stored()).toBe(before)
})

test('a definition with errors is marked where it is wrong, told in the comment, and goes nowhere', async () => {
  const { repository, proposed, api } = github
  api.comments = []
  const before = await github.project.stored()
  const run = await proposed(repository.pullRequest(13, 'bad', agentFiles('bad', { owner: 7 })))
  expect(run.results).toMatchObject({ validate: 'failure', preview: 'failure', comment: 'success' })
  expect(readLog(run.log).commands[0]).toMatch(
    /^::error file=packages\/shared\/agents\/bad\/agent\.json,line=\d+,col=\d+,title=NOFX_/,
  )
  expect(api.comments).toMatchObject([{ body: expect.stringContaining('owner 7 must be a string') }])
  expect(await github.project.stored()).toBe(before)
})
