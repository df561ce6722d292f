import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { computePowers, isWithin, joinPowers, type Powers } from '../../src/exchange/clients/powers.ts'
import { FLOOR } from '../../src/exchange/clients/sandbox.ts'
import type { ExchangeFormat, ExportItem } from '../../src/exchange/contract/format.ts'
import { FORMATS } from '../../src/exchange/hook.ts'
import { readTreeItems } from '../../src/export/export-items.ts'
import { importTree } from '../../src/import/import-definitions.ts'
import { formatsNamed, IMPORT_FORMATS } from '../../src/import/other-agents/import-formats.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import type { CheckedAgentManifest } from '../../src/plugins/agents/manifest/schema.ts'
import { anyItem } from '../exchange/support/items.ts'
import fc from '../harness/fast-check.ts'
import { writeFiles } from '../import/support/temp-folder.ts'

const SHARED = '../shared/corpus'
const absent = !existsSync(SHARED)
if (absent) console.log(`skipped: ${SHARED} is not here, so no real agents pass from program to program`)

const CORPORA = [
  ['claude', `${SHARED}/claude-plugins`, 202],
  ['claude', `${SHARED}/formats/claude-agents`, 19],
  ['claude', `${SHARED}/formats/claude-plugins`, 21],
  ['codex', `${SHARED}/formats/codex-agents`, 37],
  ['copilot', `${SHARED}/formats/copilot`, 48],
  ['cursor', `${SHARED}/formats/cursor`, 8],
] as const
const CLIENTS = ['claude', 'codex', 'copilot', 'cursor', 'gemini']
/** Where each program looks for its agents. */
const FOLDERS: Record<string, string> = {
  claude: '.claude',
  codex: '.codex',
  copilot: '.github',
  cursor: '.cursor',
  gemini: '.gemini',
}
/** Programs without a level below reading. */
const HAVE_FLOOR = ['codex', 'cursor']

const formatOf = (id: string) => FORMATS.find((format) => format.id === id) as ExchangeFormat

const roots: string[] = []
function newRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'nofx-chain-'))
  roots.push(root)
  return root
}
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true })
})

async function readTree(root: string): Promise<readonly ExportItem[]> {
  const tree = { root, shownPath: 'packages/shared', kinds: [agents] }
  return (await readTreeItems(tree, [{ kind: agents, ids: [] }])).items
}

/** The agents as a program has them after an export, imported again. */
async function passThrough(client: string, items: readonly ExportItem[]): Promise<readonly ExportItem[]> {
  const { files } = await formatOf(client).write!(items, { allowEffects: false })
  const [from, root] = [newRoot(), newRoot()]
  writeFiles(
    from,
    Object.fromEntries(files.map(({ path, content }) => [`${FOLDERS[client]}/${path}`, content])),
  )
  await importTree(IMPORT_FORMATS, root, { from, owner: '@acme/tools' })
  return readTree(root)
}

interface Rights {
  powers: Powers
  /** Tools that are allowed, by the address or the program of a server; undefined for all of them. */
  tools: Map<string, readonly string[] | undefined>
  secrets: readonly string[]
}

function rightsOf({ definition: { manifest, texts } }: ExportItem): Rights {
  const { permissions, mcp } = manifest as CheckedAgentManifest
  const document = typeof mcp === 'string' ? JSON.parse(texts.get(mcp) ?? '{}') : (mcp ?? {})
  const servers = Object.values(document.mcpServers ?? {}) as Record<string, unknown>[]
  const hosts = servers.flatMap(({ url }) => (typeof url === 'string' ? [new URL(url).hostname] : []))
  return {
    powers: computePowers(permissions, hosts),
    tools: new Map(
      servers.map(({ url, command, args, allowedTools }) => [
        JSON.stringify([url, command, args]),
        allowedTools as readonly string[] | undefined,
      ]),
    ),
    secrets: permissions?.secrets ?? [],
  }
}

/** What an agent may do after its way through programs that it may not do before. */
function grown(before: Rights, after: Rights, programs: readonly string[]): unknown[] {
  const floor = programs.some((one) => HAVE_FLOOR.includes(one))
    ? joinPowers(before.powers, FLOOR)
    : before.powers
  const moreTools = [...after.tools].filter(([server, tools]) => {
    if (!before.tools.has(server)) return true
    const allowed = before.tools.get(server)
    return allowed !== undefined && !tools?.every((tool) => allowed.includes(tool))
  })
  const moreSecrets = after.secrets.filter((secret) => !before.secrets.includes(secret))
  return [...(isWithin(after.powers, floor) ? [] : [after.powers]), ...moreTools, ...moreSecrets]
}

function compare(before: readonly ExportItem[], after: readonly ExportItem[], programs: readonly string[]) {
  const rights = new Map(before.map((item) => [item.definition.id, rightsOf(item)]))
  return after.flatMap((item) => {
    const own = rights.get(item.definition.id)
    const more = own ? grown(own, rightsOf(item), programs) : ['another id']
    return more.length > 0 ? [[item.definition.id, ...more]] : []
  })
}

/** All programs in a row: what one writes is read by the next. */
const CHAINS = [CLIENTS, CLIENTS.toReversed()]

describe.skipIf(absent).each(CORPORA)('the agents that %s reads in %s', (id, from, count) => {
  let items: readonly ExportItem[] = []
  beforeAll(async () => {
    const root = newRoot()
    await importTree(formatsNamed(id), root, { from, owner: '@acme/tools' })
    items = await readTree(root)
    expect(items.length).toBeGreaterThan(count * 0.85)
  }, 60_000)

  test.each(CHAINS.map((chain) => [chain.join(', '), chain] as const))(
    'may do no more after %s',
    async (_name, chain) => {
      let passed = items
      for (const [at, client] of chain.entries()) {
        passed = await passThrough(client, passed)
        expect(compare(items, passed, chain.slice(0, at + 1)), client).toEqual([])
      }
      expect(passed.length).toBeGreaterThan(items.length * 0.85)
    },
    120_000,
  )
})

test('agents with any permissions and servers may do no more after any two programs', async () => {
  const client = fc.constantFrom(...CLIENTS)
  const check = fc.asyncProperty(anyItem, client, client, async (item, first, second) => {
    const once = await passThrough(first, [item])
    const twice = await passThrough(second, once)
    expect(compare([item], once, [first])).toEqual([])
    expect(compare([item], twice, [first, second])).toEqual([])
  })
  await fc.assert(check, { numRuns: 60 })
})

test('the folders of all programs are looked into', () => {
  expect(Object.keys(FOLDERS)).toEqual(CLIENTS)
  expect(
    CLIENTS.every((client) => formatOf(client).places.some((place) => dirname(place) === 'agents')),
  ).toBe(true)
})
