import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isError } from '../../src/contract/diagnostic.ts'
import { ID_PATTERN } from '../../src/contract/id-pattern.ts'
import { FORMATS } from '../../src/exchange/hook.ts'
import { readTreeItems } from '../../src/export/export-items.ts'
import { importTree } from '../../src/import/import-definitions.ts'
import { fromExchange } from '../../src/import/other-agents/from-exchange.ts'
import { IMPORT_FORMATS } from '../../src/import/other-agents/import-formats.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { filesIn, tempFolder } from './support/temp-folder.ts'

const ALL = [...FORMATS.flatMap((format) => fromExchange(format) ?? []), ...IMPORT_FORMATS]
const KINDS = [agents, skills, templates, servers]
const PLACE = /^to\/(?:\.import\/)?(?:agents|skills|templates|servers)\/([^/]+?)(?:\.json|\/.+)$/
const CANARY = 'the canary outside of the folder'

/** Names that lead out of a folder, that a system reserves, or that a language has a meaning for. */
const NAMES = [
  '../out',
  '../../../../tmp/nofx-out',
  '/tmp/nofx-out',
  'C:\\out',
  'c:out',
  '..\\..\\out',
  '..',
  '.',
  '-',
  'con',
  'NUL',
  'a.',
  'a ',
  'a:b',
  'a/b',
  'a\u0000b',
  'a\nb',
  '\u202eabc',
  'cafe\u0301',
  '__proto__',
  'constructor',
  'toString',
  '.git',
  'node_modules',
  'x'.repeat(300),
]

const quote = (name: string) => JSON.stringify(name)
const matter = (name: string) => `---\nname: ${quote(name)}\ndescription: Works.\n---\nWork.\n`

/** For each reader: a path and a text with a name. */
const SOURCES: [string, string, (name: string) => string][] = [
  ['an agent of Claude Code', '.claude/agents/a.md', matter],
  ['a command of Claude Code', '.claude/commands/a.md', matter],
  [
    'an agent of Codex',
    '.codex/agents/a.toml',
    (name) => `name = ${quote(name)}\ndescription = "Works."\ndeveloper_instructions = "Work."\n`,
  ],
  ['an agent of Copilot', '.github/agents/a.agent.md', matter],
  ['an agent of Cursor', '.cursor/agents/a.md', matter],
  ['an agent of Gemini CLI', '.gemini/agents/a.md', matter],
  ['a skill', 'skills/a/SKILL.md', matter],
  [
    'a server of Claude Code',
    '.mcp.json',
    (name) => JSON.stringify({ mcpServers: { [name]: { type: 'http', url: 'https://a.example.com/mcp' } } }),
  ],
  [
    'a server of Codex',
    '.codex/config.toml',
    (name) => `[mcp_servers.${quote(name)}]\nurl = "https://a.example.com/mcp"\n`,
  ],
  [
    'a server of VS Code',
    '.vscode/mcp.json',
    (name) => JSON.stringify({ servers: { [name]: { type: 'http', url: 'https://a.example.com/mcp' } } }),
  ],
  [
    'a server in JSON with comments',
    '.vscode/mcp.json',
    (name) =>
      `// servers\n{"servers": {${quote(name)}: {"type": "http", "url": "https://a.example.com/mcp",},},}\n`,
  ],
  [
    'a server of Cursor',
    '.cursor/mcp.json',
    (name) => JSON.stringify({ mcpServers: { [name]: { url: 'https://a.example.com/mcp' } } }),
  ],
  [
    'a server of Gemini CLI',
    '.gemini/settings.json',
    (name) => JSON.stringify({ mcpServers: { [name]: { httpUrl: 'https://a.example.com/mcp' } } }),
  ],
  [
    'a server.json',
    'server.json',
    (name) =>
      JSON.stringify({
        name,
        description: 'Serves.',
        version: '1.0.0',
        remotes: [{ type: 'sse', url: 'https://a.example.com/mcp' }],
      }),
  ],
]

/** Imports a folder. Whatever it has, files are written below the target alone, and none has the canary. */
async function importFrom(files: Record<string, string>, prepare = (_base: string) => {}) {
  const base = tempFolder({ 'outside/secret.md': `${matter('secret')}${CANARY}\n`, ...files })
  prepare(base)
  const settings = { from: join(base, 'in'), owner: '@acme/tools', namespace: 'com.example' }
  const reports = await importTree(ALL, join(base, 'to'), settings).catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'NO_DEFINITIONS', hint: expect.any(String) })
    return []
  })
  const written = existsSync(join(base, 'to'))
    ? Object.entries(filesIn(join(base, 'to'))).map(([path, text]) => [`to/${path}`, text] as const)
    : []
  expect(readdirSync(base).filter((name) => !['in', 'outside', 'to'].includes(name))).toEqual([])
  expect(existsSync('/tmp/nofx-out')).toBe(false)
  for (const [path, text] of written) {
    expect(path).toMatch(PLACE)
    const id = PLACE.exec(path)?.[1]
    if (id !== undefined) expect(id).toMatch(ID_PATTERN)
    expect(String(text)).not.toContain(CANARY)
  }
  const failed = reports.flatMap(({ report }) => report.failed)
  for (const { diagnostics } of failed)
    for (const { rule, message, hint } of diagnostics)
      expect([rule, message, hint]).toEqual([
        expect.stringMatching(/^NOFX_/),
        expect.any(String),
        expect.any(String),
      ])
  const imported = reports.flatMap(({ report }) => report.imported.map(({ id }) => id))
  return { base, failed, imported, reports, paths: written.map(([path]) => path) }
}

/** The rules that the written definitions break. */
async function errorsOf(base: string): Promise<string[]> {
  const tree = { root: join(base, 'to'), shownPath: 'to', kinds: KINDS }
  const selections = KINDS.map((kind) => ({ kind, ids: [] }))
  const { diagnostics } = await readTreeItems(tree, selections)
  return diagnostics.filter(isError).map(({ rule }) => rule)
}

describe.each(SOURCES)('the name of %s', (_what, path, textOf) => {
  test.each(NAMES)('leads nowhere: %j', async (name) => {
    const { imported, failed, reports } = await importFrom({ [`in/${path}`]: textOf(name) })
    const passedOver = reports.flatMap(({ report }) => report.passedOver)
    expect(imported.length + failed.length + passedOver.length).toBeGreaterThan(reports.length > 0 ? 0 : -1)
    expect(imported.every((id) => ID_PATTERN.test(id))).toBe(true)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('the files of a skill', () => {
  test.each(
    NAMES.filter(
      (name) => !/[/\u0000]|^\.{1,2}$|^.{256}/.test(name) && !['.git', 'node_modules'].includes(name),
    ),
  )('may not have the name %j, or validate afterwards', async (name) => {
    const { base, failed, imported } = await importFrom({
      'in/skills/one/SKILL.md': matter('one'),
      [`in/skills/one/references/${name}`]: 'More.\n',
    })
    if (failed.length > 0)
      expect([failed[0]?.diagnostics[0]?.rule, imported]).toEqual([expect.any(String), []])
    else expect(await errorsOf(base)).toEqual([])
  })

  test.each([
    ['a.md', 'A.md'],
    ['caf\u00e9.md', 'cafe\u0301.md'],
    ['stra\u00dfe.md', 'STRASSE.md'],
  ])('are refused where %j and %j are one file', async (one, other) => {
    const { failed, imported } = await importFrom({
      'in/skills/one/SKILL.md': matter('one'),
      [`in/skills/one/references/${one}`]: 'One.\n',
      [`in/skills/one/references/${other}`]: 'Other.\n',
    })
    expect([imported, failed.length]).toEqual([[], 1])
  })
})

/** Places of a link, and what it names. */
const LINKS: [path: string, target: string][] = [
  ['.claude/agents/secret.md', 'outside/secret.md'],
  ['.claude/agents', 'outside'],
  ['.claude/commands/secret.md', 'outside/secret.md'],
  ['.codex/agents/secret.toml', 'outside/secret.md'],
  ['.github/agents/secret.agent.md', 'outside/secret.md'],
  ['.cursor/agents/secret.md', 'outside/secret.md'],
  ['.gemini/agents/secret.md', 'outside/secret.md'],
  ['.mcp.json', 'outside/secret.md'],
  ['server.json', 'outside/secret.md'],
  ['skills/two/SKILL.md', 'outside/secret.md'],
  ['skills/two', 'outside'],
  ['skills/one/references/secret.md', 'outside/secret.md'],
  ['skills/one/references', 'outside'],
  ['skills/one/assets', 'outside'],
  ['skills/one/loop', 'in'],
  ['.claude-plugin/plugin.json', 'outside/secret.md'],
]

describe('a link', () => {
  test.each(LINKS)('at %s to %s is not followed', async (path, target) => {
    await importFrom(
      { 'in/skills/one/SKILL.md': matter('one'), 'in/.claude/agents-too/a.md': matter('a') },
      (base) => {
        const at = join(base, 'in', path)
        mkdirSync(dirname(at), { recursive: true })
        symlinkSync(join(base, target), at)
      },
    )
  })
})

/** Manifests that name files elsewhere. */
const OUT = '../../outside/secret.md'
const MANIFESTS: [string, object][] = [
  [
    '.claude-plugin/plugin.json',
    {
      name: '../../out',
      agents: [OUT, './../../outside'],
      commands: OUT,
      skills: ['../outside'],
      mcpServers: OUT,
      hooks: OUT,
    },
  ],
  [
    '.claude-plugin/marketplace.json',
    {
      name: '../out',
      owner: {},
      plugins: [
        { name: '../out', source: '../../outside' },
        { name: 'b', source: './../outside' },
        { name: 'c', source: { source: 'file', path: OUT } },
      ],
      metadata: { pluginRoot: '../../outside' },
    },
  ],
  [
    'plugin.json',
    {
      $schema: 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json',
      name: '../out',
      version: '1.0.0',
      extensions: { 'dev.nofx': { definitions: [{ path: OUT }] } },
    },
  ],
  [
    '.codex-plugin/plugin.json',
    { name: '../out', version: '1.0.0', skills: '../../outside', mcpServers: OUT },
  ],
  [
    'gemini-extension.json',
    {
      name: '../out',
      version: '1.0.0',
      contextFileName: OUT,
      mcpServers: { a: { command: 'node', args: [OUT], cwd: '../../outside' } },
    },
  ],
  ['.cursor-plugin/plugin.json', { name: '../out', agents: OUT, rules: '../../outside' }],
  [
    '.github/plugin/marketplace.json',
    { name: '../out', plugins: [{ name: 'x', source: '../../../outside' }] },
  ],
]

describe('a manifest that names files outside', () => {
  test.each(MANIFESTS)('%s: none of them is read', async (path, manifest) => {
    const both = { 'in/agents/a.md': matter('a'), 'in/b/agents/a.md': matter('a') }
    const { imported } = await importFrom({ ...both, [`in/${path}`]: JSON.stringify(manifest) })
    expect(imported.every((id) => ID_PATTERN.test(id) && id !== 'secret')).toBe(true)
  })
})

test('two names that one disk takes for the same are one definition and one finding', async () => {
  const { imported, failed } = await importFrom({
    'in/.claude/agents/a.md': matter('Reader'),
    'in/.claude/agents/b.md': matter('reader'),
    'in/.claude/agents/c.md': matter('READER'),
  })
  expect([imported, failed.length]).toEqual([['reader'], 2])
})

test('the target that holds links is not written through', async () => {
  const base = tempFolder({ 'outside/keep': 'untouched', 'in/.claude/agents/a.md': matter('abc') })
  mkdirSync(join(base, 'to/agents'), { recursive: true })
  symlinkSync(join(base, 'outside'), join(base, 'to/agents/abc'))
  await importTree(ALL, join(base, 'to'), { from: join(base, 'in'), owner: '@acme/tools' }).catch(() => {})
  expect(readdirSync(join(base, 'outside'))).toEqual(['keep'])
  expect(readFileSync(join(base, 'outside/keep'), 'utf8')).toBe('untouched')
  writeFileSync(join(base, 'done'), '')
})
