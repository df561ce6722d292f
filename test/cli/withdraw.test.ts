import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'

const PROMPT = 'packages/shared/agents/one/prompts/system.md'
const LEAKED = 'The password is hunter2.\n'
const WHY = ['--reason', 'a password in the prompt']
const WITHDRAWN = {
  code: 'WITHDRAWN',
  message: 'version 2 of agents/one was withdrawn: a password in the prompt',
  hint: 'choose another version: nofx registry history agents/one',
}

/** How many of the stored archives have the text. */
const countLeaks = (contents: readonly Buffer[]) =>
  contents
    .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1'))
    .filter((text) => text.includes('hunter2')).length

/** The tests are the days of one leak: each begins where the last one ended. */
describe('a version that leaked a password', () => {
  let project: PostgresProject
  const run = (...words: string[]) => project.run('registry', ...words)
  const withdraw = (version: number, ...more: string[]) =>
    run('withdraw', 'agents', 'one', '--version', String(version), ...WHY, ...more)
  const publish = async (text: string, ...flags: string[]) => {
    project.write({ [PROMPT]: text }).commit()
    return run('publish', ...flags)
  }
  const archives = async () => {
    const rows = await project.database.query<{ body: Buffer }>('select body from nofx_storage.bytes')
    return countLeaks(rows.map(({ body }) => body))
  }
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('one'))
    for (const text of ['good\n', LEAKED]) expect((await publish(text)).exit).toBe(0)
  })
  afterAll(() => project.remove())

  it('a live version is not withdrawn: the refusal names the rollback that comes first, which works as printed', async () => {
    for (const dry of [[], ['--dry-run']]) {
      const { exit, json } = await withdraw(2, '--json', ...dry)
      expect([exit, json.error]).toMatchObject([
        1,
        {
          code: 'REFUSED',
          message: 'version 2 of agents/one is live',
          hint: 'first: nofx registry rollback agents/one --to 1 --reason "takedown"',
          detail: { rule: 'NOFX_WITHDRAW_LIVE' },
        },
      ])
    }
    expect((await run('rollback', 'agents', 'one', '--to', '1', '--reason', 'takedown')).exit).toBe(0)
    expect(await archives()).toBe(1)
  })

  it.each([
    [2_147_483_647, 1, 'agents/one has no version 2147483647, its newest is 3'],
    [2_147_483_648, 2, /version/],
    [0, 2, /version/],
  ])('withdraw refuses version %i', async (version, exit, message) => {
    const refused = await withdraw(version, '--json')
    expect(refused.exit).toBe(exit)
    expect(refused.json.error.message).toMatch(message)
    expect(refused.json.error.hint).not.toContain('update nofx')
  })

  it('a withdrawal leaves no archive in storage, and its dry run changes nothing', async () => {
    expect((await withdraw(2, '--dry-run')).stdout).toContain('1 would move: one v2 → content deleted')
    expect(await archives()).toBe(1)
    const { exit, stdout } = await withdraw(2)
    expect([exit, stdout]).toEqual([
      0,
      expect.stringMatching(/^x agents\/one {2}withdrawn v2, content deleted\nPublished 1 change/),
    ])
    expect(await archives()).toBe(0)
  })

  it.each([
    [['show', 'agents', 'one', '--version', '2']],
    [['diff', 'agents', 'one', '--from', '1', '--to', '2']],
    [['pull', 'agents', 'one', '--version', '2', '--force']],
  ])('a withdrawn version is refused with the reason by %j', async (words) => {
    const { exit, json, stdout } = await run(...words, '--json')
    expect(exit).toBe(1)
    expect(json.error).toMatchObject(WITHDRAWN)
    expect(stdout).not.toContain('hunter2')
  })

  it('a withdrawn version is refused as the target of a rollback, also in a dry run', async () => {
    for (const dry of [[], ['--dry-run']]) {
      const { exit, json } = await run('rollback', 'agents', 'one', '--to', '2', ...WHY, ...dry, '--json')
      expect([exit, json.error.code]).toEqual([1, 'REFUSED'])
      expect(json.error.message).toContain('was withdrawn')
    }
  })

  it('a withdrawn version is marked in the history and among the releases, with actor and reason', async () => {
    const history = await run('history', 'agents', 'one')
    expect(history.stdout).toMatch(/^2 +replaced, withdrawn +publish/m)
    expect(history.stdout).toMatch(
      /^withdrawn v2 since .*: this content was withdrawn as version 2 by .*: a password in the prompt$/m,
    )
    expect((await run('list')).stdout).toMatch(/^agents\/one +v3 +active {2}/m)
    const { json } = await run('releases', '--json')
    expect(json.data.releases[0]).toMatchObject({ origin: 'withdraw', reason: 'a password in the prompt' })
  })

  it('verify reports no withdrawn version as missing, and makes none of them again', async () => {
    for (const flags of [[], ['--deep'], ['--deep', '--repair']]) {
      const { exit, json } = await run('verify', '--json', ...flags)
      expect([exit, json.data.damaged]).toEqual([0, []])
    }
    expect(await archives()).toBe(0)
  })

  it('withdrawn content cannot be published again, also with --unhold, and other content can', async () => {
    const left = await publish(LEAKED)
    expect([left.exit, left.stderr]).toEqual([0, ''])
    expect(left.stdout).toContain('held: this content was withdrawn as version 2 by ')
    for (const flags of [['--unhold'], ['--unhold', '--draft'], ['--unhold', '--dry-run']]) {
      const { exit, stderr } = await publish(LEAKED, ...flags)
      expect([exit, stderr]).toEqual([
        1,
        expect.stringContaining('this content was withdrawn as version 2 by '),
      ])
      expect(stderr).toContain('publish other content: withdrawn content stays withdrawn, also with --unhold')
    }
    expect(await archives()).toBe(0)
    expect((await publish('fixed\n')).exit).toBe(0)
  })
})

it('a withdrawal in the embedded cloud leaves no archive in its folder', async () => {
  const project = new TestProject({}, { resident: true })
  onTestFinished(() => project.remove())
  const archives = () => {
    const folder = join(project.root, '.nofx/storage')
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    return countLeaks(files.map((one) => readFileSync(join(one.parentPath, one.name))))
  }
  const run = async (...words: string[]) => {
    const { exit, stderr } = await project.run('registry', ...words)
    expect([words[0], exit, stderr]).toEqual([words[0], 0, ''])
  }
  project.write(agentFiles('one'))
  for (const text of ['good\n', LEAKED]) {
    project.write({ [PROMPT]: text }).commit()
    await run('publish')
  }
  await run('rollback', 'agents', 'one', '--to', '1', '--reason', 'takedown')
  expect(archives()).toBe(1)
  await run('withdraw', 'agents', 'one', '--version', '2', ...WHY)
  expect(archives()).toBe(0)
  await run('verify', '--deep', '--repair')
  expect(archives()).toBe(0)
})
