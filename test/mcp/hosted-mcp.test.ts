import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withoutRealtime } from '../../src/edge/http/client-options.ts'
import { HostedProject, PASSWORD } from '../cli/support/hosted-project.ts'
import { agentFiles } from '../harness/project.ts'
import { call, connectStdio } from './support/clients.ts'

const REVISION = '2026-07-28'
let project: HostedProject
let token: string

beforeAll(async () => {
  project = await HostedProject.create()
  project
    .write(agentFiles('public-one'))
    .write(agentFiles('draft-one', { status: 'draft' }))
    .commit()
  await project.invite('ada@example.com')
  const ada = project.as('ada')
  await project.runWith({ env: { ...ada, NOFX_PASSWORD: PASSWORD } }, 'login', '--email', 'ada@example.com')
  const secret = { SUPABASE_SECRET_KEY: project.keys.secret }
  expect((await project.runWith({ env: secret }, 'registry', 'publish')).exit).toBe(0)
  const client = createClient(project.url, project.keys.publishable, withoutRealtime(fetch))
  const { data } = await client.auth.signInWithPassword({ email: 'ada@example.com', password: PASSWORD })
  token = data.session?.access_token ?? ''
})
afterAll(() => project.remove())

/** The environments, and whether each is a publisher's. */
const doors: [name: string, isPublisher: boolean, env: () => Record<string, string>, args: () => string[]][] =
  [
    ['the publishable key', false, () => project.as('none'), () => []],
    [
      'the secret key',
      true,
      () => project.as('none', { SUPABASE_SECRET_KEY: project.keys.secret }),
      () => [],
    ],
    ['a sign-in', true, () => project.as('ada'), () => []],
    ['the URL of a deployment', false, () => ({ SUPABASE_URL: '' }), () => ['--url', project.url]],
    ['the URL and a token', true, () => ({ NOFX_TOKEN: token }), () => ['--url', project.url]],
  ]

test.each(doors)('%s decides what a client sees and may do', async (_, isPublisher, env, args) => {
  const where = { cwd: project.root, env: { SUPABASE_URL: project.url, ...env() } }
  const client = await connectStdio(where, REVISION, '--allow-writes', ...args())
  const { data, problem } = await call(client, 'search_definitions', { kind: 'agents' })
  expect(problem).toBeUndefined()
  const ids = ((data?.items ?? []) as { id: string }[]).map(({ id }) => id)
  expect(ids).toEqual(isPublisher ? ['draft-one', 'public-one'] : ['public-one'])
  const { prompts } = await client.listPrompts()
  expect(prompts.map(({ name }) => name)).toEqual(['public-one.system'])
  const which = { kind: 'agents', id: 'public-one' }
  const off = { ...which, reason: 'A test.' }
  if (isPublisher) {
    const outcome = [{ id: 'public-one', outcome: expect.stringMatching(/disabled|changed|unchanged/) }]
    expect((await call(client, 'disable_definition', off)).data).toMatchObject({ outcomes: outcome })
    expect((await call(client, 'enable_definition', off)).data).toMatchObject({
      outcomes: [{ id: 'public-one' }],
    })
  } else {
    await expect(client.callTool({ name: 'disable_definition', arguments: off })).rejects.toThrow(
      /does not exist/,
    )
  }
  expect((await call(client, 'get_definition', which)).data).toMatchObject({ live: true })
  await client.close()
})

test('a URL that is not one, and one that does not answer, are named', async () => {
  const wrong = await project.run('mcp', '--url', 'ftp://registry.example.com')
  expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringMatching(/error USAGE .*--url "ftp:/) })
  const client = await connectStdio({ cwd: project.root }, '2025-11-25', '--url', 'http://127.0.0.1:9')
  const { problem } = await call(client, 'search_definitions')
  expect(problem).toMatchObject({
    code: 'REMOTE_FAILED',
    message: expect.stringContaining('does not answer'),
  })
  await client.close()
})

test('a registry that cannot be opened is named in the answer, and the next call tries again', async () => {
  const env = { NOFX_DATABASE_URL: 'postgres://127.0.0.1:9/none' }
  const client = await connectStdio({ cwd: project.root, env }, REVISION)
  for (const _ of [1, 2]) {
    const { problem } = await call(client, 'search_definitions')
    expect(problem).toMatchObject({ code: 'REMOTE_FAILED', message: expect.stringContaining('127.0.0.1') })
  }
  await client.close()
})
