import fs, {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { ExchangeFormat } from '../../src/exchange/contract/format.ts'
import { FORMATS } from '../../src/exchange/hook.ts'
import { ExportCache, openExportCache } from '../../src/export/export-cache.ts'
import type { ExportOptions } from '../../src/export/export-definitions.ts'
import { RECORD_FILE } from '../../src/export/export-record.ts'
import { exportTree } from '../../src/export/export-tree.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { manifestOf } from '../exchange/support/items.ts'
import { settle } from '../harness/settle.ts'
import { tempFolder, writeFiles } from '../import/support/temp-folder.ts'

const formatOf = (id: string) => FORMATS.find((format) => format.id === id) as ExchangeFormat

const agentFiles = (id: string, fields = {}) => ({
  [`shared/agents/${id}/agent.json`]: JSON.stringify(manifestOf(id, fields)),
  [`shared/agents/${id}/prompts/system.md`]: `You are ${id}.\n`,
})
const SKILL = {
  'shared/skills/forms/SKILL.md':
    '---\nname: forms\ndescription: Fills forms.\nmetadata: {nofx-owner: "@acme/tools"}\n---\nRun scripts/go.sh.\n',
  'shared/skills/forms/scripts/go.sh': '#!/bin/sh\n',
}

/** A project with some agents and a skill, and the folder that they are exported to. */
function makeProject(count = 3) {
  const top = tempFolder(SKILL)
  for (let at = 0; at < count; at++) writeFiles(top, agentFiles(`agent-${at}`))
  const [root, to, folder] = ['shared', 'target', 'cache'].map((name) => join(top, name)) as [
    string,
    string,
    string,
  ]
  const tree = { root, shownPath: 'shared', kinds: [agents, skills] }
  const selections = tree.kinds.map((kind) => ({ kind, ids: [] }))
  const all = (more: Partial<ExportOptions> = {}) => ({ format: formatOf('claude'), selections, to, ...more })
  const open = (more: Partial<ExportOptions> = {}, build = 'a') =>
    new ExportCache({ folder, build, tree, options: all(more) })
  const run = (more: Partial<ExportOptions> = {}, cache: ExportCache | undefined = open(more)) =>
    exportTree(tree, all(more), cache)
  /** What an export would do, or the code of its failure. */
  const look = (cached: boolean, more: Partial<ExportOptions> = {}) => {
    const options = { ...more, dryRun: true }
    const outcome = exportTree(tree, all(options), cached ? open(options) : undefined)
    return outcome.then(
      ({ report, diagnostics, failure }) => ({ report, diagnostics, code: failure?.code }),
      ({ code }: { code: string }) => ({ code }),
    )
  }
  return { top, root, to, tree, open, all, run, look, settle: () => settle(folder) }
}

/** The files below a folder that some work reads. */
async function readsOf(root: string, work: () => Promise<unknown>): Promise<string[]> {
  const spies = [vi.spyOn(fs, 'openSync'), vi.spyOn(fs, 'readFileSync')] as const
  syncBuiltinESMExports()
  try {
    await work()
    return spies
      .flatMap((spy) => spy.mock.calls.map(([path]) => String(path)))
      .filter((path) => path.startsWith(`${root}/`))
  } finally {
    for (const spy of spies) spy.mockRestore()
    syncBuiltinESMExports()
  }
}

const AGENT = 'shared/agents/agent-1'
const WRITTEN = 'target/agents/agent-1.md'

/** Writes other bytes of the same length, and sets the time back. */
function replaceInside(path: string): void {
  const { atime, mtime } = statSync(path)
  writeFileSync(path, readFileSync(path, 'utf8').replace('You', 'yOU'))
  utimesSync(path, atime, mtime)
}

/** What people and programs do to a project and to the target of its export. */
const EDITS: Record<string, (top: string) => void> = {
  'nothing happens': () => {},
  'a prompt changes within its size, and its time is set back': (top) =>
    replaceInside(join(top, AGENT, 'prompts/system.md')),
  'a manifest breaks': (top) => appendFileSync(join(top, AGENT, 'agent.json'), '}'),
  'a file comes into a definition': (top) => writeFiles(top, { [`${AGENT}/assets/x.bin`]: 'x' }),
  'a definition comes': (top) => writeFiles(top, agentFiles('newcomer')),
  'a definition goes': (top) => rmSync(join(top, AGENT), { recursive: true }),
  'a definition is renamed': (top) => renameSync(join(top, AGENT), join(top, 'shared/agents/other')),
  'a definition is disabled': (top) => writeFiles(top, agentFiles('agent-1', { status: 'disabled' })),
  'an exported file changes within its size, and its time is set back': (top) =>
    replaceInside(join(top, WRITTEN)),
  'an exported file goes': (top) => rmSync(join(top, WRITTEN)),
  'an exported file becomes a link to its copy': (top) => {
    renameSync(join(top, WRITTEN), join(top, 'copy.md'))
    symlinkSync(join(top, 'copy.md'), join(top, WRITTEN))
  },
  'a folder of the target becomes a link to its copy': (top) => {
    cpSync(join(top, 'target/agents'), join(top, 'copy'), { recursive: true })
    rmSync(join(top, 'target/agents'), { recursive: true })
    symlinkSync(join(top, 'copy'), join(top, 'target/agents'))
  },
  'an exported program is not executable any more': (top) =>
    chmodSync(join(top, 'target/skills/forms/scripts/go.sh'), 0o644),
  'a file of a person comes into the target': (top) =>
    writeFiles(top, { 'target/agents/mine.md': 'Mine.\n' }),
  'the record goes': (top) => rmSync(join(top, 'target', RECORD_FILE)),
  'the record is damaged': (top) => writeFiles(top, { [`target/${RECORD_FILE}`]: '{' }),
  'the target goes': (top) => rmSync(join(top, 'target'), { recursive: true }),
}

describe('an export of what another one has exported', () => {
  test.each([5, 10])('reads each of %i agents once, and none where nothing has changed', async (count) => {
    const { top, root, to, run, settle } = makeProject(count)
    await settle()
    // Two files of each agent, and two of the skill.
    expect(await readsOf(root, run)).toHaveLength(2 * count + 2)
    await settle()
    // The target was written by the first run, so its times say nothing yet.
    expect(await readsOf(top, run)).not.toContainEqual(expect.stringContaining(root))
    const later = await readsOf(top, run)
    expect(later.filter((path) => path.startsWith(root) || path.startsWith(to))).toEqual([])
  })

  test.each(Object.entries(EDITS))('is what it would be without a cache after: %s', async (_what, edit) => {
    const { top, run, look, settle } = makeProject()
    await settle()
    const first = await run()
    expect(first.failure).toBeUndefined()
    await settle()
    await run()
    edit(top)
    const expected = await look(false)
    expect(await look(true)).toEqual(expected)
    expect(await look(true)).toEqual(expected)
  })

  test('is what it would be without a cache with other options', async () => {
    const { run, look, settle, to } = makeProject()
    await settle()
    await run()
    const others: Partial<ExportOptions>[] = [
      { strict: true },
      { allowEffects: true },
      { selections: [{ kind: agents, ids: [] }] },
      { selections: [{ kind: agents, ids: ['agent-1'] }] },
      { selections: [{ kind: agents, ids: ['nowhere'] }] },
      { format: formatOf('claude-plugin') },
      { format: formatOf('claude-plugin'), bundle: 'all' },
      { to: `${to}/deeper` },
    ]
    for (const more of [{}, ...others]) expect(await look(true, more)).toEqual(await look(false, more))
  })

  test('is read again by another build, and where the run saw something new', async () => {
    const { root, open, run, settle } = makeProject()
    await settle()
    const during = open()
    writeFiles(root, { 'agents/agent-0/prompts/system.md': 'You are new.\n' })
    await run({}, during)
    expect(await readsOf(root, run)).not.toEqual([])
    await settle()
    await run()
    expect(await readsOf(root, () => run({}, open({}, 'b')))).not.toEqual([])
  })

  test('has the same answer from a cache that is damaged anywhere', async () => {
    const { top, root, run, look, settle } = makeProject(1)
    await settle()
    await run()
    const [name = ''] = readdirSync(join(top, 'cache')).filter((one) => one.startsWith('export-'))
    const path = join(top, 'cache', name)
    const whole = readFileSync(path)
    const expected = await look(false)
    for (const at of [0, 20, 200, whole.length - 2]) {
      writeFileSync(path, whole.subarray(0, at))
      expect(await readsOf(root, async () => expect(await look(true)).toEqual(expected))).not.toEqual([])
    }
  })
})

test('a cache is opened for many definitions alone, and where a folder for it is', () => {
  const { top, tree, all } = makeProject(0)
  for (let at = 0; at < 199; at++) mkdirSync(join(top, `shared/agents/agent-${at}`), { recursive: true })
  expect(openExportCache(top, tree, all(), 'a')).toBeUndefined()
  writeFiles(top, { '.nofx/keep': '' })
  expect(openExportCache(top, tree, all(), 'a')).toBeDefined()
  expect(openExportCache(top, tree, all(), undefined)).toBeUndefined()
  expect(openExportCache(top, tree, all({ selections: [{ kind: agents, ids: [] }] }), 'a')).toBeUndefined()
})
