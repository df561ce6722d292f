import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { backUp, restore } from '../harness/backup.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import { type LyingProxy, lyingProxy } from '../harness/lying-proxy.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'
import { seeded } from '../harness/random.ts'
import { repetitions } from '../harness/repetition.ts'
import { type ServedRegistry, serveRegistry } from '../worker/support/served-registry.ts'
import { LIES, type Lie, lieAt, pathsOf } from './support/lies.ts'
import { filesBelow } from './support/project-state.ts'
import { startWatch } from './support/watching.ts'

/**
 * How many false answers one run tries, of thousands; `NOFX_LIES=100000` tries all of them, and `NOFX_LIES_MINUTES=20`
 * those that it gets to. `NOFX_SEED` orders them differently.
 */
const LIES_TOLD = Number(process.env.NOFX_LIES ?? repetitions(30, 120))
const UNTIL = Date.now() + Number(process.env.NOFX_LIES_MINUTES ?? 1_000) * 60_000
const SEED = Number(process.env.NOFX_SEED) || 20261129
const ADA = 'packages/shared/agents/ada'
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/

let database: Awaited<ReturnType<typeof openedDatabase>>
let served: ServedRegistry
let proxy: LyingProxy
/** A webhook's receiver, which takes everything. */
const receiver = createServer((_incoming, outgoing) => outgoing.writeHead(204).end())
let project: TestProject
let whole: Record<string, string>
/** Whether the last command may have moved the registry. */
let moved = false
let ids: { webhook: string; report: string; plan: string }

/** Commands that move something: each of them finds the registry as all others do. */
const MOVING = [
  ['registry', 'publish'],
  ['registry', 'rollback', 'agents', 'ada', '--to', '1', '--reason', 'test'],
  ['registry', 'promote', 'agents', 'idea'],
  ['registry', 'undelete', 'agents', 'gone'],
  ['registry', 'disable', 'agents', 'ada', '--reason', 'test'],
  ['registry', 'enable', 'agents', 'stopped', '--reason', 'test'],
  ['registry', 'withdraw', 'agents', 'ada', '--version', '1', '--reason', 'test'],
  ['registry', 'rebase-rank', '--reason', 'test'],
  ['webhooks', 'add', 'https://other.example.com/'],
  ['preview', 'down', 'pr-2'],
]

const COMMANDS = (): string[][] => [
  ['registry', 'list'],
  ['registry', 'list', 'agents', '--state', 'active'],
  ['registry', 'show', 'agents', 'ada'],
  ['registry', 'show', 'agents', 'ada', '--version', '1', '--file', 'prompts/system.md'],
  ['registry', 'history', 'agents', 'ada'],
  ['registry', 'history', 'agents', '--at', '2026-01-01'],
  ['registry', 'releases'],
  ['registry', 'diff', 'agents', 'ada', '--from', '1', '--to', '2'],
  ['registry', 'status'],
  ['registry', 'verify'],
  ['registry', 'verify', '--deep'],
  ['registry', 'pull', 'agents', 'ada'],
  ['registry', 'pull', 'agents'],
  ['registry', 'publish', '--dry-run'],
  ['registry', 'rollback', 'agents', 'ada', '--to', '1', '--reason', 'test', '--dry-run'],
  ['registry', 'promote', 'agents', 'idea', '--dry-run'],
  ['registry', 'undelete', 'agents', 'gone', '--dry-run'],
  ['registry', 'disable', 'agents', 'ada', '--reason', 'test', '--dry-run'],
  ['registry', 'enable', 'agents', 'stopped', '--reason', 'test', '--dry-run'],
  ['registry', 'withdraw', 'agents', 'ada', '--version', '1', '--reason', 'test', '--dry-run'],
  ['registry', 'rebase-rank', '--reason', 'test', '--dry-run'],
  ['reports', 'list'],
  ['reports', 'show', ids.report],
  ['webhooks', 'list'],
  ['webhooks', 'remove', 'wh_0000000000000000'],
  ['webhooks', 'rotate', ids.webhook],
  ['preview', 'list'],
  ['preview', 'up', 'pr-1'],
  ['preview', 'diff', 'pr-1'],
  ['preview', 'sweep'],
  ['templates', 'instantiate', 'triage', '--param', 'name=x'],
  ['worker', 'run', '--plan', ids.plan, '--runner', 'true'],
  ['doctor'],
  ['webhooks', 'test', ids.webhook],
  ...MOVING,
]

const WATCH = ['registry', 'watch', '--since', '0']

const run = (words: readonly string[]) => {
  const env = { SUPABASE_URL: proxy.url, SUPABASE_SECRET_KEY: served.keys.secret }
  return project.runWith({ env }, ...words)
}

/** A step of the preparation, which must succeed. */
async function done(words: readonly string[]): Promise<CliRun> {
  const ran = await run(words)
  if (ran.exit !== 0) throw new Error(`${words.join(' ')}: ${ran.stdout}${ran.stderr}`)
  return ran
}

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  database = await openedDatabase()
  served = await serveRegistry(database.url)
  proxy = await lyingProxy(served.url)
  project = new TestProject({}, { resident: true, empty: true })
  project
    .write(agentFiles('ada', {}, 'One.\n'))
    .write(agentFiles('gone'))
    .write(agentFiles('stopped'))
  project.write({
    'packages/shared/templates/triage/template.json': template(),
    '.gitignore': '.nofx\nruns\n',
  })
  project.commit()
  await done(['registry', 'publish'])
  project.write({ [`${ADA}/prompts/system.md`]: 'Two.\n' })
  project.write({ [`${ADA}/assets/logo.bin`]: Uint8Array.of(1, 2, 3) })
  project.write(agentFiles('idea', { status: 'draft' }))
  rmSync(join(project.root, 'packages/shared/agents/gone'), { recursive: true })
  project.commit()
  await done(['registry', 'publish', '--prune', '--yes'])
  await done(['registry', 'disable', 'agents', 'stopped', '--reason', 'test'])
  await done(['validate', '--report'])
  ids = {
    report: (await done(['reports', 'list', '--json'])).json.data.reports[0].id,
    webhook: (
      await done([
        'webhooks',
        'add',
        `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
        '--json',
      ])
    ).json.data.id,
    plan: (await done(['templates', 'instantiate', 'triage', '--param', 'name=x', '--json'])).json.data
      .planId,
  }
  await done(['preview', 'up', 'pr-1'])
  // Something to publish.
  project.write(agentFiles('newcomer')).commit()
  await backUp(database)
  await done(['registry', 'list'])
  cpSync(join(project.root, '.git/nofx'), join(project.root, '.git/nofx.honest'), { recursive: true })
  whole = definitionsNow()
}, 120_000)
afterAll(async () => {
  await proxy?.close()
  receiver.closeAllConnections()
  receiver.close()
  await served?.close()
  await database?.drop()
  await project?.remove()
})

function template() {
  return {
    templateId: 'triage',
    name: 'Triage',
    description: 'Looks at one thing.',
    owner: '@acme/tools',
    parameters: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    category: 'test',
    defaultPlan: {
      steps: [{ id: 'look', agentId: 'ada', prompt: { text: 'Look at {{parameters.name}}.' } }],
    },
    expectedOutputs: [{ id: 'made', type: 'text', fromStep: 'look' }],
    rollbackAdvice: 'There is nothing to undo.',
    supportedAgents: ['ada'],
  }
}

/** The definitions, and the names of what lies beside them; runs of plans have a folder of their own. */
function definitionsNow(): Record<string, string> {
  const others = readdirSync(project.root).flatMap((name) => (name === '.nofx' ? [] : [[name, '']]))
  const definitions = Object.entries(filesBelow(join(project.root, 'packages')))
  return Object.fromEntries([...others, ...definitions])
}

const isMoving = (words: readonly string[]) => MOVING.some((moving) => moving.join() === words.join())

/** The registry as it was before anything moved; a preview that is taken down has to be there. */
async function prepare(words: readonly string[]): Promise<void> {
  proxy.begin()
  await restore(database)
  if (words[1] !== 'down') return
  await database.query('drop schema if exists preview_pr_2 cascade')
  await done(['preview', 'up', 'pr-2'])
}

interface Told {
  words: string[]
  call: string
  nth: number
  path: readonly (string | number)[]
  lie: Lie
}

/** Every possible false answer: for each field of each sort of answer, one command that reads it. */
async function allLies(random: () => number) {
  const asked = new Map<string, number>()
  const lies = new Map<string, Told>()
  const ends = new Map<string, number>()
  for (const words of COMMANDS()) {
    const [first] = await runLying(words)
    ends.set(words.join(' '), first.exit)
    asked.set(words.join(' '), proxy.answers.length)
    for (const { call, nth, body } of proxy.answers)
      for (const path of pathsOf(body))
        for (const lie of Object.keys(LIES) as Lie[]) {
          const told = { words, call, nth, path, lie }
          // Many commands read the same answer: chance chooses one of them.
          const sort = JSON.stringify([call, path, lie])
          if (!lies.has(sort) || random() < 0.3) lies.set(sort, told)
        }
  }
  return { lies: [...lies.values()], ends, asked }
}

/**
 * Puts back what commands keep between them, so that a lie that one command believed does not decide what the next one
 * finds. Some commands begin with what was read before, others with nothing.
 */
function forgetLies(words: readonly string[]): void {
  const kept = join(project.root, '.git/nofx')
  rmSync(kept, { recursive: true, force: true })
  if (words.length % 2) cpSync(`${kept}.honest`, kept, { recursive: true })
}

/** Runs a command against a registry with one false answer, in a project without the definitions that it may pull. */
async function runLying(words: readonly string[], told?: Told): Promise<[CliRun, Record<string, string>]> {
  // A command that moved something must not decide what the next one finds.
  if (isMoving(words) || moved) await prepare(words)
  moved = isMoving(words)
  forgetLies(words)
  proxy.begin(({ call, nth, body }) =>
    told && call === told.call && nth === told.nth ? lieAt(body, told.path, told.lie) : body,
  )
  const pulls = words[1] === 'pull'
  if (pulls) rmSync(join(project.root, ADA), { recursive: true, force: true })
  const ran = await run([...words, ...(told && told.path.length % 2 ? ['--json'] : [])])
  const files = definitionsNow()
  if (pulls) project.git('checkout', '-q', '--', '.')
  return [ran, files]
}

/** What is wrong with the end and the effects of a command that got a false answer. */
function faultsOf(
  words: readonly string[],
  { exit, stdout, stderr }: Omit<CliRun, 'json'>,
  files: Record<string, string>,
  honestExit: number | undefined,
): string[] {
  const faults: string[] = []
  // A definition that is left out of an answer looks like one that does not exist.
  const isAbsent = exit === 1 && /\bNOT_FOUND\b/.test(stdout + stderr)
  if (!isRefusal(words, exit) && !isAbsent && exit !== honestExit)
    faults.push(`ends with ${exit}: ${stderr.slice(0, 300)}${stdout.slice(0, 200)}`)
  if (CONTROL.test(stdout) || CONTROL.test(stderr)) faults.push('prints a control character')
  if (/^\s+at .+:\d+:\d+/m.test(stderr)) faults.push('prints a stack')
  for (const [path, hash] of Object.entries(files)) if (whole[path] !== hash) faults.push(`writes ${path}`)
  return faults
}

/** 4: it is not what the plan is locked to, or what was planned on. A check that fails ends the doctor with 2. */
const isRefusal = ([command]: readonly string[], exit: number) =>
  exit === 3 || exit === 4 || (command === 'doctor' && exit === 2)

const nameOfLie = ({ words, call, nth, path, lie }: Told) =>
  `${words.join(' ')}: ${call} [${nth}] ${path.join('.')} ${lie}`

it('a false value in any field of a registry’s answers never makes a command write, print or believe something unsafe', async () => {
  const random = seeded(SEED)
  const { lies, ends, asked } = await allLies(random)
  // Each of these waits for one answer, however many kinds there are.
  for (const words of ['registry list', 'registry status'])
    expect([words, asked.get(words)]).toEqual([words, 1])
  const chosen = lies.map((told) => ({ told, at: random() })).sort((a, b) => a.at - b.at)
  const wrong: string[] = []
  let [tried, refused] = [0, 0]
  for (const { told } of chosen.slice(0, LIES_TOLD)) {
    if (Date.now() > UNTIL) break
    tried++
    const [ran, files] = await runLying(told.words, told)
    if (isRefusal(told.words, ran.exit)) refused++
    const faults = faultsOf(told.words, ran, files, ends.get(told.words.join(' ')))
    wrong.push(...faults.map((fault) => `${nameOfLie(told)}: ${fault}`))
  }
  if (process.env.NOFX_LIES) console.info(`${tried} of ${chosen.length} false answers, ${refused} refused`)
  expect(existsSync(join(project.root, '../pwned'))).toBe(false)
  expect(wrong).toEqual([])
  // A false answer that is not refused is in a field that the command does not read, or that may hold any text.
  expect(refused).toBeGreaterThan(tried / 4)
  // The doctor checks parts of a hosted project that this one lacks.
  const honest = [...ends].filter(([words]) => words !== 'doctor').map(([, exit]) => exit)
  expect(Math.max(...honest)).toBeLessThan(2)
}, 3_600_000)

/** `nofx registry watch` ends by itself only when it refuses an answer: a signal ends it after the first output. */
async function watchLying(told?: Told): Promise<Omit<CliRun, 'json'>> {
  proxy.begin(({ call, nth, body }) =>
    told && call === told.call && nth === told.nth ? lieAt(body, told.path, told.lie) : body,
  )
  const env = { SUPABASE_URL: proxy.url, SUPABASE_SECRET_KEY: served.keys.secret }
  const json = told && told.path.length % 2 ? ['--json'] : []
  const { child, shown, ended } = startWatch(project, [...WATCH.slice(2), ...json], env)
  let exit: unknown
  void ended.then((status) => {
    exit = status
  })
  await vi.waitUntil(() => exit !== undefined || shown.stdout || shown.stderr, { timeout: 60_000 })
  child.kill('SIGINT')
  return { exit: Number(await ended), ...shown }
}

it('a false value in any field of an event never makes nofx registry watch print or believe something unsafe', async () => {
  const random = seeded(SEED)
  const honest = await watchLying()
  expect([honest.exit, honest.stderr]).toEqual([0, ''])
  expect(honest.stdout).toContain('agents/ada')
  const lies = proxy.answers.flatMap(({ call, nth, body }) =>
    pathsOf(body).flatMap((path) =>
      (Object.keys(LIES) as Lie[]).map((lie) => ({ words: WATCH, call, nth, path, lie })),
    ),
  )
  const chosen = lies.map((told) => ({ told, at: random() })).sort((a, b) => a.at - b.at)
  const wrong: string[] = []
  let refused = 0
  for (const { told } of chosen.slice(0, LIES_TOLD / 5)) {
    const ran = await watchLying(told)
    if (isRefusal(told.words, ran.exit)) refused++
    const faults = faultsOf(told.words, ran, definitionsNow(), 0)
    wrong.push(...faults.map((fault) => `${nameOfLie(told)}: ${fault}`))
  }
  expect(wrong).toEqual([])
  expect(refused).toBeGreaterThan(LIES_TOLD / 20)
}, 3_600_000)
