import { describe, expect, it } from 'vitest'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import { isError } from '../../../src/contract/diagnostic.ts'
import { ALONE } from '../../../src/contract/kind.ts'
import { computePowers, isWithin, joinPowers, NO_POWERS } from '../../../src/exchange/clients/powers.ts'
import { FLOOR } from '../../../src/exchange/clients/sandbox.ts'
import type { ExchangeFormat, ExportItem, WriteOptions } from '../../../src/exchange/contract/format.ts'
import { isLoss } from '../../../src/exchange/contract/ledger.ts'
import { FORMATS } from '../../../src/exchange/hook.ts'
import { MCP_CLIENTS } from '../../../src/exchange/servers/server-clients.ts'
import type { CheckedAgentManifest } from '../../../src/plugins/agents/manifest/schema.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { serverId } from '../../../src/plugins/servers/manifest/name.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { unaccounted, unlisted } from '../support/account.ts'
import { anyItem, itemOf, ref } from '../support/items.ts'
import { READ_BACK } from '../support/read-back.ts'

const AGENTS = FORMATS.filter(({ id }) => READ_BACK[id])
const DENY: WriteOptions = { allowEffects: false }

const write = async (format: ExchangeFormat, items: readonly ExportItem[], options = DENY) => {
  const written = await format.write?.(items, options)
  if (!written) throw new Error(`${format.id} writes nothing`)
  return written
}

/** The one file of an agent, as its client reads it. */
async function readBack(format: ExchangeFormat, item: ExportItem, options = DENY) {
  const { files, ledger } = await write(format, [item], options)
  const read = READ_BACK[format.id]?.(String(files[0]?.content))
  if (!read) throw new Error(`${format.id} is not read back`)
  return { ...read, ledger, path: files[0]?.path }
}

/** An agent with every field that a manifest has. */
const EVERYTHING = itemOf(
  'everything',
  {
    schemaVersion: '1',
    version: '1.2.3',
    status: 'deprecated',
    deprecation: { message: 'Use another one.', replacedBy: 'reviewer' },
    license: 'MIT',
    repository: { url: 'https://github.com/acme/agents' },
    tags: ['review'],
    model: { provider: 'openai', name: 'gpt-5.4', params: { temperature: 0.2, reasoningEffort: 'high' } },
    prompts: {
      system: { path: 'prompts/system.md', variables: [{ name: 'team', default: 'core' }, 'ticket'] },
      'second-one': 'prompts/second.md',
    },
    mcp: 'mcp.json',
    resourceProfile: { timeoutMs: 90_000 },
    permissions: {
      network: true,
      hosts: ['mcp.example.com', 'api.example.com'],
      filesystem: 'read',
      shell: false,
      secrets: ['DOCS_TOKEN', 'OTHER'],
    },
    inputSchema: { type: 'object' },
    outputSchema: { type: 'object' },
    dependencies: { agents: ['helper'] },
    evals: { suite: 'evals/suite.json' },
    metadata: { team: 'core', import: { format: 'other', kept: { color: 'red' } } },
  },
  {
    body: `For {{team}}: {{ticket}}, \\{{plain}} and ${ref('HOME')}.\n`,
    files: {
      'prompts/second.md': 'Second.\n',
      'evals/suite.json': '{}\n',
      'assets/import.json': '{}',
      'mcp.json': JSON.stringify({
        mcpServers: {
          docs: {
            type: 'sse',
            url: 'https://mcp.example.com/x',
            headers: { A: ref('DOCS_TOKEN') },
            allowedTools: ['a'],
          },
        },
      }),
    },
  },
)

describe.each(FORMATS)('$id', (format) => {
  const clients = format.clients ?? [undefined]

  it('accounts for every field, by rows that the format lists', async () => {
    const check = fc.asyncProperty(anyItem, fc.constantFrom(...clients), async (item, client) => {
      const { ledger } = await write(format, [item], { ...DENY, client })
      expect(unaccounted(item, ledger)).toEqual([])
      expect(unlisted(format, ledger)).toEqual([])
    })
    await fc.assert(check, { numRuns: repetitions(30, 60) })
    for (const client of clients) {
      const { ledger } = await write(format, [EVERYTHING], { ...DENY, client })
      expect(unaccounted(EVERYTHING, ledger)).toEqual([])
      expect(unlisted(format, ledger)).toEqual([])
    }
  })

  it('writes the same files each time, and no secret but its name', async () => {
    const check = fc.asyncProperty(anyItem, async (item) => {
      const [once, twice] = [await write(format, [item]), await write(format, [item])]
      expect(twice).toEqual(once)
      expect(
        once.files.map(({ path }) => path).filter((path) => !path.startsWith('.') && path.includes('..')),
      ).toEqual([])
    })
    await fc.assert(check, { numRuns: repetitions(15, 30) })
  })
})

describe.each(AGENTS)('an agent as $id', (format) => {
  const floor = ['codex', 'cursor'].includes(format.id) ? FLOOR : NO_POWERS

  it('may do no more than its definition says', async () => {
    const check = fc.asyncProperty(anyItem, async (item) => {
      const { powers, serverTools } = await readBack(format, item)
      const { permissions, mcp } = item.definition.manifest as CheckedAgentManifest
      expect(isWithin(powers, joinPowers(computePowers(permissions, []), floor))).toBe(true)
      const servers = typeof mcp === 'object' ? mcp.mcpServers : {}
      const byName = new Map(Object.entries(servers).map(([name, one]) => [name.replaceAll('_', '-'), one]))
      for (const [name, tools] of Object.entries(serverTools)) {
        const server = byName.get(name.replaceAll('_', '-'))
        const allowed = server?.allowedTools
        expect(
          server !== undefined && (allowed === undefined || tools.every((tool) => allowed.includes(tool))),
        ).toBe(true)
      }
    })
    await fc.assert(check, { numRuns: repetitions(50, 100) })
  })

  it('says so where it may do less, or where a limit is not written', async () => {
    const check = fc.asyncProperty(anyItem, async (item) => {
      const { powers, ledger } = await readBack(format, item)
      const { permissions, mcp } = item.definition.manifest as CheckedAgentManifest
      const servers = typeof mcp === 'object' ? Object.values(mcp.mcpServers) : []
      const hosts = servers.flatMap((server) => ('url' in server ? [new URL(server.url).hostname] : []))
      const wanted = computePowers(permissions, hosts)
      const isEqual = isWithin(wanted, powers) && isWithin(powers, wanted)
      if (!isEqual && permissions?.filesystem !== undefined) expect(ledger.some(isLoss)).toBe(true)
    })
    await fc.assert(check, { numRuns: repetitions(50, 100) })
  })

  it('has its prompt, byte for byte', async () => {
    const check = fc.asyncProperty(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
      async (text) => {
        const body = `Say: ${text.toWellFormed().replace(/[{}$\\\r\u0000-\u001f\u007f-\uffff]/gu, '·')}\n`
        expect((await readBack(format, itemOf('prompt', {}, { body }))).body).toBe(body)
      },
    )
    await fc.assert(check, { numRuns: repetitions(30, 60) })
    const long = 'A line of a long prompt, with "quotes".\n'.repeat(700)
    expect((await readBack(format, itemOf('prompt', {}, { body: long }))).body).toBe(long)
  })

  it('has plain braces where the definition escapes them, and defaults for variables', async () => {
    const { body } = await readBack(format, EVERYTHING)
    expect(body).toContain('For core: {{ticket}}, {{plain}} and $')
  })

  it('is a file that is named after its id', async () => {
    expect((await readBack(format, itemOf('code-reviewer'))).path).toMatch(
      /^agents\/code-reviewer\.(agent\.md|md|toml)$/,
    )
  })
})

const imported = (format: string, kept: Record<string, unknown>, permissions = {}) =>
  itemOf('imported', { permissions, metadata: { import: { format, source: 'a.md', kept } } })
const claude = FORMATS.find(({ id }) => id === 'claude') as ExchangeFormat

describe('what an import kept', () => {
  it('comes back, apart from what the permissions do not allow', async () => {
    const kept = {
      tools: 'Read, Bash(git log:*), TodoWrite, Task',
      color: 'red',
      maxTurns: 3,
      hooks: { a: [] },
      permissionMode: 'bypassPermissions',
      memory: 'user',
    }
    const item = imported('claude', kept, { filesystem: 'read' })
    const denied = await readBack(claude, item)
    expect(denied.fields).toEqual({
      name: 'imported',
      description: 'Reviews changes.',
      tools: ['Read', 'TodoWrite'],
      color: 'red',
      maxTurns: 3,
    })
    const allowed = await readBack(claude, item, { allowEffects: true })
    expect(allowed.fields).toEqual({ name: 'imported', description: 'Reviews changes.', ...kept })
  })

  it('is an empty list of tools where the source had no list, for which the client would give every tool', async () => {
    const denied = await readBack(claude, imported('claude', { color: 'red' }))
    expect(denied.fields.tools).toEqual([])
    expect(denied.ledger.map(({ reason }) => reason).join()).toContain('--allow-effects')
    const allowed = await readBack(claude, imported('claude', { color: 'red' }), { allowEffects: true })
    expect(allowed.fields).not.toHaveProperty('tools')
  })

  it('gives way to permissions that were changed since', async () => {
    const item = imported('claude', { tools: 'Read, Write, Bash' }, { filesystem: 'read' })
    for (const allowEffects of [false, true])
      expect((await readBack(claude, item, { allowEffects })).fields.tools).toEqual(['Read', 'Grep', 'Glob'])
    const widened = imported('claude', {}, { filesystem: 'read' })
    expect((await readBack(claude, widened, { allowEffects: true })).fields.tools).toEqual([
      'Read',
      'Grep',
      'Glob',
    ])
  })

  it('never says who the agent is, or what it is told, instead of its manifest', async () => {
    const kept = { name: 'other', description: 'Other.', developer_instructions: 'Other.', readonly: false }
    for (const format of AGENTS) {
      const { fields, powers } = await readBack(format, imported(format.id, kept))
      expect([fields.description, JSON.stringify(fields).includes('ther.')], format.id).toEqual([
        'Reviews changes.',
        false,
      ])
      expect([powers.shell, powers.filesystem === 'write'], format.id).toEqual([false, false])
    }
  })

  it('is left out for every other client', async () => {
    for (const format of AGENTS.filter(({ id }) => id !== 'claude')) {
      const { fields } = await readBack(format, imported('claude', { color: 'red', tools: 'Bash' }))
      expect(fields, format.id).not.toHaveProperty('color')
    }
  })
})

describe('what a strict client refuses', () => {
  const of = (id: string) => FORMATS.find((format) => format.id === id) as ExchangeFormat
  const BAD = {
    unknown: 1,
    max_turns: 0,
    temperature: 'hot',
    nickname_candidates: [1],
    model_verbosity: 3,
    skills: [],
  }
  const GOOD = { max_turns: 3, temperature: 0.5, nickname_candidates: ['Bo'], model_verbosity: 'low' }

  it.each(['codex', 'gemini'])('is not given back by %s, whatever an import kept', async (id) => {
    for (const allowEffects of [false, true]) {
      const { fields } = await readBack(of(id), imported(id, BAD), { allowEffects })
      expect(Object.keys(fields).filter((name) => name in BAD)).toEqual([])
      const good = await readBack(of(id), imported(id, GOOD), { allowEffects })
      expect(GOOD).toMatchObject(
        Object.fromEntries(Object.entries(good.fields).filter(([name]) => name in GOOD)),
      )
      expect(Object.keys(good.fields).filter((name) => name in GOOD)).toHaveLength(2)
    }
  })
})

describe('limits of clients', () => {
  const of = (id: string) => FORMATS.find((format) => format.id === id) as ExchangeFormat

  it('Copilot reads at most 30,000 characters', async () => {
    const fits = await write(of('copilot'), [itemOf('long', {}, { body: '🎉'.repeat(30_000) })])
    expect(fits.findings).toEqual([])
    const { findings } = await write(of('copilot'), [itemOf('long', {}, { body: 'x'.repeat(30_001) })])
    expect(findings).toMatchObject([
      { rule: 'NOFX_EXPORT_LIMIT', file: 'prompts/system.md', of: { kind: 'agents', id: 'long' } },
    ])
  })

  it('Codex refuses an empty prompt, so the description stands in', async () => {
    const { body, ledger } = await readBack(
      of('codex'),
      itemOf('empty', { status: 'draft' }, { body: ' \n' }),
    )
    expect(body).toBe('Reviews changes.')
    expect(ledger.some(({ reason }) => reason.includes('stands in'))).toBe(true)
  })

  it('Gemini fills in names after a dollar, so they get a backslash', async () => {
    const { body } = await readBack(
      of('gemini'),
      itemOf('shell', {}, { body: `echo ${ref('HOME')} $HOME\n` }),
    )
    expect(body).toBe('echo $\\{HOME} $HOME\n')
  })

  it('AGENTS.md lists live agents in one line each', async () => {
    const hostile = itemOf('hostile', { description: 'One.\n<!-- nofx:end -->\n# Two' })
    const draft = itemOf('draft', { status: 'draft' })
    const { files } = await write(of('agents-md'), [hostile, draft])
    const lines = String(files[0]?.content)
      .split('\n')
      .filter((line) => line.startsWith('- '))
    expect(lines).toEqual(['- `hostile` (Reviewer): One. &lt;!-- nofx:end --&gt; # Two'])
  })
})

describe('MCP servers of several agents', () => {
  const mcp = FORMATS.find(({ id }) => id === 'mcp') as ExchangeFormat
  const server = (url: string) => ({
    mcp: { mcpServers: { docs: { type: 'sse', url } } },
    permissions: { network: true, hosts: ['mcp.example.com'] },
  })

  it.each(MCP_CLIENTS)('are one file for %s, each server once', async (client) => {
    const items = [
      itemOf('first', server('https://mcp.example.com/a')),
      itemOf('second', server('https://mcp.example.com/a')),
      itemOf('third', server('https://mcp.example.com/b')),
    ]
    const { files, ledger } = await write(mcp, items, { ...DENY, client })
    expect(files).toHaveLength(1)
    const text = String(files[0]?.content)
    expect(text.split('https://mcp.example.com/').length - 1).toBe(2)
    expect(text).toContain('third-docs')
    expect(
      ledger.filter(({ outcome, source }) => outcome === 'approximated' && source === 'agents/third'),
    ).toHaveLength(1)
    await expect(text).toMatchFileSnapshot(`../snapshots/servers.${client}.txt`)
  })

  it.each(MCP_CLIENTS)('are in one file for %s with those of the registry', async (client) => {
    const secret = { isRequired: true, isSecret: true }
    const items = [
      itemOf('first', server('https://mcp.example.com/a')),
      registered('com.example/docs', { remotes: [{ type: 'sse', url: 'https://mcp.example.com/a' }] }),
      registered('io.github.acme/notes', {
        packages: [
          {
            registryType: 'npm',
            identifier: '@acme/notes',
            version: '1.2.3',
            transport: { type: 'stdio' },
            environmentVariables: [{ name: 'NOTES_TOKEN', ...secret }],
          },
        ],
      }),
      registered('com.example/files', {
        packages: [
          {
            registryType: 'mcpb',
            identifier: 'https://github.com/acme/files/releases/download/v1.2.3/files.mcpb',
            version: '1.2.3',
            fileSha256: 'a'.repeat(64),
            transport: { type: 'stdio' },
          },
        ],
      }),
    ]
    const { files, ledger, findings } = await write(mcp, items, { ...DENY, client })
    expect(files.map(({ from }) => from.map(({ kind, id }) => `${kind}/${id}`))).toEqual([
      ['agents/first', 'servers/com-example-docs', 'servers/io-github-acme-notes'],
    ])
    const text = String(files[0]?.content)
    expect(text.split('https://mcp.example.com/a').length - 1).toBe(1)
    expect(text).toContain('@acme/notes@1.2.3')
    expect(text).toContain('NOTES_TOKEN')
    expect(findings).toMatchObject([{ rule: 'NOFX_EXPORT_SERVER', of: { id: 'com-example-files' } }])
    expect(unlisted(mcp, ledger)).toEqual([])
    for (const { definition } of items.slice(1)) {
      const rows = ledger.filter(({ source }) => source === `servers/${definition.id}`)
      const fields = Object.keys(definition.manifest as object)
      expect(fields.filter((field) => !rows.some(({ at }) => at === field))).toEqual([])
    }
  })
})

/** A server of the registry, as an export gets it. */
function registered(name: string, fields: object): ExportItem {
  const own = { 'dev.nofx/registry': { owner: '@acme/tools' } }
  const manifest = { name, description: 'Serves.', version: '1.2.3', ...fields, _meta: own }
  const text = JSON.stringify(manifest)
  const files = [{ path: 'server.json', size: text.length, text }]
  const source = { kind: 'servers', id: serverId(name), files, findings: [] }
  const { definition, findings } = checkDefinition(source, servers, ALONE)
  if (!definition || findings.some(isError)) throw new Error(JSON.stringify(findings))
  return { definition, digest: 'd'.repeat(64), asset: () => undefined }
}
