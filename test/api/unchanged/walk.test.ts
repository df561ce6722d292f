import { expect, onTestFinished, test } from 'vitest'
import { createApi } from '../../../src/api/app.ts'
import { createAnswerCache } from '../../../src/api/unchanged/answer-cache.ts'
import { createDefinitionAnswers } from '../../../src/api/unchanged/definition-answers.ts'
import { readMoves } from '../../../src/api/unchanged/newest.ts'
import { commitAt, packAgent, publish } from '../../cloud/support/definitions.ts'
import { backUp, restore } from '../../harness/backup.ts'
import { type CloudDatabase, openedDatabase } from '../../harness/cloud-database.ts'
import { pick, type Random, seeded } from '../../harness/random.ts'
import { repetitions } from '../../harness/repetition.ts'
import { type ApiUnderTest, ORIGIN, openApiUnderTest, packSamples } from '../support/api-under-test.ts'
import { freshKey, post } from '../support/writing.ts'

const SEED = Number(process.env.NOFX_SEED) || 20261130
const STEPS = repetitions(6, 60)
/** Places that are read for the first time after each write, and those that are read again. */
const [NEW_READS, READS_AGAIN] = [6, repetitions(5, 12)]
const IDS = ['aa', 'bb', 'bb-1', 'bc', 'dd', 'steady']
const FORMS = [
  {},
  {},
  { status: 'draft' },
  { status: 'disabled' },
  { status: 'deprecated', deprecation: { message: 'Old.' } },
  { tags: ['quick'] },
]

/** What someone reads, and as whom. */
interface Place {
  path: string
  who: string
}

interface Head {
  kind: string
  id: string
  latest_version: number
}

const readHeads = ({ query }: CloudDatabase) =>
  query<Head>('select kind, id, latest_version from public.registry_heads order by kind, id')

interface Writing {
  api: ApiUnderTest
  database: CloudDatabase
  random: Random
  /** Headers of a publisher. */
  headers: Record<string, string>
}

/** Commits, each newer than the one before. A refusal is an outcome, too. */
function createPublishes({ api, database, random }: Writing) {
  const { registry } = api.ports
  let rank = 10
  const publishSome = async (ids: readonly string[]) => {
    const heads = await readHeads(database)
    const packed = ids.map((id) => {
      const before = heads.find((one) => one.kind === 'agents' && one.id === id)?.latest_version
      return packAgent(id, `Text ${Math.floor(random() * 4)}.\n`, pick(random, FORMS), before)
    })
    return publish(registry, packed, { commit: commitAt(++rank), unhold: random() < 0.7 })
  }
  return {
    publish: () => publishSome(IDS.filter(() => random() < 0.4)),
    'publish one': () => publishSome([pick(random, IDS)]),
    'publish what is refused': () => publishSome(['x', 'A_B']),
    remove: async () => {
      const { kind, id, latest_version: expectedVersion } = pick(random, await readHeads(database))
      const removals = [{ kind, id, expectedVersion }]
      return publish(registry, [], { kind, commit: commitAt(++rank), force: true, removals })
    },
  }
}

/** Everything else that changes answers. */
function createMoves({ api, database, random, headers }: Writing) {
  const { registry } = api.ports
  const reason = 'to see it'
  const some = async () => pick(random, await readHeads(database))
  const move = async (verb: string, body: object = {}) => {
    const { kind, id } = await some()
    return post(api, `/api/${kind}/${id}/${verb}`, { reason, ...body }, headers)
  }
  return {
    rollback: () => move('rollback', { targetVersion: 1 + Math.floor(random() * 3) }),
    disable: () => move('disable'),
    enable: () => move('enable'),
    promote: () => move('promote'),
    undelete: () => move('undelete'),
    undo: async () => {
      const [newest] = await registry.releases(1)
      return post(api, `/api/releases/${newest?.id}/rollback`, { reason }, headers)
    },
    withdraw: async () => {
      const { kind, id } = await some()
      const who = { key: freshKey(), actor: 'test@example.com', reason }
      return registry.sync(kind, { action: 'withdraw', kind, id, version: 1, ...who })
    },
    forget: () => database.query(`select public.registry_prune_events('{"keep": {"count": 5}}')`),
    'back up': () => backUp(database),
    restore: () => restore(database),
    nothing: async () => {},
  }
}

/** A list with any parameters; those that do not go together are refused everywhere. */
function chooseList(random: Random): string {
  const filters: [odds: number, values: readonly string[]][] = [
    [0.8, ['limit=1', 'limit=2', 'limit=3']],
    [0.2, ['sort=-updatedAt']],
    [0.2, ['status=active', 'status=deprecated', 'status=disabled', 'status=removed,draft']],
    [0.2, ['view=row', 'view=manifest']],
    [0.2, ['search=b', 'tag=quick', 'owner=platform']],
    [0.1, ['waiting=true', 'held=true', 'at=2026-01-01']],
  ]
  const chosen = filters.flatMap(([odds, values]) => (random() < odds ? [pick(random, values)] : []))
  return `/api/${pick(random, ['agents', 'agents', 'templates'])}?${chosen.join('&')}`
}

async function choosePath(random: Random, database: CloudDatabase, more: readonly string[]) {
  const heads = await readHeads(database)
  const { kind, id, latest_version: last } = pick(random, heads)
  const version = () => 1 + Math.floor(random() * (last + 0.3))
  return pick(random, [
    ...Array.from({ length: 6 }, () => chooseList(random)),
    ...(more.length > 0 ? Array.from({ length: 6 }, () => pick(random, more)) : []),
    ...Array.from({ length: 4 }, () => `/api/${kind}/${id}`),
    `/api/${kind}/${id}/versions?limit=2`,
    `/api/${kind}/${id}/versions/${version()}`,
    `/api/${kind}/${id}/diff?from=${version()}&to=${version()}`,
    `/api/${kind}/${id}/links`,
    `/api/${kind}/${id}/graph`,
    '/api/kinds',
    '/api/events?limit=5',
    '/v0.1/servers?limit=2',
    '/.well-known/agent-skills/index.json',
    '/api/marketplaces/claude/marketplace.json',
  ])
}

const HEADERS = ['etag', 'link', 'cache-control', 'content-type', 'vercel-cache-tag']

/** The same request to each of several instances over one registry; the first one has nothing in memory. */
function createInstances(api: ApiUnderTest) {
  const remembering = () => ({
    answers: createAnswerCache(),
    definitions: createDefinitionAnswers({ readMoves: (since) => readMoves(api.ports.service, since) }),
  })
  const memories = [{ answers: undefined, definitions: undefined }, remembering(), remembering()]
  return memories.map((memory) => {
    const { fetch } = createApi({ ...api.ports, ...memory })
    return async (path: string, headers: Record<string, string>) => {
      const all = { ...headers, 'x-request-id': 'the-same-one' }
      const answer = await fetch(new Request(new URL(path, ORIGIN), { headers: all }))
      const shown = Object.fromEntries(HEADERS.map((name) => [name, answer.headers.get(name)]))
      return { status: answer.status, ...shown, etag: shown.etag ?? undefined, text: await answer.text() }
    }
  })
}

test('whatever is written, every instance answers what one without a memory answers, and no tag stands for two answers', async () => {
  const random = seeded(SEED)
  const database = await openedDatabase()
  const api = await openApiUnderTest({ database })
  onTestFinished(api.close)
  const publisher = await api.token()
  const callers: Record<string, Record<string, string>> = {
    reader: {},
    user: await api.token({ role: 'reader' }),
    publisher,
    owner: { apikey: api.cloud.keys.secret },
  }
  await publish(api.ports.registry, [...packSamples('agents'), ...IDS.map((id) => packAgent(id, 'One.\n'))])
  for (const kind of ['templates', 'skills', 'servers'])
    await publish(api.ports.registry, packSamples(kind), { kind })
  await backUp(database)
  const writing = { api, database, random, headers: publisher }
  const writes = Object.entries({ ...createPublishes(writing), ...createMoves(writing) })
  const [compose, ...remember] = createInstances(api)
  const pages: string[] = []
  const places: Place[] = []
  /** The text of each answer by place and tag, and the last tag of each place. */
  const texts = new Map<string, string>()
  const tags = new Map<string, string>()
  const check = async (what: string, { path, who }: Place) => {
    const right = await compose!(path, callers[who]!)
    const name = `${who} ${path}`
    const tagged = `${name} ${right.etag}`
    if (right.etag !== undefined) {
      expect([what, tagged, texts.get(tagged) ?? right.text]).toEqual([what, tagged, right.text])
      texts.set(tagged, right.text)
    }
    const before = tags.get(name)
    for (const ask of remember) {
      expect([what, name, await ask(path, callers[who]!)]).toEqual([what, name, right])
      if (before === undefined) continue
      const { status } = await ask(path, { ...callers[who], 'if-none-match': before })
      expect([what, name, status]).toEqual([what, name, before === right.etag ? 304 : right.status])
    }
    if (right.etag !== undefined) tags.set(name, right.etag)
    const [, next] = /"nextCursor":"([^"]+)"/.exec(right.text) ?? []
    if (next !== undefined && path.includes('limit='))
      pages.push(`${path.replace(/&cursor=.*/, '')}&cursor=${next}`)
  }
  for (let step = 0; step < STEPS; step++) {
    const [what, write] = pick(random, writes)
    // Some are read while it is written, so that what they leave in memory may be of both states.
    const beside = places.length > 0 ? [pick(random, places), pick(random, places)] : []
    await Promise.all([
      write(),
      ...beside.map(({ path, who }) => pick(random, remember)(path, callers[who]!)),
    ])
    for (let at = 0; at < NEW_READS; at++) {
      const who = pick(random, ['reader', 'reader', 'reader', ...Object.keys(callers)])
      places.push({ path: await choosePath(random, database, pages), who })
    }
    const again = Array.from({ length: READS_AGAIN }, () => pick(random, places))
    for (const place of [...places.slice(-NEW_READS), ...again]) await check(`${step}: ${what}`, place)
  }
}, 1_200_000)
