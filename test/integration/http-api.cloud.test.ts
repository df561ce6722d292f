import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDev, startDev } from '../dev/support/start-dev.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'

const CORPUS = resolve('../shared/corpus/claude-plugins')
const present = existsSync(CORPUS)
if (!present) console.warn('skipped: the corpus of real agents and workflows (../shared/corpus) is not here')

const AGENT = 'code-documentation-docs-architect'

// biome-ignore lint/suspicious/noExplicitAny: the API's shapes are held by test/api, and here the values count
type Json = any

interface Page {
  items: { id: string; version: number; digest: string }[]
  nextCursor: string | null
}

/** The whole path over real HTTP: the CLI, the functions in Deno, the API, and PostgreSQL underneath. */
describe.skipIf(!present)('a registry behind nofx dev on PostgreSQL', () => {
  let project: PostgresProject
  let dev: RunningDev
  let url: string
  let secret: string

  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers })
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', apikey: secret, ...headers },
      body: JSON.stringify(body),
    })
  const pageAfter = async (cursor: string | null, query = 'limit=25') => {
    const response = await get(`/api/agents?${query}${cursor ? `&cursor=${cursor}` : ''}`)
    expect(response.status).toBe(200)
    return (await response.json()) as Page
  }
  const edit = (id: string, text: string) => {
    const path = `packages/shared/agents/${id}/prompts/system.md`
    const before = readFileSync(join(project.root, path), 'utf8')
    project.write({ [path]: `${before}\n${text}\n` }).commit(text)
  }

  beforeAll(async () => {
    project = await PostgresProject.create()
    await project.run('import', 'claude', CORPUS, '--owner', '@acme/agents')
    project.commit('import')
    dev = startDev(project, ['--no-watch', '--db', project.database.url], { NOFX_RATE_LIMIT: '0' })
    url = await dev.url
    secret = JSON.parse(readFileSync(join(project.root, '.nofx/keys.json'), 'utf8')).secret
  })
  afterAll(async () => {
    dev.child.kill('SIGTERM')
    expect(await dev.ended).toEqual({ exit: 0, signal: null })
    expect(await checkInvariants(project.database)).toEqual([])
    await project.remove()
  })

  it('the CLI publishes the corpus', async () => {
    const { exit, json, stderr } = await project.runWith(
      { env: { NOFX_DATABASE_URL: '', SUPABASE_URL: url, SUPABASE_SECRET_KEY: secret } },
      'registry',
      'publish',
      '--json',
    )
    expect({ exit, stderr }).toMatchObject({ exit: 0 })
    expect(json.data.result.outcomes).toHaveLength(228)
  })

  it('the API lists every agent exactly once, page by page, while publishes continue', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    let round = 0
    do {
      const page: Page = await pageAfter(cursor)
      seen.push(...page.items.map((item) => item.id))
      cursor = page.nextCursor
      if (round++ < 3) {
        edit(AGENT, `Round ${round}.`)
        expect((await project.run('registry', 'publish')).exit).toBe(0)
      }
    } while (cursor !== null)
    expect(seen).toHaveLength(202)
    expect(new Set(seen).size).toBe(202)
    expect(seen).toEqual([...seen].sort())
  })

  it('the API shows an agent, and answers 304 to a caller that has it', async () => {
    const first = await get(`/api/agents/${AGENT}`)
    expect(first.status).toBe(200)
    expect(first.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate')
    expect(first.headers.get('vercel-cdn-cache-control')).toMatch(/s-maxage=\d+, stale-while-revalidate=\d+/)
    expect(first.headers.get('vercel-cache-tag')).toBe(`registry,registry-agents,registry-agents-${AGENT}`)
    const etag = first.headers.get('etag')!
    expect(await first.json()).toMatchObject({ id: AGENT, version: 4, status: 'active' })
    for (const path of [`/api/agents/${AGENT}`, '/api/agents?limit=100']) {
      const tag = (await get(path)).headers.get('etag')!
      const again = await get(path, { 'if-none-match': tag })
      expect({ status: again.status, etag: again.headers.get('etag'), body: await again.text() }).toEqual({
        status: 304,
        etag: tag,
        body: '',
      })
    }
    edit(AGENT, 'Once more.')
    await project.run('registry', 'publish')
    expect((await get(`/api/agents/${AGENT}`, { 'if-none-match': etag })).status).toBe(200)
  })

  it('the API rolls back for a caller with the current tag, and refuses other callers', async () => {
    const path = `/api/agents/${AGENT}`
    const old = (await get(`${path}/versions/1`)).headers.get('etag')!
    const body = { targetVersion: 2, reason: 'too long' }
    const wrong = await post(`${path}/rollback`, body, { 'if-match': old })
    expect(wrong.status).toBe(412)
    expect(wrong.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await wrong.json()).toMatchObject({ code: 'PRECONDITION_FAILED' })
    expect(await (await get(path)).json()).toMatchObject({ version: 5 })

    const live = (await get(path)).headers.get('etag')!
    const headers = { 'if-match': live, 'idempotency-key': 'incident-42' }
    const right = await post(`${path}/rollback`, body, headers)
    expect({ status: right.status, cache: right.headers.get('cache-control') }).toEqual({
      status: 200,
      cache: 'private, no-store',
    })
    const again = await post(`${path}/rollback`, body, headers)
    expect(await again.json()).toMatchObject({ replayed: true })
    const after: Json = await (await get(path)).json()
    const second: Json = await (await get(`${path}/versions/2`)).json()
    expect(after).toMatchObject({ version: 6, digest: second.digest, origin: 'rollback' })
  })

  it('the API makes one plan for fifty requests with one key', async () => {
    const { items } = (await (await get('/api/templates?limit=100')).json()) as Page
    const [template] = items
    const shown: Json = await (await get(`/api/templates/${template!.id}`)).json()
    const parameters = Object.fromEntries(
      (shown.manifest.parameters?.required ?? []).map((name: string) => [name, 'something']),
    )
    const path = `/api/templates/${template!.id}/instantiate`
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post(path, { parameters }, { 'idempotency-key': 'one-plan-please' })),
    )
    const plans: Json[] = await Promise.all(answers.map((answer) => answer.json()))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 201]))
    expect(new Set(plans.map((plan) => plan.planId)).size).toBe(1)
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
    const [rows] = await project.database.query('select count(*)::int as plans from template_instantiations')
    expect(rows).toEqual({ plans: 1 })
  })

  it('the API never sends a key', () => {
    const { publishable, jwtSecret } = JSON.parse(readFileSync(join(project.root, '.nofx/keys.json'), 'utf8'))
    for (const key of [secret, publishable, jwtSecret]) expect(dev.output()).not.toContain(key)
    expect(dev.output()).toContain('/api/agents')
  })
})
