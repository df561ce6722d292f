import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Keys } from '../../src/cloud/embedded/keys.ts'
import type { YamlLibrary } from '../../src/contract/manifest/yaml-text.ts'
import { type DevServer, serveDev } from '../../src/dev/serve-dev.ts'
import { createSyncHandler } from '../../src/edge/handlers/sync-handler.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { checkOutputs } from '../../src/worker/run/outputs.ts'
import { packFiles } from '../cloud/support/definitions.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { COSTLY, type Costly, STORED, type Stored, template } from './support/corpus.ts'

/** What would run for many minutes ends in a second. A loaded machine gets a minute. */
const CEILING = 60_000

const KINDS = [agents, templates]
const PROMPT = 'prompts/system.md'

interface Found {
  rule: string
  severity: string
  id?: string
}

const errorsIn = (found: readonly Found[]) =>
  [...new Set(found.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))].sort()

/** Files by path inside the definition's folder. */
function filesOf({ kind, manifest }: Costly): Record<string, string> {
  const text = JSON.stringify(manifest)
  return kind === 'agents'
    ? { 'agent.json': text, [PROMPT]: 'You are careful.\n' }
    : { 'template.json': text }
}

/** Template that takes one harmless value, and whose default it is. */
const published = ({ id, schema, harmless, $defs }: Stored) =>
  template(id, { ...schema, default: harmless }, $defs)

async function inTime<T>(work: () => T | Promise<T>): Promise<T> {
  const start = performance.now()
  const answer = await work()
  expect(performance.now() - start).toBeLessThan(CEILING)
  return answer
}

let project: PostgresProject
let publication: { exit: number; stderr: string }
beforeAll(async () => {
  project = await PostgresProject.create()
  project.write(agentFiles('one'))
  for (const one of STORED)
    project.write({ [`packages/shared/templates/${one.id}/template.json`]: published(one) })
  project.commit()
  publication = await inTime(() => project.run('registry', 'publish'))
})
afterAll(() => project?.remove())

describe('the command line', () => {
  test('publishes schemas whose values may cost much', () => {
    expect(publication).toMatchObject({ exit: 0 })
  })

  test('validates costly definitions', async () => {
    const other = new TestProject({}, { resident: true }).write(agentFiles('one'))
    try {
      for (const one of COSTLY)
        for (const [path, text] of Object.entries(filesOf(one)))
          other.write({ [`packages/shared/${one.kind}/${one.id}/${path}`]: text })
      const { exit, json } = await inTime(() => other.run('validate', '--json'))
      expect(exit).toBe(1)
      const found = json.diagnostics as Found[]
      const errors = COSTLY.map(({ id }) => [id, errorsIn(found.filter((finding) => finding.id === id))])
      expect(errors).toEqual(COSTLY.map((one) => [one.id, one.errors]))
    } finally {
      other.remove()
    }
  })

  // The same code as the API's, and a process for each: two are enough.
  const shown = STORED.filter(({ id }) => id === 'kept-path' || id === 'kept-doubling')
  test.each(shown)('instantiates: $name', async ({ id, value, refused }) => {
    const given = `value=${typeof value === 'string' ? value : JSON.stringify(value)}`
    const args = ['templates', 'instantiate', id, '--dry-run', '--json', '--param', given]
    const { exit, json } = await inTime(() => project.run(...args))
    expect({ exit, errors: errorsIn(json.diagnostics ?? []) }).toEqual({
      exit: refused === undefined ? 0 : 1,
      errors: refused === undefined ? [] : [refused],
    })
  })
})

describe('the API', () => {
  let server: DevServer
  let headers: Record<string, string>
  beforeAll(async () => {
    const { root, database } = project
    server = await serveDev({ root, databaseUrl: database.url, kinds: KINDS, port: 0, log: () => {} })
    const keys = JSON.parse(readFileSync(join(project.root, '.nofx/keys.json'), 'utf8')) as Keys
    const token = await new SignJWT({ role: 'authenticated', app_metadata: { nofx_role: 'publisher' } })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject('11111111-1111-4111-8111-111111111111')
      .setAudience('authenticated')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(keys.jwtSecret))
    headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  })
  afterAll(() => server?.close())

  /** Sends a request, and others beside it that must be answered as well. */
  async function send(path: string, body: unknown) {
    const request = { method: 'POST', headers, body: JSON.stringify(body) }
    const [answer, health, list] = await inTime(() =>
      Promise.all([
        fetch(`${server.url}${path}`, request),
        fetch(`${server.url}/api/health`),
        fetch(`${server.url}/api/agents`),
      ]),
    )
    expect([health.status, list.status]).toEqual([200, 200])
    const json = (await answer.json()) as { errors?: Found[] }
    return { status: answer.status, errors: errorsIn(json.errors ?? []) }
  }

  test.each(COSTLY)('validates: $name', async (one) => {
    const body = one.kind === 'agents' ? { id: one.id, files: filesOf(one) } : one.manifest
    expect(await send(`/api/${one.kind}/validate`, body)).toEqual({ status: 200, errors: one.errors })
  })

  test.each(STORED)('instantiates: $name', async ({ id, value, refused }) => {
    const path = `/api/templates/${id}/instantiate`
    expect(await send(path, { parameters: { value }, dryRun: true })).toEqual(
      refused === undefined ? { status: 200, errors: [] } : { status: 422, errors: [refused] },
    )
  })
})

describe('the edge function', () => {
  const handle = createSyncHandler({
    kinds: KINDS,
    rpc: async () => ({ data: null }),
    log: () => {},
    yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary,
  })

  test.each(COSTLY)('checks: $name', async (one) => {
    const { item } = packFiles(one.kind, one.id, filesOf(one))
    const body = JSON.stringify({ action: 'stage', key: 'a-key-of-a-test', part: 0, items: [item] })
    const request = new Request(`http://functions.test/registry_${one.kind}_sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const answer = await inTime(async () => (await handle(one.kind, request)).json())
    const { error } = answer as { error?: { findings: Found[] } }
    expect(errorsIn(error?.findings ?? [])).toEqual(one.errors)
  })
})

describe('a worker', () => {
  test.each(STORED)('checks outputs: $name', async ({ schema, value, refused, $defs }) => {
    const expected = {
      id: 'answer',
      type: 'json' as const,
      fromStep: 'do',
      required: true,
      schema: { ...schema, ...($defs === undefined ? {} : { $defs }) },
    }
    const read = await inTime(() => checkOutputs({ answer: value }, [expected], project.root))
    expect('problem' in read).toBe(refused !== undefined)
  })
})
