import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { LOST, type LosingProxy, type Lost, proxyTo } from '../cloud/support/broken-answers.ts'
import { serveCloud } from '../cloud/support/http-cloud.ts'
import { temporaryRoot } from '../cloud/support/temporary-folder.ts'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'
import { pick, type Random, seeded } from '../harness/random.ts'
import { faultsOf } from './crew.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const LARGEST_CREW = 4
/** Assumed number of calls of a verb that has not run yet. */
const FIRST_CALLS = 8
const FORMS = Object.keys(LOST) as Lost[]

/** A publisher over HTTP whose answers a proxy drops. */
interface Operator {
  id: string
  project: TestProject
  proxy: LosingProxy
  random: Random
  /** The maximum number of calls that each verb has made. */
  calls: Map<string, number>
}

interface Verb {
  /** Brings the registry to a state that the verb can change. */
  prepare(operator: Operator): Promise<unknown>
  words(id: string): string[]
  /** The number of revisions that the verb makes. */
  makes: number
}

const nothing = { prepare: async () => {}, makes: 0 }
const VERBS: Record<string, Verb> = {
  publish: { prepare: async (one) => change(one), words: () => ['registry', 'publish'], makes: 1 },
  promote: {
    prepare: (one) => publish(change(one), '--draft'),
    words: (id) => ['registry', 'promote', 'agents', id],
    makes: 1,
  },
  rollback: {
    prepare: (one) => publish(change(one)),
    words: (id) => ['registry', 'rollback', 'agents', id, '--to', '1', '--reason', 'fire'],
    makes: 1,
  },
  undelete: {
    prepare: (one) => publish(remove(one), '--only', one.id, '--prune', '--yes'),
    words: (id) => ['registry', 'undelete', 'agents', id],
    makes: 1,
  },
  disable: {
    prepare: (one) => publish(change(one)),
    words: (id) => ['registry', 'disable', 'agents', id, '--reason', 'fire'],
    makes: 1,
  },
  enable: {
    prepare: async (one) => {
      await publish(change(one))
      await switched(one, 'disable')
    },
    words: (id) => ['registry', 'enable', 'agents', id, '--reason', 'fire'],
    makes: 1,
  },
  list: { ...nothing, words: () => ['registry', 'list'] },
  show: { ...nothing, words: (id) => ['registry', 'show', 'agents', id] },
  history: { ...nothing, words: (id) => ['registry', 'history', 'agents', id] },
  status: { ...nothing, words: () => ['registry', 'status'] },
}

/** Answers that a command does not get although its call had its effect. */
export const loseReplies: Scenario = {
  name: 'replies',
  what: 'commands whose answers are lost at a hop: function, storage or REST',
  short: 2,
  goal: 1000,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const rig = await openRig(Math.min(LARGEST_CREW, fire.times), fire.seed)
    let tried = 0
    try {
      while (goesOn(fire, tried)) {
        const found = await Promise.all(rig.operators.map((one) => loseOne(one, rig.db, count)))
        // A command that ended before its call lost no answer and is not counted.
        tried += found.filter(({ lost }) => lost.length > 0).length
        const violations = await checkInvariants(rig.db)
        broken.push(
          ...[...found.flatMap((one) => one.broken), ...violations].map((what) => `after ${tried}: ${what}`),
        )
      }
      return { tried, broken, facts }
    } finally {
      await rig.close()
    }
  },
}

async function openRig(size: number, seed: number) {
  const db = await openedDatabase()
  const root = temporaryRoot()
  const cloud = await openCloud({ root: root.path, databaseUrl: db.url })
  const http = await serveCloud(cloud)
  const operators = await Promise.all(
    Array.from({ length: size }, async (_, index): Promise<Operator> => {
      const proxy = await proxyTo(http.url)
      const env = { SUPABASE_URL: proxy.url, SUPABASE_SECRET_KEY: cloud.keys.secret }
      const project = new TestProject(env, { resident: true })
      return { id: `lost-${index}`, project, proxy, random: seeded(seed + index), calls: new Map() }
    }),
  )
  // Rollbacks go to the first version; another definition keeps the tree from being empty.
  await Promise.all(
    operators.map(async (one) => {
      one.project
        .write(agentFiles(one.id))
        .write(agentFiles(`${one.id}-other`))
        .commit()
      await publish(one)
    }),
  )
  const close = async () => {
    for (const { project, proxy } of operators) {
      project.remove()
      await proxy.close()
    }
    await http.close()
    await cloud.close()
    root.remove()
    await db.drop()
  }
  return { db, operators, close }
}

function change(one: Operator): Operator {
  one.project.write(agentFiles(one.id, {}, `Your number is ${one.random()}.\n`)).commit()
  return one
}

function remove(one: Operator): Operator {
  one.project.git('rm', '-rqf', '--ignore-unmatch', `packages/shared/agents/${one.id}`)
  one.project.commit()
  return one
}

async function publish({ project }: Operator, ...more: string[]): Promise<void> {
  const run = await project.run('registry', 'publish', '--unhold', ...more, '--json')
  if (run.exit !== 0) throw new Error(`a publish that nothing disturbs ends with ${run.exit}: ${run.stdout}`)
}

async function switched({ project, id }: Operator, verb: 'disable' | 'enable'): Promise<void> {
  const run = await project.run('registry', verb, 'agents', id, '--reason', 'prepare', '--json')
  if (run.exit !== 0) throw new Error(`${verb} that nothing disturbs ends with ${run.exit}: ${run.stdout}`)
}

type Count = (name: string) => void

/**
 * Runs one command with one lost answer, or with all answers lost from a call on, and then the same command again.
 */
async function loseOne(one: Operator, db: CloudDatabase, count: Count) {
  const { id, project, proxy, random, calls } = one
  const name = pick(random, Object.keys(VERBS))
  const { prepare, words, makes } = VERBS[name]!
  // The previous verb may have left a removal, a hold, a draft or a switch, so a live definition is published first.
  await switched(one, 'enable')
  await publish(change(one))
  await prepare(one)
  const before = await revisionsOf(db, id)
  const [forever, form] = [random() < 0.4, pick(random, FORMS)]
  const losing = loseFrom(proxy, form, Math.floor(random() * (calls.get(name) ?? FIRST_CALLS)), forever)
  const args = [...words(id), '--json', ...(name === 'publish' ? ['--unhold'] : [])]
  const run = await project.run(...args)
  const { lost, made } = losing
  calls.set(name, Math.max(calls.get(name) ?? 0, made()))
  proxy.lose = () => undefined
  for (const hop of new Set(lost)) count(`lost at ${hop}`)
  count(`exit ${run.exit}`)
  const where = `${name}, ${form}, lost at ${lost.join(' ') || 'no call'}${forever ? ' and later' : ''}`
  const broken = faultsOf(run, mayEndWith(lost, forever), where)
  const again = await project.run(...args)
  broken.push(...faultsOf(again, [0], `${where}, run again`), ...sameEffect(run, again, where))
  const grown = (await revisionsOf(db, id)) - before
  if (grown !== makes) broken.push(`${where}: made ${grown} revisions instead of ${makes}`)
  return { lost, broken }
}

/**
 * One lost answer of a call that changes something is not a failure: the call is repeated, and its result is
 * replayed.
 */
function mayEndWith(lost: readonly string[], forever: boolean): number[] {
  return lost.length === 0 || (!forever && lost[0] === 'function') ? [0] : [0, 3]
}

function sameEffect(run: CliRun, again: CliRun, where: string): string[] {
  const [first, second] = [run, again].map(
    ({ json }) => json?.data?.result?.releaseId ?? json?.data?.releaseId,
  )
  return first && second && first !== second ? [`${where}: two releases, ${first} and ${second}`] : []
}

/** Drops answers from the call `from` on, once or for ever. Returns the hops whose answers are lost. */
function loseFrom(proxy: LosingProxy, form: Lost, from: number, forever: boolean) {
  const lost: string[] = []
  let calls = 0
  proxy.lose = (path) => {
    if (calls++ < from || (!forever && lost.length > 0)) return undefined
    lost.push(path.split('/')[1] === 'functions' ? 'function' : (path.split('/')[1] ?? ''))
    return form
  }
  return { lost, made: () => calls }
}

async function revisionsOf(db: CloudDatabase, id: string): Promise<number> {
  const sql = 'select count(*)::integer as n from public.registry_revisions where id = $1'
  const [row] = await db.query<{ n: number }>(sql, [id])
  return row?.n ?? 0
}
