import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importClaude } from '../../../src/import/claude-agents/import-claude.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import fc from '../../harness/fast-check.ts'
import { manifestOf, owner, setUp } from './support/set-up.ts'

async function imported(fields: string) {
  const { from, to } = setUp({
    'agents/a.md': `---\nname: the-agent\ndescription: d\n${fields}---\nYou help.\n`,
  })
  const report = await importClaude({ from, to, owner, kinds: [agents] })
  const manifest = manifestOf(to, 'the-agent') as ReturnType<typeof manifestOf> & {
    mcp?: { mcpServers: Record<string, Record<string, unknown>> }
    permissions: Record<string, unknown>
  }
  return {
    report,
    manifest,
    servers: manifest.mcp?.mcpServers,
    row: report.imported[0],
    path: join(to, 'the-agent'),
  }
}

const SERVER = `  docs:\n    type: http\n    url: https://mcp.example.com/v1\n    headers: { Authorization: "Bearer \${DOCS_TOKEN}", X-Team: "\${TEAM}" }\n`
const PROGRAM = `  files:\n    command: node\n    args: [server.mjs, "\${ROOT_KEY}"]\n    env: { A: "\${env:API_KEY}", B: literal }\n`

describe('servers in the front matter of an agent', () => {
  test('become mcp, with their hosts and secrets, and validate', async () => {
    const { servers, manifest, row } = await imported(
      `tools: Read, mcp__docs__search, mcp__files\nmcpServers:\n${SERVER}${PROGRAM}`,
    )
    expect(servers).toEqual({
      docs: {
        type: 'streamable-http',
        url: 'https://mcp.example.com/v1',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how a manifest names a secret
        headers: { Authorization: '${DOCS_AUTHORIZATION}', 'X-Team': '${TEAM}' },
        allowedTools: ['search'],
      },
      files: {
        type: 'stdio',
        command: 'node',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
        args: ['server.mjs', '${ROOT_KEY}'],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
        env: { A: '${API_KEY}', B: '${FILES_B}' },
      },
    })
    expect(manifest.permissions).toEqual({
      network: true,
      hosts: ['mcp.example.com'],
      filesystem: 'read',
      shell: false,
      secrets: ['API_KEY', 'DOCS_AUTHORIZATION', 'FILES_B', 'ROOT_KEY', 'TEAM'],
    })
    expect(row?.problems).toEqual([])
    const needs = row?.guesses.filter((guess) => guess.needs).map(({ what }) => what)
    expect(needs).toEqual(['DOCS_AUTHORIZATION', 'FILES_B'])
  })

  test('are read as a list, and in the spelling of Copilot', async () => {
    const list = await imported(`mcpServers:\n  - github\n  - files:\n      command: node\n`)
    expect(Object.keys(list.servers ?? {})).toEqual(['files'])
    expect(list.row?.guesses).toContainEqual(expect.objectContaining({ field: 'mcpServers', needs: true }))
    const copilot = await imported(
      'tools: ["read", "files/open"]\nmcp-servers:\n  files:\n    type: local\n    command: node\n    tools: ["open", "close"]\n',
    )
    expect(copilot.servers).toEqual({ files: { type: 'stdio', command: 'node', allowedTools: ['open'] } })
  })

  test.each([
    ['a denied server', 'disallowedTools: mcp__files\n'],
    ['a denied tool of it', 'disallowedTools: mcp__files__write\n'],
    ['a pattern over servers', 'disallowedTools: mcp__*\n'],
    ['a mode that only reads', 'permissionMode: plan\n'],
    ['a list of tools without one of its own', 'tools: Read\n'],
  ])('%s: it is not made, and it is reported', async (_what, limit) => {
    const { servers, row, manifest } = await imported(`${limit}mcpServers:\n${PROGRAM}`)
    expect(servers).toBeUndefined()
    expect(manifest.permissions).not.toHaveProperty('secrets')
    expect(row?.guesses).toContainEqual(expect.objectContaining({ field: 'mcpServers', needs: true }))
  })

  test.each(['http://a.example', 'not a url', 'https://$HOST/x', '7', ''])(
    'a server at %j is kept and reported',
    async (url) => {
      const { servers, row } = await imported(`mcpServers: { one: { url: ${JSON.stringify(url)} } }\n`)
      expect(servers).toBeUndefined()
      expect(row?.guesses).toContainEqual(expect.objectContaining({ field: 'mcpServers', needs: true }))
    },
  )

  test('in whatever form they are written, what is made has the shape of an agent, or validate’s errors are reported', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('node', 'https://a.example/x', 'sse', ['x'], { A: 'b' }),
    )
    const server = fc.dictionary(
      fc.constantFrom('type', 'url', 'command', 'args', 'env', 'headers', 'tools'),
      value,
    )
    const servers = fc.oneof(
      fc.dictionary(fc.string({ maxLength: 6 }), fc.oneof(server, value)),
      fc.array(value, { maxLength: 2 }),
      value,
    )
    await fc.assert(
      fc.asyncProperty(servers, async (written) => {
        const { from, to } = setUp({
          'agents/a.md': `---\nname: the-agent\ndescription: d\nmcpServers: ${JSON.stringify(written)}\n---\nYou help.\n`,
        })
        const { imported: rows, failed } = await importClaude({
          from,
          to,
          owner,
          dryRun: true,
          kinds: [agents],
        })
        const rules = rows.flatMap(({ problems }) => problems.map(({ rule }) => rule))
        expect(rows.length + failed.length).toBe(1)
        for (const rule of rules) expect(rule).toMatch(/^NOFX_(MCP|PERMISSION|TEXT)_/)
      }),
      { numRuns: 80 },
    )
  })
})
