import { setTimeout as sleep } from 'node:timers/promises'
import { serveDev } from '../../src/dev/serve-dev.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { connectRegistry, type WorkerRegistry } from '../../src/worker/connect-registry.ts'
import { packAgent } from '../cloud/support/definitions.ts'
import { temporaryRoot } from '../cloud/support/temporary-folder.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import { pick, type Random, seeded } from '../harness/random.ts'
import { startCuttingProxy } from '../worker/support/cutting-proxy.ts'
import { readKeys, release } from '../worker/support/served-registry.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const WORKERS = 4
const IDS = ['alpha', 'beta', 'gamma']
const TUNING = { pollMs: 400, answerWithinMs: 1_500 }
const BACK_WITHIN_MS = 60_000

type Rig = Awaited<ReturnType<typeof openRig>>

/** Faults between workers and their registry; each lasts until the network is open again. */
const CUTS: Record<string, (rig: Rig, random: Random) => unknown> = {
  cut: ({ proxy }) => proxy.cut(),
  'cut in answers': ({ proxy }, random) => {
    proxy.breaks = () => random() < 0.3
  },
  silent: ({ proxy }) => proxy.become('silent'),
  down: ({ proxy }) => proxy.become('down'),
  'registry restarted': (rig) => rig.restart(),
  'worker restarted while the registry is down': async (rig, random) => {
    rig.proxy.become('down')
    await rig.restartWorker(pick(random, rig.workers))
  },
}

/** Workers with a cache whose registry becomes unreachable and comes back. */
export const cutWorkers: Scenario = {
  name: 'workers',
  what: 'outages of the registry during which workers continued with their copies',
  short: 4,
  goal: 300,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const random = seeded(fire.seed)
    const rig = await openRig()
    let tried = 0
    try {
      while (goesOn(fire, tried)) {
        // The most expensive fault comes first, so that a short run includes it.
        const how = tried === 0 ? 'registry restarted' : pick(random, Object.keys(CUTS))
        const where = `${how}, the ${++tried}.`
        count(how)
        await CUTS[how]!(rig, random)
        const publishing = rig.publish(pick(random, IDS))
        broken.push(...(await rig.askAll()).map((what) => `${where}: ${what}`))
        await publishing
        broken.push(...(await rig.askAll()).map((what) => `${where}: ${what}`))
        rig.reopen()
        broken.push(...(await rig.waitUntilCurrent()).map((what) => `${where}, open again: ${what}`))
      }
      return { tried, broken, facts }
    } finally {
      await rig.close()
    }
  },
}

interface Worker {
  name: string
  cacheDir: string
  registry: WorkerRegistry
  /** The newest version of each id that the worker has answered with. */
  seen: Map<string, number>
}

const promptOf = (id: string, version: number) => `You are version ${version} of ${id}.\n`

/** A registry whose port stays the same after a restart. */
async function openServer() {
  const db = await openedDatabase()
  const root = temporaryRoot()
  const serve = (port: number) =>
    serveDev({ root: root.path, kinds: [agents, templates], port, databaseUrl: db.url, log: () => {} })
  let server = await serve(0)
  return {
    url: server.url,
    key: readKeys(root.path).publishable,
    publish: (id: string, version: number) =>
      release(server.registry, [packAgent(id, promptOf(id, version))]),
    restart: async () => {
      const { port } = server
      await server.close()
      server = await serve(port)
    },
    close: async () => {
      await server.close()
      root.remove()
      await db.drop()
    },
  }
}

async function openRig() {
  const server = await openServer()
  const proxy = await startCuttingProxy(server.url)
  const published = new Map<string, number>()
  const folders = Array.from({ length: WORKERS }, temporaryRoot)
  const connect = (cacheDir: string) =>
    connectRegistry({ url: proxy.url, key: server.key, cacheDir, ...TUNING })

  const publish = async (id: string) => {
    const version = (published.get(id) ?? 0) + 1
    await server.publish(id, version)
    published.set(id, version)
  }
  for (const id of IDS) await publish(id)
  const workers = await Promise.all(
    folders.map(async ({ path }, index): Promise<Worker> => {
      return { name: `worker ${index}`, cacheDir: path, registry: await connect(path), seen: new Map() }
    }),
  )
  const ask = (one: Worker, id: string) => askOne(one, id, published)
  const askAll = async () =>
    (await Promise.all(workers.flatMap((one) => IDS.map((id) => ask(one, id))))).flat()
  const isCurrent = () => workers.every(({ seen }) => IDS.every((id) => seen.get(id) === published.get(id)))
  // On a busy machine a first answer may come too late; a worker cannot keep a definition that it never read.
  await askUntil(isCurrent, askAll)
  return {
    proxy,
    workers,
    publish,
    askAll,
    restart: server.restart,
    restartWorker: async (one: Worker) => {
      await one.registry.close()
      one.registry = await connect(one.cacheDir)
    },
    reopen: () => {
      proxy.breaks = () => false
      proxy.become('open')
    },
    waitUntilCurrent: () => askUntil(isCurrent, askAll),
    close: async () => {
      await Promise.all(workers.map(({ registry }) => registry.close()))
      await proxy.close()
      await server.close()
      for (const folder of folders) folder.remove()
    },
  }
}

async function askUntil(isCurrent: () => boolean, askAll: () => Promise<string[]>): Promise<string[]> {
  const until = Date.now() + BACK_WITHIN_MS
  const faults: string[] = []
  do {
    faults.push(...(await askAll()))
    if (!isCurrent()) await sleep(150)
  } while (!isCurrent() && Date.now() < until)
  return isCurrent() ? faults : [...faults, 'a worker does not come to what is published']
}

/** Checks that an answer is complete, was published, and is not older than the previous one. */
async function askOne(one: Worker, id: string, published: Map<string, number>): Promise<string[]> {
  const answer = await one.registry.agent(id)
  if (!answer.ok) return [`${one.name} has no answer for ${id}: ${answer.reason}: ${answer.message}`]
  const { version, prompts } = answer.agent
  const before = one.seen.get(id) ?? 0
  one.seen.set(id, version)
  const text = prompts.system?.render()
  return [
    ...(version < before ? [`${one.name} goes back from version ${before} of ${id} to ${version}`] : []),
    // A worker may see a publish before its publisher has the answer.
    ...(version > (published.get(id) ?? 0) + 1 ? [`${one.name} has version ${version} of ${id}`] : []),
    ...(text === promptOf(id, version) ? [] : [`${one.name} has ${text} as version ${version} of ${id}`]),
  ]
}
