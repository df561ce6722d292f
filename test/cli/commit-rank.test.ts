import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

const PROMPT = 'packages/shared/agents/one/prompts/system.md'
const SHA = 'd'.repeat(40)
const projects: PostgresProject[] = []
let project: PostgresProject

beforeEach(async () => {
  project = await PostgresProject.create()
  projects.push(project)
  project.write(agentFiles('one')).commit()
  change('first\n')
  change('second\n')
  expect((await project.run('registry', 'publish')).exit).toBe(0)
})
afterAll(async () => {
  for (const one of projects) await one.remove()
})

const change = (text: string) => project.write({ [PROMPT]: text }).commit()
const publish = (...words: string[]) => project.run('registry', 'publish', ...words, '--json')
const rows = () =>
  project.database.query('select id, version, commit_sha, commit_rank from registry_revisions')

/** Runs the checkout without its repository, as an archive of it is published. */
async function outsideOfGit<T>(work: () => Promise<T>): Promise<T> {
  const [git, aside] = [join(project.root, '.git'), join(project.root, '..', `${Date.now()}.git`)]
  renameSync(git, aside)
  return work().finally(() => renameSync(aside, git))
}

/** The commands that a hint prints, as the words of a shell. */
const commandsOf = (hint: string) =>
  [...hint.matchAll(/nofx ((?:[a-z-]+|"[^"]*")(?: (?:--)?(?:[a-z-]+|"[^"]*"))*)/g)].map(([, words = '']) =>
    (words.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, '')),
  )

describe('a publish with an invalid commit or rank', () => {
  const odd: [string, string[], string][] = [
    ['a name that is not a SHA', ['--commit', 'zzz', '--rank', '4'], 'USAGE'],
    ['a short SHA', ['--commit', 'abc1234', '--rank', '4'], 'NO_COMMIT'],
    ['a SHA in upper case', ['--commit', 'D'.repeat(40), '--rank', '4'], 'USAGE'],
    ['a branch', ['--commit', 'main', '--rank', '4'], 'USAGE'],
    ['no rank', ['--commit', SHA], 'USAGE'],
    ['no commit', ['--rank', '4'], 'USAGE'],
    ['a negative rank', ['--commit', SHA, '--rank', '-1'], 'USAGE'],
    ['a rank that is not whole', ['--commit', SHA, '--rank', '1.5'], 'USAGE'],
    ['a rank over every history', ['--commit', SHA, '--rank', '10000001'], 'USAGE'],
    ['a rank over 32 bits', ['--commit', SHA, '--rank', '2147483648'], 'USAGE'],
    ['a rank over 64 bits', ['--commit', SHA, '--rank', '99999999999999999999'], 'USAGE'],
    ['a commit that is not in this checkout', ['--commit', SHA, '--rank', '4'], 'NO_COMMIT'],
  ]
  it('an invalid commit or rank is refused with exit 1 or 2, and nothing is stored', async () => {
    change('third\n')
    const before = await rows()
    const seen: [string, string][] = []
    for (const [name, words] of odd) {
      const { exit, json } = await publish(...words)
      expect([name, exit === 1 || exit === 2]).toEqual([name, true])
      seen.push([name, json.error.code])
    }
    expect(seen).toEqual(odd.map(([name, , code]) => [name, code]))
    expect(await rows()).toEqual(before)
  })
})

describe('ranks that are in the wrong order', () => {
  const ways: [string, () => Promise<void>][] = [
    [
      'by a publish from outside of git with a wrong rank',
      async () => {
        const text = 'from an archive\n'
        project.write({ [PROMPT]: text })
        const { exit } = await outsideOfGit(() => publish('--commit', SHA, '--rank', '999', '--allow-dirty'))
        expect(exit).toBe(0)
        change(text)
      },
    ],
    [
      'by a history that was squashed',
      async () => {
        project.git('checkout', '-q', '--orphan', 'squashed')
        project.commit()
      },
    ],
    [
      'by a move to another repository',
      async () => {
        rmSync(join(project.root, '.git'), { recursive: true })
        project.git('init', '-q', '-b', 'main')
        project.commit()
      },
    ],
  ]
  it.each(ways)(
    'ranks spoiled %s are repaired by the command that the refusal prints',
    async (_name, spoil) => {
      await spoil()
      change('honest\n')
      const refused = await publish()
      expect({ exit: refused.exit, code: refused.json.error.code }).toEqual({ exit: 4, code: 'STALE' })
      const rebase = commandsOf(refused.json.error.hint).find((words) => words.includes('rebase-rank'))
      expect(rebase).toBeDefined()
      const done = await project.run(...(rebase ?? []))
      expect(done).toMatchObject({ exit: 0 })
      expect(await publish()).toMatchObject({
        exit: 0,
        json: { data: { result: { outcomes: [{ id: 'one' }] } } },
      })
      change('honest again\n')
      expect((await publish()).exit).toBe(0)
      const history = await project.run('registry', 'history', 'agents', 'one', '--json')
      const revisions = history.json.data.revisions as { origin: string; actor: string; reason: string }[]
      expect(revisions.filter(({ origin }) => origin === 'rebase')).toMatchObject([
        { actor: 'test@example.com', reason: '<why>' },
      ])
    },
  )

  it('a dry run of the repair lists the changes and makes none', async () => {
    project.git('checkout', '-q', '--orphan', 'squashed')
    project.commit()
    const before = await rows()
    const dry = await project.run('registry', 'rebase-rank', '--reason', 'squashed', '--dry-run', '--json')
    expect(dry).toMatchObject({ exit: 0, json: { data: { dryRun: true } } })
    expect(await rows()).toEqual(before)
  })
})
