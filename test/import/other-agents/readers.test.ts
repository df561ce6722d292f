import { describe, expect, it, test } from 'vitest'
import { definitionId } from '../../../src/contract/fields/id.ts'
import type { ExchangeFormat } from '../../../src/exchange/contract/format.ts'
import { importTree } from '../../../src/import/import-definitions.ts'
import { chooseImport } from '../../../src/import/other-agents/choose-import.ts'
import { codexAgents } from '../../../src/import/other-agents/codex-agents.ts'
import { copilotAgents } from '../../../src/import/other-agents/copilot-agents.ts'
import { cursorAgents } from '../../../src/import/other-agents/cursor-agents.ts'
import { fromExchange } from '../../../src/import/other-agents/from-exchange.ts'
import { geminiAgents } from '../../../src/import/other-agents/gemini-agents.ts'
import { IMPORT_FORMATS } from '../../../src/import/other-agents/import-formats.ts'
import type { ImportFormat, ReadOptions } from '../../../src/import/sources/format.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { filesIn, tempFolder } from '../support/temp-folder.ts'

const OPTIONS: ReadOptions = {
  base: '/',
  siblings: [],
  isLive: () => false,
  wasThere: () => false,
  owner: '@acme',
}
const PATHS = {
  codex: 'agents/a-b.toml',
  copilot: 'agents/a-b.agent.md',
  cursor: '.cursor/agents/a-b.md',
  gemini: '.gemini/agents/a-b.md',
}
const FORMATS: Record<keyof typeof PATHS, ImportFormat> = {
  codex: codexAgents,
  copilot: copilotAgents,
  cursor: cursorAgents,
  gemini: geminiAgents,
}

async function read(id: keyof typeof PATHS, text: string) {
  const foreign = await FORMATS[id].read({ path: PATHS[id], text }, OPTIONS)
  if (!foreign.ok) throw new Error(foreign.findings.map(({ message }) => message).join())
  return foreign.definition
}

const matter = (fields: string, body = 'Do it.\n') => `---\nname: a-b\ndescription: D\n${fields}---\n${body}`
const toml = (fields: string) =>
  `name = "a-b"\ndescription = "D"\ndeveloper_instructions = "Do it."\n${fields}`
const NOTHING = { network: false, filesystem: 'none', shell: false }

/** Format, fields of a source, and the permissions that it becomes. */
const GRANTS: [keyof typeof PATHS, string, object][] = [
  ['codex', '', NOTHING],
  ['codex', 'sandbox_mode = "read-only"\n', { ...NOTHING, filesystem: 'read' }],
  ['codex', 'sandbox_mode = "workspace-write"\n', { ...NOTHING, filesystem: 'write', shell: true }],
  ['codex', 'sandbox_mode = "danger-full-access"\nweb_search = "live"\n', NOTHING],
  ['codex', 'sandbox_mode = "constructor"\n', NOTHING],
  [
    'codex',
    'sandbox_mode = "read-only"\nweb_search = "live"\n',
    { network: true, hosts: ['*'], filesystem: 'read', shell: false },
  ],
  ['codex', 'sandbox_mode = "read-only"\nweb_search = "cached"\n', { ...NOTHING, filesystem: 'read' }],
  ['copilot', '', NOTHING],
  ['copilot', 'tools: []\n', NOTHING],
  ['copilot', 'tools: [read, search, edit]\n', { ...NOTHING, filesystem: 'write' }],
  ['copilot', "tools: ['*']\n", NOTHING],
  ['cursor', '', NOTHING],
  ['cursor', 'readonly: true\n', { ...NOTHING, filesystem: 'read' }],
  ['cursor', 'readonly: false\n', { ...NOTHING, filesystem: 'write', shell: true }],
  ['cursor', 'readonly: "false"\n', NOTHING],
  ['gemini', '', NOTHING],
  ['gemini', 'tools: ["*"]\n', NOTHING],
  ['gemini', 'tools: [read_file, write_todos]\n', { ...NOTHING, filesystem: 'read' }],
  ['gemini', 'tools: [replace, run_shell_command]\n', { ...NOTHING, filesystem: 'write', shell: true }],
  ['gemini', 'tools: [Read, Bash]\n', NOTHING],
]

describe('what a source of another program asks for', () => {
  it.each(GRANTS)('%s %j becomes %j', async (id, fields, permissions) => {
    const { manifest } = await read(id, id === 'codex' ? toml(fields) : matter(fields))
    expect(manifest.permissions).toEqual(permissions)
  })

  it('has its servers, each secret by its name', async () => {
    const codex = await read(
      'codex',
      toml(
        'sandbox_mode = "read-only"\n[mcp_servers.docs]\nurl = "https://a.example.com/mcp"\nenabled_tools = ["search"]\nenv_http_headers = { Authorization = "TOKEN" }\n[mcp_servers.local]\ncommand = "npx"\nargs = ["-y", "p@1.0.0"]\nenv_vars = ["KEY"]\n',
      ),
    )
    expect(codex.manifest.mcp).toEqual({
      mcpServers: {
        docs: {
          type: 'streamable-http',
          url: 'https://a.example.com/mcp',
          headers: { Authorization: '$'.concat('{TOKEN}') },
          allowedTools: ['search'],
        },
        local: { type: 'stdio', command: 'npx', args: ['-y', 'p@1.0.0'], env: { KEY: '$'.concat('{KEY}') } },
      },
    })
    const gemini = await read(
      'gemini',
      matter('tools: [mcp_docs_search]\nmcp_servers: {docs: {http_url: "https://a.example.com/mcp"}}\n'),
    )
    expect(gemini.manifest.mcp).toMatchObject({ mcpServers: { docs: { allowedTools: ['search'] } } })
  })

  it('does not become a server with a field that has no equal', async () => {
    for (const field of ['bearer_token_env_var = "T"', 'disabled_tools = ["a"]', 'cwd = "/"']) {
      const text = toml(
        `sandbox_mode = "read-only"\n[mcp_servers.docs]\nurl = "https://a.example.com/mcp"\n${field}\n`,
      )
      const { manifest, unmapped } = await read('codex', text)
      expect([manifest.mcp, Object.keys(unmapped)]).toEqual([undefined, ['sandbox_mode', 'mcp_servers']])
    }
  })

  it('keeps the model, the limits and the prompt that have a place here', async () => {
    const { manifest, files } = await read(
      'gemini',
      matter(
        'display_name: A B\nmodel: gemini-3-pro\ntemperature: 0.2\ntimeout_mins: 5\nmax_turns: 3\n',
        'echo $\\{HOME}\n',
      ),
    )
    expect(manifest).toMatchObject({
      name: 'A B',
      model: { provider: 'google', name: 'gemini-3-pro', params: { temperature: 0.2 } },
      resourceProfile: { timeoutMs: 300_000 },
    })
    expect(files).toEqual({ 'prompts/system.md': 'echo $'.concat('{HOME}\n') })
  })
})

describe('fields that look like something else', () => {
  it('are kept: none is lost in silence', async () => {
    const fields =
      'rule = "x"\nseverity = "error"\nmodel_reasoning_effort = 3\n[sandbox_workspace_write]\nnetwork_access = false\n'
    const { unmapped } = await read('codex', toml(`model = "gpt-5.4"\n${fields}`))
    expect(unmapped).toEqual({
      rule: 'x',
      severity: 'error',
      model_reasoning_effort: 3,
      sandbox_workspace_write: { network_access: false },
    })
    expect((await read('gemini', matter('temperature: 0.5\ntimeout_mins: 0\n'))).unmapped).toEqual({
      temperature: 0.5,
      timeout_mins: 0,
    })
    expect(
      (await read('copilot', matter('model: [a, b]\nmetadata: {nofx-id: x, own: y}\n'))).unmapped,
    ).toEqual({
      model: ['a', 'b'],
      metadata: { own: 'y' },
    })
  })
})

/** Files that a program refuses, or that try to break a reader: each is a finding or a definition. */
const HOSTILE: [keyof typeof PATHS, string, RegExp][] = [
  ['codex', 'name = ', /not plain TOML/],
  ['codex', toml('name = "again"\n'), /not plain TOML/],
  [
    'codex',
    'name = "a-b"\ndescription = " "\ndeveloper_instructions = 7\n',
    /description is missing.*developer_instructions is/s,
  ],
  ['codex', `a = ${'['.repeat(5000)}${']'.repeat(5000)}\n`, /not plain TOML/],
  ['codex', toml('[__proto__]\nx = 1\n'), /not plain TOML|^$/],
  ['gemini', matter('kind: remote\nagent_card_url: https://a.example.com\n'), /runs elsewhere/],
  ['gemini', `---\n${'a: {'.repeat(3000)}\n---\n`, /too deeply|not valid/],
  ['cursor', '---\nname: a-b\n', /never closed/],
  ['copilot', '---\ndescription: 7\n---\n', /description 7 is not text/],
  ['copilot', '---\na: &a [1]\nb: *a\ndescription: D\n---\n', /anchor|alias/],
]

describe('a file that is not what its name says', () => {
  it.each(HOSTILE)('%s: a finding with its place for %j', async (id, text, says) => {
    const foreign = await FORMATS[id].read({ path: PATHS[id], text }, OPTIONS)
    const messages = foreign.ok ? '' : foreign.findings.map(({ message }) => message).join('\n')
    expect(messages).toMatch(says)
    if (!foreign.ok)
      for (const { offset = 0 } of foreign.findings) expect(offset).toBeLessThanOrEqual(text.length)
  })

  it('has dates, large numbers and NaN as text', async () => {
    const { unmapped } = await read(
      'codex',
      toml('a = 2001-12-14\nb = 9223372036854775807\nc = nan\nd = 1.5\ne = [07:30:00]\n'),
    )
    expect(unmapped).toEqual({
      a: '2001-12-14',
      b: '9223372036854775807',
      c: 'NaN',
      d: 1.5,
      e: ['07:30:00.000'],
    })
  })

  test('never makes a reader throw, and never leaves a value that JSON cannot hold', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '---\n',
        'name',
        'description',
        'tools',
        'readonly',
        'model',
        'mcp_servers',
        ': ',
        ' = ',
        '"',
        '"""',
        "'",
        '[',
        ']',
        '{',
        '}',
        '\n',
        '[[a]]\n',
        '2001-01-01',
        '1e400',
        '0x7fffffffffffffff',
        '&a',
        '*a',
        '!!binary',
        '<<',
        '__proto__',
        '../../x',
        '\u0000',
        '\ud800',
        '漢',
      ),
      fc.string({ maxLength: 6 }),
    )
    const text = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''))
    const whole = fc.oneof(
      text,
      text.map((one) => matter(one)),
      text.map((one) => toml(one)),
      text.map((one) => `---\nname: a-b\ndescription: D\n---\n${one}`),
    )
    const ids = fc.constantFrom(...(Object.keys(PATHS) as (keyof typeof PATHS)[]))
    const check = fc.asyncProperty(ids, whole, async (id, one) => {
      const foreign = await FORMATS[id].read({ path: PATHS[id], text: one }, OPTIONS)
      if (!foreign.ok) {
        for (const { message, hint } of foreign.findings)
          expect([message, hint].every((line) => line !== '')).toBe(true)
        return
      }
      const { definition } = foreign
      expect(definitionId.safeParse(definition.id).success).toBe(true)
      expect(JSON.parse(JSON.stringify(definition))).toEqual(definition)
    })
    await fc.assert(check, { numRuns: repetitions(300, 600) })
  })

  test('never leads out of the folder, and two names that differ in case are two findings or two definitions', async () => {
    const root = tempFolder({
      'in/agents/one.toml': toml('').replace('a-b', '../../out'),
      'in/agents/Two.toml': toml('').replace('a-b', 'Two'),
      'in/agents/two.toml': toml('').replace('a-b', 'two'),
      'in/large.agent.md': `---\ndescription: D\n---\n${'x'.repeat(1024 * 1024)}`,
    })
    const [codex, copilot] = await importTree(IMPORT_FORMATS, `${root}/to`, {
      from: `${root}/in`,
      owner: '@acme',
    })
    expect(codex?.report.imported.map(({ id }) => id).sort()).toEqual(['out', 'two'])
    expect(codex?.report.failed[0]?.diagnostics[0]?.rule).toBe('NOFX_IMPORT_DUPLICATE')
    expect(copilot?.report.failed[0]?.diagnostics[0]?.rule).toBe('NOFX_IMPORT_SIZE')
    const written = Object.keys(filesIn(root)).filter((path) => !path.startsWith('in/'))
    expect(written.every((path) => /^to\/(?:agents|\.import)\//.test(path))).toBe(true)
  })
})

describe('a format of a plugin', () => {
  const format: ExchangeFormat = {
    id: 'lines',
    title: 'Lines',
    kinds: ['agents'],
    places: [],
    limits: [],
    detect: (path) => (path.endsWith('.lines') ? 'sure' : undefined),
    async read({ text }) {
      const definitions = text
        .split('\n')
        .filter(Boolean)
        .map((id) => ({
          id,
          kind: 'agents',
          manifest: {
            agentId: id,
            name: 'Read',
            description: 'Reads.',
            prompts: { system: 'prompts/system.md' },
          },
          files: { 'prompts/system.md': 'Read.\n' },
          kept: { line: 1 },
        }))
      return { definitions, findings: [], ledger: [] }
    },
  }

  it('is read by an import, beside those of NOFX', async () => {
    const own = fromExchange(format) as ImportFormat
    const root = tempFolder({
      'in/one.lines': 'first\n',
      'in/two.lines': 'second\nthird\n',
      'in/agents/auditor.toml': toml(''),
    })
    const { formats, from } = chooseImport([`${root}/in`], [own])
    const reports = await importTree(formats, `${root}/to`, { from, owner: '@acme', prefix: 'ours' })
    expect(reports.map(({ report }) => [report.format, report.imported.map(({ id }) => id)])).toEqual([
      ['lines', ['ours-first']],
      ['codex', ['ours-a-b']],
    ])
    expect(reports[0]?.report.failed[0]?.diagnostics[0]?.message).toContain('holds 2 definitions')
    const manifest = JSON.parse(filesIn(root)['to/agents/ours-first/agent.json'] as string)
    expect(manifest).toMatchObject({
      agentId: 'ours-first',
      owner: '@acme',
      metadata: { import: { format: 'lines', kept: { line: 1 } } },
    })
    expect(fromExchange({ ...format, read: undefined })).toBe(undefined)
  })
})

describe('the words of an import', () => {
  it('are a source, or a format and a source, and a kind', () => {
    const ids = (words: (string | undefined)[]) =>
      chooseImport(words).formats.map(({ id, kind }) => `${id} ${kind}`)
    expect(ids(['vendor'])).toEqual(IMPORT_FORMATS.map(({ id, kind }) => `${id} ${kind}`))
    expect(ids(['codex', 'vendor'])).toEqual(['agent-skills skills', 'codex agents'])
    expect(ids(['agent-skills', 'vendor'])).toEqual(['agent-skills skills'])
    expect(ids(['vendor', 'templates'])).toEqual(['claude templates'])
    // One word is a folder, whatever it is called.
    expect(chooseImport(['codex'])).toMatchObject({ from: 'codex', formats: IMPORT_FORMATS })
    for (const words of [
      ['vendor', 'robots'],
      ['codex', 'vendor', 'templates'],
      ['robots', 'vendor', 'agents'],
    ])
      expect(() => chooseImport(words)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
