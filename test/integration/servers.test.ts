import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

const SERVER = 'packages/shared/servers/io-github-acme-books/server.json'

let project: PostgresProject
const json = async (...words: string[]) => {
  const { exit, json: answer, stderr } = await project.run(...words, '--json')
  return { exit, stderr, ...answer }
}
const server = (version: string, own: object = {}) => ({
  name: 'io.github.acme/books',
  description: 'Reads books.',
  version,
  packages: [{ registryType: 'npm', identifier: '@acme/books', version, transport: { type: 'stdio' } }],
  _meta: { 'dev.nofx/registry': { owner: '@acme/books', ...own } },
})
const entry = {
  type: 'stdio',
  command: 'npx',
  args: ['-y', '@acme/books@1.0.0'],
  from: 'io.github.acme/books@1.0.0',
}

beforeAll(async () => {
  project = await PostgresProject.create()
  project.write(agentFiles('reader', { mcp: 'mcp.json' }))
  project.write({
    'packages/shared/agents/reader/mcp.json': { mcpServers: { books: entry } },
    [SERVER]: server('1.0.0'),
  })
  project.commit('Add a server and an agent that uses it')
})
afterAll(() => project?.remove())

test('an agent and the server that its entry was made from are published together, the server first', async () => {
  const { exit, data } = await json('registry', 'publish')
  expect([exit, JSON.stringify(data)]).toEqual([0, expect.stringMatching(/acme-books.*reader/)])
  const list = await project.run('registry', 'list', 'servers')
  expect(list.stdout).toContain('servers/io-github-acme-books')
})

test('a check of what changed since looks at the agents of a server, whose name is in another file', async () => {
  project.write({ [SERVER]: server('1.1.0') })
  const { data, diagnostics } = await json('validate', '--changed-since', 'HEAD')
  expect(data.counts.definitions).toBe(2)
  expect(diagnostics).toMatchObject([
    { rule: 'NOFX_MCP_FROM_VERSION', severity: 'warning', path: 'packages/shared/agents/reader/mcp.json' },
  ])
})

test('a publish that disables or removes the server is refused, and names the agent', async () => {
  for (const change of ['disable', 'remove']) {
    if (change === 'disable') project.write({ [SERVER]: server('1.1.0', { status: 'disabled' }) })
    else rmSync(join(project.root, 'packages/shared/servers'), { recursive: true })
    project.commit(change)
    const plan = await json('registry', 'publish', '--dry-run', '--prune')
    expect([change, JSON.stringify(plan)]).toEqual([change, expect.stringContaining('agents/reader')])
    const refused = await json('registry', 'publish', '--prune', '--yes')
    expect([change, refused.exit]).toEqual([change, 1])
    expect(JSON.stringify(refused)).toContain('agents/reader')
  }
})

test('a server whose name makes the same id is another server', async () => {
  project.write({ [SERVER]: { ...server('1.0.0'), name: 'io.github/acme-books' } })
  const { diagnostics } = await json('validate')
  expect(diagnostics).toMatchObject([{ rule: 'NOFX_REFERENCE_UNMET' }])
})

test('nofx new agent --server writes the entry of a server, and the agent is valid', async () => {
  project.write({ [SERVER]: server('1.0.0') })
  const made = await json('new', 'agent', 'writer', '--server', 'io.github.acme/books')
  expect(made).toMatchObject({
    exit: 0,
    data: { id: 'writer', files: ['agent.json', 'mcp.json', 'prompts/system.md'] },
  })
  expect((await json('validate', 'agents/writer')).diagnostics).toEqual([])
  for (const words of [
    ['agent', 'other', '--server', 'io.github.acme/none'],
    ['agent', 'other', '--server', '../..'],
    ['template', 'other', '--server', 'io.github.acme/books'],
    ['server', 'books'],
  ])
    expect([words, await json('new', ...words)]).toMatchObject([words, { exit: 2, error: { code: 'USAGE' } }])
})
