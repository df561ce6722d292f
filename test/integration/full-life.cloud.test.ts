import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type RunningDev, startDev } from '../dev/support/start-dev.ts'
import { type IdentityProvider, JOB, serveIdentityProvider } from '../edge/support/identity-provider.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

const AGENT = 'packages/shared/agents/reviewer'
const PRIVATE = { docs: { type: 'streamable-http', url: 'https://10.0.0.7/mcp' } }
const PUBLIC = { docs: { type: 'streamable-http', url: 'https://mcp.example.com/docs' } }
const MAIN = { ref: JOB.ref, event_name: JOB.event_name }
const PULL = { ref: 'refs/pull/7/merge', event_name: 'pull_request' }

const withServers = (mcpServers: object) =>
  agentFiles('reviewer', { mcp: { mcpServers }, permissions: { network: true, hosts: ['mcp.example.com'] } })[
    `${AGENT}/agent.json`
  ] as object

/** Times that later questions are about, by name. */
const moments: Record<string, string> = {}

/** One change from its branch to the night it is rolled back, as a team with CI lives it, over HTTP on PostgreSQL. */
describe('the life of a change, from a branch to a rollback', () => {
  let project: PostgresProject
  let dev: RunningDev
  let provider: IdentityProvider
  let url: string
  let secret: string

  /** A command in a CI job without a key: it has the identity that the platform issues. */
  const inJob = (claims: object, ...words: string[]) => {
    provider.claims = { ...claims, sha: project.git('rev-parse', 'HEAD').trim() }
    const github = {
      GITHUB_REPOSITORY: JOB.repository,
      GITHUB_REF: (claims as typeof MAIN).ref,
      NOFX_API_URL: url,
    }
    const env = { NOFX_DATABASE_URL: '', SUPABASE_URL: url, ...provider.env, ...github }
    return project.runWith({ env }, ...words, '--json')
  }
  /** A command of an engineer with the key. */
  const onCall = (...words: string[]) =>
    project.runWith(
      { env: { NOFX_DATABASE_URL: '', SUPABASE_URL: url, SUPABASE_SECRET_KEY: secret } },
      ...words,
      '--json',
    )
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers })
  const live = async (headers = {}, query = '') => {
    const response = await get(`/api/agents/reviewer${query}`, headers)
    // biome-ignore lint/suspicious/noExplicitAny: the API's shapes are held by test/api, and here the values count
    return { http: response.status, ...((await response.json()) as any) }
  }
  const prompt = (text: string) => project.write({ [`${AGENT}/prompts/system.md`]: `${text}\n` })
  const now = async (name: string) => {
    const [row] = await project.database.query<{ at: string }>(
      `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
    )
    moments[name] = row!.at
  }

  beforeAll(async () => {
    provider = await serveIdentityProvider()
    project = await PostgresProject.create()
    dev = startDev(project, ['--no-watch', '--db', project.database.url], { NOFX_RATE_LIMIT: '0' })
    url = await dev.url
    secret = JSON.parse(readFileSync(join(project.root, '.nofx/keys.json'), 'utf8')).secret
    const job = { issuer: provider.issuer, audience: url, repository: JOB.repository }
    const identities = [
      { ...job, refs: [JOB.ref], events: ['push'] },
      { ...job, refs: ['refs/pull/*'], events: ['pull_request'], previews: true },
    ]
    await project.database.query(
      `insert into public.registry_policies (kind, identities) values ('*', '${JSON.stringify(identities)}')
       on conflict (kind) do update set identities = excluded.identities`,
    )
    project.write({ '.gitignore': '.nofx\n*.comment.md\n' })
    project
      .write(agentFiles('reviewer', {}, 'One.\n'))
      .write(agentFiles('writer'))
      .commit('first')
  })
  afterAll(async () => {
    dev.child.kill('SIGTERM')
    expect(await dev.ended).toEqual({ exit: 0, signal: null })
    expect(await checkInvariants(project.database)).toEqual([])
    expect(dev.output()).not.toContain(secret)
    await provider.close()
    await project.remove()
  })

  it('CI publishes the main branch without any stored secret', async () => {
    const { exit, json } = await inJob(MAIN, 'registry', 'publish')
    expect({ exit, error: json.error }).toEqual({ exit: 0, error: undefined })
    expect(await live()).toMatchObject({ http: 200, version: 1 })
    await now('first')
  })

  it('the hook stops an invalid change before its commit, with the line and what to do', async () => {
    project.git('checkout', '-qb', 'better')
    prompt('Two.').write({ [`${AGENT}/agent.json`]: withServers(PRIVATE) })
    const [hook] = parse(readFileSync('.pre-commit-hooks.yaml', 'utf8'))
    const changed = project.git('status', '--porcelain', '-uall').trim().split('\n')
    const files = changed
      .map((line) => line.trim().split(' ').at(-1)!)
      .filter((file) => new RegExp(hook.files).test(file))
    const [, ...entry] = hook.entry.split(' ')
    const { exit, json } = await project.run(...entry, ...files, '--json')
    expect(exit).toBe(1)
    expect(json.diagnostics).toContainEqual(
      expect.objectContaining({
        rule: 'NOFX_MCP_URL_PRIVATE',
        path: `${AGENT}/agent.json`,
        line: 20,
        hint: 'use a public https URL',
      }),
    )
    project.write({ [`${AGENT}/agent.json`]: withServers(PUBLIC) })
    expect((await project.run(...entry, ...files, '--json')).exit).toBe(0)
    project.commit('Two')
  })

  it('reviewers see the change in a preview, with its differences as a comment', async () => {
    const { exit, json } = await inJob(PULL, 'preview', 'up', 'pr-7', '--comment', 'pr.comment.md')
    expect({ exit, error: json.error }).toEqual({ exit: 0, error: undefined })
    expect(json.data.url).toBe(`${url}/api/agents?env=pr-7`)
    const comment = readFileSync(join(project.root, 'pr.comment.md'), 'utf8')
    expect(comment).toMatch(/^<!-- nofx -->\n/)
    expect(comment).toContain('mcp&#46;example&#46;com')
    expect(comment).toContain(`${url}/api/agents?env=pr-7`)
    expect(await live({ apikey: secret }, '?env=pr-7')).toMatchObject({ http: 200, version: 2 })
    expect(await live({}, '?env=pr-7')).toMatchObject({ http: 401 })
    expect(await live()).toMatchObject({ version: 1 })
    const published = await inJob(PULL, 'registry', 'publish')
    expect({ exit: published.exit, code: published.json.error.code }).toEqual({
      exit: 3,
      code: 'REMOTE_DENIED',
    })
  })

  it('the merge makes the change live and takes the preview down', async () => {
    project.git('checkout', '-q', 'main')
    project.git('merge', '-q', '--no-ff', '-m', 'Merge better', 'better')
    const { exit, json } = await inJob(MAIN, 'registry', 'publish')
    expect({ exit, error: json.error, outcomes: json.data?.result.outcomes }).toMatchObject({
      exit: 0,
      outcomes: [{ id: 'reviewer', outcome: 'updated', version: 2 }],
    })
    expect((await inJob(PULL, 'preview', 'down', 'pr-7')).exit).toBe(0)
    expect(await live({ apikey: secret }, '?env=pr-7')).toMatchObject({ http: 404 })
    expect(await live()).toMatchObject({ version: 2 })
    await now('merged')
  })

  it('a draft is visible to publishers alone until it is promoted', async () => {
    prompt('Three.').commit('Three')
    expect((await inJob(MAIN, 'registry', 'publish', '--draft')).exit).toBe(0)
    expect(await live()).toMatchObject({ version: 2 })
    const words = ['promote', 'agents', 'reviewer', '--expect', '3', '--reason', 'a week without complaints']
    const { exit, json } = await onCall('registry', ...words)
    expect({ exit, error: json.error }).toEqual({ exit: 0, error: undefined })
    expect(await live()).toMatchObject({ version: 4 })
    await now('promoted')
  })

  it('a bad change is rolled back, and its content stays held', async () => {
    prompt('Ignore the tests.').commit('Four')
    expect((await inJob(MAIN, 'registry', 'publish')).exit).toBe(0)
    const bad = await get('/api/agents/reviewer')
    expect(await live()).toMatchObject({ version: 5 })
    await now('bad')
    const rollback = (ifMatch: string) =>
      fetch(`${url}/api/agents/reviewer/rollback`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', apikey: secret, 'if-match': ifMatch },
        body: JSON.stringify({ targetVersion: 4, reason: 'it skips the tests' }),
      })
    expect((await rollback('"another"')).status).toBe(412)
    expect((await rollback(bad.headers.get('etag')!)).status).toBe(200)
    const again = await inJob(MAIN, 'registry', 'publish')
    expect({ exit: again.exit, items: again.json.data.plan.items }).toMatchObject({
      exit: 0,
      items: [
        {
          id: 'reviewer',
          action: 'held',
          note: 'this content was rolled back as version 5 by api: it skips the tests',
        },
      ],
    })
    expect(await live()).toMatchObject({ version: 6 })
  })

  it('the history shows afterwards what was live when, with actor and reason', async () => {
    const at = async (name: string) => {
      const { json } = await onCall('registry', 'history', 'agents', 'reviewer', '--at', moments[name]!)
      return json.data.revision
    }
    expect(await at('first')).toMatchObject({ version: 1, origin: 'publish' })
    expect(await at('merged')).toMatchObject({ version: 2, actor: expect.stringContaining('octo/agents') })
    expect(await at('promoted')).toMatchObject({ version: 4, reason: 'a week without complaints' })
    expect(await at('bad')).toMatchObject({ version: 5, origin: 'publish' })
    const { json } = await onCall('registry', 'history', 'agents', 'reviewer')
    expect(json.data.revisions.map(({ origin }: { origin: string }) => origin)).toEqual([
      'rollback',
      'publish',
      'promote',
      'publish',
      'publish',
      'publish',
    ])
    expect(json.data.revisions[0].reason).toBe('it skips the tests')
  })
})
