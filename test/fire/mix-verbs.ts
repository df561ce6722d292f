import { type Cloud, openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { temporaryRoot } from '../cloud/support/temporary-folder.ts'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { pick, type Random, seeded } from '../harness/random.ts'
import { faultsOf } from './crew.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const MOST_OPERATORS = 6
/** Operators meet for at least as many rounds. */
const FEWEST_ROUNDS = 4
const IDS = ['alpha', 'beta', 'gamma', 'delta']
const PROMPTS = ['You answer.\n', 'You answer briefly.\n', 'You ask first.\n']

type Make = (random: Random, project: TestProject) => string[]

/**
 * Each tree has different content, and sometimes a definition less, so that prunes and undeletes have something to
 * do.
 */
function change(random: Random, project: TestProject): void {
  for (const id of IDS) if (random() < 0.5) project.write(agentFiles(id, {}, pick(random, PROMPTS)))
  if (random() < 0.3)
    project.git('rm', '-rqf', '--ignore-unmatch', `packages/shared/agents/${pick(random, IDS)}`)
  project.commit()
}

/** Every verb that changes something, and its dry runs. */
const VERBS: Record<string, Make> = {
  publish: () => ['registry', 'publish', '--unhold'],
  'publish --prune': () => ['registry', 'publish', '--unhold', '--prune', '--yes'],
  'publish --draft': () => ['registry', 'publish', '--unhold', '--draft'],
  'publish --dry-run': () => ['registry', 'publish', '--unhold', '--dry-run'],
  promote: (random) => ['registry', 'promote', 'agents', pick(random, IDS)],
  rollback: (random) => [
    'registry',
    'rollback',
    'agents',
    pick(random, IDS),
    '--to',
    '1',
    '--reason',
    'fire',
  ],
  undelete: (random) => ['registry', 'undelete', 'agents', pick(random, IDS)],
  disable: (random) => ['registry', 'disable', 'agents', pick(random, IDS), '--reason', 'fire'],
  enable: (random) => ['registry', 'enable', 'agents', pick(random, IDS), '--reason', 'fire'],
  'preview up': (random) => ['preview', 'up', pick(random, ['one', 'two'])],
  'preview down': (random) => ['preview', 'down', pick(random, ['one', 'two'])],
  list: () => ['registry', 'list'],
}

/** All verbs at once on one PostgreSQL, by operators with their own trees and the same ids. */
export const mixVerbs: Scenario = {
  name: 'verbs',
  what: 'commands of up to six operators at once, all verbs on the same definitions',
  short: 12,
  goal: 600,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const random = seeded(fire.seed)
    const db = await openedDatabase()
    const root = temporaryRoot()
    const cloud = await openCloud({ root: root.path, databaseUrl: db.url })
    const projects = Array.from(
      { length: Math.min(MOST_OPERATORS, Math.ceil(fire.times / FEWEST_ROUNDS)) },
      () => new TestProject({ NOFX_DATABASE_URL: db.url }, { resident: true }),
    )
    try {
      for (const project of projects) {
        for (const id of IDS) project.write(agentFiles(id))
        project.commit()
      }
      let done = 0
      while (goesOn(fire, done)) {
        const runs = await Promise.all(
          projects.map(async (project) => {
            change(random, project)
            const verb = pick(random, Object.keys(VERBS))
            const run = await project.run(...VERBS[verb]!(random, project), '--json')
            return { verb, run }
          }),
        )
        done += runs.length
        for (const { verb, run } of runs) {
          count(`${verb}: ${run.exit}`)
          // A lost race, a refusal and a missing definition are answers. A failure of the registry is not an answer.
          broken.push(...faultsOf(run, [0, 1, 4], `command ${done}: ${verb}`))
        }
        const violations = [...(await checkInvariants(db)), ...(await readOfDisabled(db, cloud))]
        broken.push(...violations.map((violation) => `after ${done} commands: ${violation}`))
      }
      return { tried: done, broken, facts }
    } finally {
      for (const project of projects) project.remove()
      await cloud.close()
      root.remove()
      await db.drop()
    }
  },
}

/** Definitions that an operator keeps disabled, and that a reader without rights gets all the same. */
async function readOfDisabled(db: CloudDatabase, cloud: Cloud): Promise<string[]> {
  const disabled = await db.query<{ id: string }>(
    'select id from public.registry_heads where disabled is not null',
  )
  const ids = disabled.map(({ id }) => id)
  const { anonClient } = cloud
  const reads = {
    heads: await anonClient.from('registry_heads').select('id'),
    revisions: await anonClient.from('registry_revisions').select('id'),
    'the list of agents': await anonClient.from('agent_registry').select('id'),
  }
  return Object.entries(reads).flatMap(([what, { data }]) => {
    const seen = ids.filter((id) => JSON.stringify(data ?? []).includes(`"${id}"`))
    return seen.map((id) => `${id} is disabled, and readers get it in ${what}`)
  })
}
