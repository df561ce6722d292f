import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backUp, restore } from '../harness/backup.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { pick, seeded } from '../harness/random.ts'
import { repetitions } from '../harness/repetition.ts'
import { DAMAGES, KeptFiles } from './support/kept-files.ts'

/** From so many definitions on, commands keep everything that they may keep. */
const MANY = 201
/** What is kept about git has to be older than this, because git's index has whole seconds. */
const SETTLED_MS = 2_700

/** Every file that is kept decides what one of them says. */
const COMMANDS = [
  ['registry', 'list', '--json'],
  ['validate', '--json'],
  ['registry', 'publish', '--dry-run', '--json'],
  ['export', 'claude', '--to', 'out', '--json'],
]
const random = seeded(71)

let project: PostgresProject
let other: TestProject
let kept: KeptFiles
let count = 0

beforeAll(async () => {
  project = await PostgresProject.create()
  for (let at = 0; at < MANY; at++) project.write(agentFiles(`agent-${at}`))
  project.commit()
  kept = new KeptFiles(project)
  other = new TestProject({ NOFX_DATABASE_URL: project.database.url }, { resident: true })
  await publish(project)
  await sleep(SETTLED_MS)
  for (const words of [...COMMANDS, ...COMMANDS]) await project.run(...words)
}, 60_000)
afterAll(async () => {
  other?.remove()
  await project?.remove()
})

async function publish(one: TestProject): Promise<void> {
  const { exit, stderr } = await one.run('registry', 'publish')
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
}

/** Another publisher, who has one definition alone. */
async function publishElsewhere(): Promise<void> {
  other.write(agentFiles('agent-7', {}, `You count to ${++count}.\n`)).commit()
  await publish(other)
}

const say = async (words: readonly string[]) => {
  const { exit, stdout, stderr } = await project.run(...words)
  return { words, exit, stdout, stderr }
}
const sayFreshly = (words: readonly string[]) => kept.without(() => say(words))

test('all files that commands keep are there', () => {
  const alone = ['answer', 'digests', 'export', 'publish', 'server-schema-cache.json', 'verdicts']
  expect(kept.names).toEqual([...alone, 'event', 'heads'].sort())
})

describe('what commands say without files that they kept, they also say when of these files', () => {
  const answers = new Map<readonly string[], Awaited<ReturnType<typeof say>>>()
  beforeAll(async () => {
    for (const words of COMMANDS) answers.set(words, await sayFreshly(words))
    for (const { exit, stderr } of answers.values()) expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  })

  test.each(Object.keys(DAMAGES).map((how, at) => [how, at] as const))('%s', async (how, at) => {
    kept.damage(how, random)
    const isTurn = (turn: number) => repetitions(0, 1) === 1 || turn % 2 === at % 2
    for (const words of COMMANDS.filter((_, turn) => isTurn(turn)))
      expect(await say(words)).toEqual(answers.get(words))
  })
})

test('commands say the same after restores from a backup that count past what was lost', async () => {
  const steps: Record<string, () => unknown> = {
    'another publisher publishes': publishElsewhere,
    'this one publishes': () => {
      project.write(agentFiles('agent-7', {}, `You count to ${++count}.\n`)).commit()
      return publish(project)
    },
    'a backup is made': () => backUp(project.database),
    'the backup is restored': () => restore(project.database),
    'files are damaged': () => kept.damage(pick(random, Object.keys(DAMAGES)), random, 0.3),
    'files of before come back': () => back(random),
    'time passes': () => sleep(SETTLED_MS),
  }
  let back = kept.save()
  await backUp(project.database)
  const done: string[] = []
  for (let at = 0; at < repetitions(8, 80); at++) {
    const name = pick(random, Object.keys(steps))
    if (random() < 0.3) back = kept.save()
    await steps[name]?.()
    done.push(name)
    for (const words of [COMMANDS[0]!, COMMANDS[2]!])
      expect([done.slice(-8), await say(words)]).toEqual([done.slice(-8), await sayFreshly(words)])
  }
}, 600_000)
