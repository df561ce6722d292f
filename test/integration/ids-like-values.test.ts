import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { createPorts } from '../../src/api/ports.ts'
import { definitionId } from '../../src/contract/fields/id.ts'
import { createAuthenticate } from '../../src/edge/auth/authenticate.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { connectRegistry } from '../../src/worker/connect-registry.ts'
import { publishInside } from '../api/support/preview.ts'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import { TestProject } from '../harness/project.ts'
import { type ServedRegistry, serveRegistry } from '../worker/support/served-registry.ts'

/** Ids that some layer may read as a value, as a word of a language of filters or as a member of every object. */
const IDS = [
  ...[
    'true',
    'false',
    'null',
    'undefined',
    'unknown',
    'nan',
    'infinity',
    'inf',
    'now',
    'epoch',
    'e5',
    'ff',
    'yes',
  ],
  ...[
    'and',
    'or',
    'not',
    'eq',
    'in',
    'is',
    'select',
    'order',
    'limit',
    'columns',
    'default',
    'all',
    'constructor',
  ],
]
/** Names of previews, which may begin with a digit. */
const PREVIEWS = ['true', 'null', '1e5', '007', '0x10']

test('each of the ids follows the rule of ids', () => {
  for (const id of IDS) expect(definitionId.safeParse(id).success, id).toBe(true)
})

const PLACES = {
  PGlite: async () => ({ url: undefined, drop: async () => {} }),
  'a PostgreSQL server': openedDatabase,
}

describe.each(Object.entries(PLACES))('definitions with such ids on %s', (_, open) => {
  let served: ServedRegistry
  let drop: () => Promise<void>
  beforeAll(async () => {
    const database = await open()
    drop = database.drop
    served = await serveRegistry(database.url)
    const first = IDS.map((id) => packAgent(id, `You are ${id}.\n`, { tags: [id] }))
    resultOf(await publish(served.registry, first, { commit: commitAt(1), reason: 'true' }))
    const second = IDS.map((id) => packAgent(id, `You are ${id}, again.\n`, { tags: [id] }, 1))
    resultOf(await publish(served.registry, second, { commit: commitAt(2), reason: 'null' }))
  })
  afterAll(async () => {
    await served?.close()
    await drop?.()
  })

  test('the registry lists and shows each of them, with its history and content', async () => {
    const { registry } = served
    expect((await registry.heads('agents')).map(({ id }) => id).sort()).toEqual(IDS.toSorted())
    for (const id of IDS) {
      expect(await registry.head('agents', id)).toMatchObject({ id, version: 2, description: { tags: [id] } })
      expect((await registry.history('agents', id)).map(({ reason }) => reason)).toEqual(['null', 'true'])
      const revision = await registry.revision('agents', id, 1)
      expect(revision?.texts['prompts/system.md']).toBe(`You are ${id}.\n`)
    }
  })

  test('the HTTP API answers for each of them', async () => {
    const { publishable, secret, jwtSecret } = served.keys
    const publisher = { issuer: `${served.url}/auth/v1`, jwtSecret, jwks: { keys: [] } }
    const authenticate = createAuthenticate({ secretKeys: [secret], publisher })
    const keys = { publishableKey: publishable, secretKey: secret }
    const ports = createPorts({
      kinds: [agents],
      url: served.url,
      ...keys,
      fetch,
      authenticate,
      log: () => {},
    })
    const api = createApi(ports)
    const get = (path: string) => api.fetch(new Request(new URL(`/api/agents${path}`, served.url)))
    for (const id of IDS) {
      const paths = [`/${id}`, `/${id}/versions`, `/${id}/versions/1`]
      const statuses = await Promise.all(paths.map(async (path) => (await get(path)).status))
      expect([id, statuses]).toEqual([id, [200, 200, 200]])
    }
  })

  test('a worker reads each of them, by its newest version and pinned', async () => {
    const options = {
      url: served.url,
      key: served.keys.publishable,
      cacheDir: temporaryFolder(),
      log: () => {},
    }
    const worker = await connectRegistry(options)
    for (const id of IDS) {
      expect(await worker.agent(id), id).toMatchObject({ ok: true, agent: { id, version: 2 } })
      expect(await worker.agent(id, { version: 1 }), id).toMatchObject({
        ok: true,
        agent: { id, version: 1 },
      })
    }
    await worker.close()
  })

  test.each(PREVIEWS)('a preview with the name "%s" has its own content, and goes', async (name) => {
    const { registry } = served
    await registry.previews.up({ name, origin: 'local', actor: 'true' })
    const inside = registry.inPreview(name)
    await publishInside(inside, [packAgent('true', `In ${name}.\n`, {}, 2)])
    expect(await inside.head('agents', 'true')).toMatchObject({ id: 'true', version: 3 })
    expect(await registry.head('agents', 'true')).toMatchObject({ id: 'true', version: 2 })
    const options = { url: served.url, key: served.keys.secret, env: name, cacheDir: temporaryFolder() }
    const worker = await connectRegistry({ ...options, log: () => {} })
    expect(await worker.agent('true')).toMatchObject({ ok: true, agent: { version: 3 } })
    await worker.close()
    await registry.previews.down(name)
  })
})

test('the commands take such ids', async () => {
  const project = new TestProject({}, { resident: true })
  try {
    const ids = ['true', 'null', 'constructor']
    for (const id of ids) {
      const dir = `packages/shared/agents/${id}`
      const { item } = packAgent(id, `You are ${id}.\n`)
      for (const { path, text } of item.files) project.write({ [`${dir}/${path}`]: text ?? '' })
    }
    project.commit()
    expect(await project.run('registry', 'publish')).toMatchObject({ exit: 0 })
    for (const id of ids) {
      const history = await project.run('registry', 'history', 'agents', id, '--json')
      expect(history, history.stdout + history.stderr).toMatchObject({ exit: 0 })
    }
    const pulled = await project.run('registry', 'pull', 'agents', ...ids, '--to', 'pulled')
    expect(pulled, pulled.stderr).toMatchObject({ exit: 0 })
  } finally {
    await project.remove()
  }
})
