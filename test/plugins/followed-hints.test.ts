import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkDefinition } from '../../src/contract/check/check.ts'
import { definitionId } from '../../src/contract/fields/id.ts'
import { ALONE } from '../../src/contract/kind.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { validateFolder } from '../cases/validate-folder.ts'
import fc from '../harness/fast-check.ts'
import { tempFolder, writeFiles } from '../import/support/temp-folder.ts'

const MANIFEST = {
  agentId: 'one',
  name: 'Agent one',
  description: 'Does one thing.',
  owner: '@acme/agents',
  skills: [{ id: 'do', name: 'Do', description: 'Does it.' }],
  prompts: { system: 'prompts/system.md' },
}

/**
 * Writes an agent below a definitions root.
 * @returns the root
 */
function write(
  id: string,
  manifest: object,
  files: Record<string, string> = {},
  root = tempFolder(),
): string {
  const all = {
    'agent.json': JSON.stringify(manifest, null, 2),
    'prompts/system.md': 'You help.\n',
    ...files,
  }
  for (const [path, text] of Object.entries(all)) writeFiles(root, { [`agents/${id}/${path}`]: text })
  return root
}

describe('a hint that is followed as printed leads to a valid definition', () => {
  test('for an id that differs from its folder', async () => {
    const root = write('Bash-Pro', { ...MANIFEST, agentId: 'bash-pro' })
    const { diagnostics } = await validateFolder(root)
    expect(diagnostics.map(({ rule, hint }) => [rule, hint])).toEqual([
      ['NOFX_ID_FOLDER', 'rename the folder to "bash-pro", the id in the manifest'],
    ])
    renameSync(join(root, 'agents', 'Bash-Pro'), join(root, 'agents', 'bash-pro'))
    expect(await validateFolder(root)).toEqual({ exit: 0, diagnostics: [] })
  })

  test('for any two names of a folder and an id', () => {
    const name = fc.oneof(
      fc.constantFrom('Bash-Pro', 'bash-pro', 'a b', 'con', 'x', '日本', 'a--b', '3d', 'one', 'A'.repeat(70)),
      fc.string({ minLength: 1, maxLength: 12 }),
    )
    fc.assert(
      fc.property(name, name, (folder, id) => {
        fc.pre(folder !== id)
        const files = [{ path: 'agent.json', size: 0, text: JSON.stringify({ ...MANIFEST, agentId: id }) }]
        const source = { kind: 'agents', id: folder, files, findings: [] }
        const { findings } = checkDefinition(source, agents, ALONE)
        const found = findings.find(({ rule }) => rule === 'NOFX_ID_FOLDER')
        const named = [...(found?.hint ?? '').matchAll(/(?:write|to) "([^"]+)"/g)].map(([, one]) => one)
        expect(named.length).toBeGreaterThan(0)
        for (const one of named) expect(definitionId.safeParse(one).success).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('for an mcp.json that the manifest does not name', async () => {
    const files = { 'mcp.json': '{"mcpServers": {}}', 'skills.json': '[]' }
    const root = write('one', MANIFEST, files)
    const { diagnostics } = await validateFolder(root)
    expect(diagnostics.map(({ rule, message, hint }) => [rule, message, hint])).toEqual([
      [
        'NOFX_MCP_FILE_UNNAMED',
        'the manifest does not name "mcp.json", so the agent would not have its servers',
        'add "mcp": "mcp.json"',
      ],
      [
        'NOFX_FILE_UNNAMED',
        'the manifest does not name "skills.json"',
        'name it in the manifest, or remove the file',
      ],
    ])
    write('one', { ...MANIFEST, mcp: 'mcp.json' }, files, root)
    const after = await validateFolder(root)
    expect(after.diagnostics.map(({ message }) => message)).toEqual([
      'the manifest does not name "skills.json"',
    ])
  })

  test('for MCP servers in the form of other hosts', async () => {
    const servers = {
      local: { command: 'node', args: ['server.js'] },
      far: { type: 'http', url: 'https://mcp.example.com/mcp' },
      plain: { url: 'https://mcp.example.com/other' },
    }
    const manifest = {
      ...MANIFEST,
      mcp: 'mcp.json',
      permissions: { network: true, hosts: ['mcp.example.com'], filesystem: 'none', shell: true },
    }
    const root = write('one', manifest, { 'mcp.json': JSON.stringify({ mcpServers: servers }) })
    const { diagnostics } = await validateFolder(root)
    expect(diagnostics.map(({ hint }) => hint)).toEqual([
      'write "type": "stdio"',
      'write "type": "streamable-http"',
      'write "type": "streamable-http"',
    ])
    const types = diagnostics.map(({ hint }) => JSON.parse(`{${hint.slice('write '.length)}}`))
    const mended = Object.fromEntries(
      Object.entries(servers).map(([key, server], at) => [key, { ...server, ...types[at] }]),
    )
    write('one', manifest, { 'mcp.json': JSON.stringify({ mcpServers: mended }) }, root)
    expect((await validateFolder(root)).diagnostics).toEqual([])
  })
})

describe('a name in another Unicode form', () => {
  const [FORM_C, FORM_D] = ['prompts/caf\u00e9.md', 'prompts/cafe\u0301.md']
  const look = (named: string, file: string) =>
    checkDefinition(
      {
        kind: 'agents',
        id: 'one',
        files: [
          { path: 'agent.json', size: 0, text: JSON.stringify({ ...MANIFEST, prompts: { system: named } }) },
          { path: file, size: 0, text: 'You help.' },
        ],
        findings: [],
      },
      agents,
      ALONE,
    ).findings
  const newName = (hint = '') => JSON.parse(/"(?:[^"]|\\")*"/.exec(hint)?.[0] ?? '""')

  test('of a file: the hints name the file to rename, which is then found', () => {
    const found = look(FORM_C, FORM_D)
    expect(found.map(({ rule }) => rule)).toEqual(['NOFX_FILE_NAME', 'NOFX_FILE_MISSING'])
    for (const { hint } of found) {
      expect(hint).toContain('rename the file to "prompts/caf\\u00e9.md"')
      expect(look(FORM_C, newName(hint))).toEqual([])
    }
  })

  test('of a reference: the hint is what to write', () => {
    const [finding, ...rest] = look(FORM_D, FORM_C)
    expect([finding?.rule, finding?.hint, rest]).toEqual([
      'NOFX_FILE_MISSING',
      'write "prompts/caf\\u00e9.md"',
      [],
    ])
    expect(look(newName(finding?.hint), FORM_C)).toEqual([])
  })
})

test('following the hints on an older layout loses nothing and takes one round', async () => {
  const older = {
    id: 'older',
    name: 'Older',
    description: 'As it was.',
    version: '0.1.0',
    metadata: { owner: 'agents@acme.example' },
    capabilities: [{ id: 'do', name: 'Do', description: 'Does it.' }],
    manifest: {
      entryPrompt: 'prompts/system.md',
      model: 'some-model',
      capabilities: ['do'],
      dependencies: [],
    },
  }
  const root = write('older', older, { 'assets/README.md': '# Assets\n' })
  const { diagnostics } = await validateFolder(root)
  expect(diagnostics.map(({ severity, hint }) => `${severity}: ${hint}`)).toEqual([
    'warning: write "agentId"',
    'warning: write "owner"',
    'warning: write "skills"',
    'error: move "capabilities", "dependencies" into "metadata"',
    'warning: write "prompts.system"',
    'warning: write "model": {"name":"some-model"}',
  ])
  const today = {
    agentId: 'older',
    name: 'Older',
    description: 'As it was.',
    version: '0.1.0',
    owner: 'agents@acme.example',
    skills: older.capabilities,
    prompts: { system: 'prompts/system.md' },
    model: { name: 'some-model' },
    metadata: { capabilities: ['do'], dependencies: [] },
  }
  write('older', today, {}, root)
  const after = await validateFolder(root)
  expect(after.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
})

test('following the hints on an mcp.json with actions alone loses nothing and takes one round', async () => {
  const actions = [{ name: 'open', description: 'Opens.' }]
  const file = { 'mcp.json': JSON.stringify({ actions }) }
  const unnamed = await validateFolder(write('one', MANIFEST, file))
  expect(unnamed.diagnostics.map(({ rule, hint }) => [rule, hint])).toEqual([
    ['NOFX_MCP_FILE_UNNAMED', 'move "actions" into "metadata", and remove the file'],
  ])
  const named = await validateFolder(write('one', { ...MANIFEST, mcp: 'mcp.json' }, file))
  expect(named.diagnostics.map(({ rule, hint }) => [rule, hint])).toEqual([
    ['NOFX_FIELD_REQUIRED', 'add "mcpServers" with an object'],
    ['NOFX_MCP_FIELD_UNSUPPORTED', 'move it into "metadata" of the manifest'],
  ])
  const today = { ...MANIFEST, mcp: 'mcp.json', metadata: { actions } }
  const after = await validateFolder(write('one', today, { 'mcp.json': '{"mcpServers":{}}' }))
  expect(after).toEqual({ exit: 0, diagnostics: [] })
  expect(await validateFolder(write('one', { ...MANIFEST, metadata: { actions } }))).toEqual({
    exit: 0,
    diagnostics: [],
  })
})
