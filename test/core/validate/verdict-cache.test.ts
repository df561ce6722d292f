import {
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SILENT } from '../../../src/core/progress.ts'
import { findFolders, type WorkingTree } from '../../../src/core/tree/tree.ts'
import { validate } from '../../../src/core/validate/validate.ts'
import { VerdictCache } from '../../../src/core/validate/verdict-cache.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { settle } from '../../harness/settle.ts'
import { tempFolder, writeFiles } from '../../import/support/temp-folder.ts'
import { GOOD, step } from '../../plugins/templates/support/template.ts'

const SYSTEM = 'packages/shared/agents/one/prompts/system.md'
const jsonOf = (value: object) => `${JSON.stringify(value, null, 2)}\n`

const manifestOf = (id: string, rest: object = {}) =>
  jsonOf({
    agentId: id,
    name: id,
    description: `Does what the agent ${id} does.`,
    owner: '@acme/platform',
    prompts: { system: 'prompts/system.md' },
    ...rest,
  })

const templateOf = (agent: string, memoryMb: number) =>
  jsonOf({
    ...GOOD,
    templateId: 'flow',
    resourceProfile: { memoryMb },
    supportedAgents: [agent],
    defaultPlan: { steps: [step('d', { agentId: agent })] },
    parameters: undefined,
  })

const FILES = {
  'packages/shared/agents/one/agent.json': manifestOf('one', { resourceProfile: { memoryMb: 256 } }),
  [SYSTEM]: 'You work.\n',
  'packages/shared/agents/two/agent.json': manifestOf('two'),
  'packages/shared/agents/two/prompts/system.md': 'You rest.\n',
  'packages/shared/agents/three/agent.json': '{"agentId": 3}\n',
  'packages/shared/templates/flow/template.json': templateOf('one', 512),
}

/** A project whose folder and cache are the running test's own. */
function makeProject() {
  const top = tempFolder(FILES)
  const root = join(top, 'packages/shared')
  const tree: WorkingTree = { root, shownPath: 'packages/shared', kinds: [agents, templates] }
  const folder = join(top, '.nofx/cache')
  const open = (build = 'a') => new VerdictCache({ folder, root, build, kinds: tree.kinds })
  const check = async (cache?: VerdictCache) =>
    (await validate(tree, { askRegistry: async () => 'missing', cache }, SILENT)).diagnostics
  return { top, tree, folder, open, check, settle: () => settle(folder) }
}

const hits = (tree: WorkingTree, cache: VerdictCache) =>
  findFolders(tree).filter((folder) => cache.find(folder, { find: () => undefined }) !== undefined).length

/** What people and tools do to files. Each keeps as much of the old metadata as it can. */
const EDITS: Record<string, (top: string) => void> = {
  'a prompt grows': (top) => writeFileSync(join(top, SYSTEM), `${readFileSync(join(top, SYSTEM))}More.\n`),
  'a prompt changes within its size, and its time is set back': (top) => {
    const path = join(top, SYSTEM)
    const { atime, mtime } = statSync(path)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.startsWith('Y') ? `\u200b${text.slice(3)}` : `You${text.slice(1)}`)
    utimesSync(path, atime, mtime)
  },
  'a file is touched': (top) => utimesSync(join(top, SYSTEM), new Date(), new Date()),
  'a file comes': (top) => writeFiles(top, { 'packages/shared/agents/one/assets/x.bin': 'x' }),
  'a file goes': (top) => rmSync(join(top, 'packages/shared/agents/one/assets/x.bin'), { force: true }),
  'a file comes into a folder': (top) =>
    writeFiles(top, { 'packages/shared/agents/one/prompts/more.md': 'Hi\u200b there, api.example.com.\n' }),
  'a folder comes': (top) => writeFiles(top, { 'packages/shared/agents/two/empty/deep/x.md': 'x' }),
  'a folder goes': (top) =>
    rmSync(join(top, 'packages/shared/agents/two/empty'), { recursive: true, force: true }),
  'two definitions swap their folders': (top) => {
    const [one, two, between] = ['one', 'two', 'between'].map((id) => join(top, 'packages/shared/agents', id))
    renameSync(one as string, between as string)
    renameSync(two as string, one as string)
    renameSync(between as string, two as string)
  },
  'a manifest breaks': (top) =>
    writeFiles(top, { 'packages/shared/agents/two/agent.json': '{"agentId": "two",,}\n' }),
  'a manifest heals': (top) =>
    writeFiles(top, { 'packages/shared/agents/two/agent.json': manifestOf('two') }),
  'the agent of a template needs more memory': (top) =>
    writeFiles(top, {
      'packages/shared/agents/one/agent.json': manifestOf('one', { resourceProfile: { memoryMb: 2048 } }),
    }),
  'the agent of a template becomes a draft': (top) =>
    writeFiles(top, { 'packages/shared/agents/one/agent.json': manifestOf('one', { status: 'draft' }) }),
  'a template names another agent': (top) =>
    writeFiles(top, { 'packages/shared/templates/flow/template.json': templateOf('two', 128) }),
  'a template names nothing': (top) =>
    writeFiles(top, { 'packages/shared/templates/flow/template.json': templateOf('nobody', 512) }),
  'a definition goes': (top) =>
    rmSync(join(top, 'packages/shared/agents/three'), { recursive: true, force: true }),
  'a definition comes': (top) =>
    writeFiles(top, { 'packages/shared/agents/three/agent.json': manifestOf('three') }),
  'a mode changes': (top) => chmodSync(join(top, 'packages/shared/templates/flow/template.json'), 0o755),
}

describe('verdicts of earlier runs', () => {
  it('are equal to those of a run without them, after any edits', async () => {
    const edits = fc.record({ edit: fc.constantFrom(...Object.keys(EDITS)), settled: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { top, open, check, settle } = makeProject()
        await settle()
        await check(open())
        for (const { edit, settled } of steps) {
          EDITS[edit]?.(top)
          if (settled) await settle()
          expect(await check(open()), edit).toEqual(await check())
        }
      }),
      { numRuns: repetitions(12, 25) },
    )
  }, 60_000)

  it.each(Object.entries(EDITS))('notice that %s', async (_what, edit) => {
    const { top, open, check, settle } = makeProject()
    for (let times = 0; times < 2; times++) {
      await settle()
      await check(open())
      edit(top)
      expect(await check(open())).toEqual(await check())
    }
  })

  it('are found for everything that has not changed, and for nothing else', async () => {
    const { top, tree, open, check, settle } = makeProject()
    await settle()
    expect(hits(tree, open())).toBe(0)
    await check(open())
    // The template asked for an agent, which nothing here describes.
    expect(hits(tree, open())).toBe(3)
    EDITS['a prompt grows']?.(top)
    expect(hits(tree, open())).toBe(2)
  })

  it('are not kept for a file that was written during the run', async () => {
    const { top, tree, open, check, settle } = makeProject()
    await settle()
    const during = open()
    EDITS['a prompt grows']?.(top)
    await check(during)
    expect(hits(tree, open())).toBe(2)
    await settle()
    await check(open())
    expect(hits(tree, open())).toBe(3)
  })

  it('are of no use to another build', async () => {
    const { tree, open, check, settle } = makeProject()
    await settle()
    await check(open('a'))
    expect(hits(tree, open('b'))).toBe(0)
  })

  it('never come from a file that is damaged anywhere', async () => {
    const { tree, folder, open, check, settle } = makeProject()
    await settle()
    await check(open())
    const [name = ''] = readdirSync(folder).filter((one) => one.startsWith('verdicts-'))
    const whole = readFileSync(join(folder, name))
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, bits, cut) => {
          const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole)
          if (!cut) bytes[at] = (bytes[at] ?? 0) ^ bits
          writeFileSync(join(folder, name), bytes)
          expect(hits(tree, open())).toBe(0)
        },
      ),
      { numRuns: repetitions(50, 100) },
    )
  })

  it('are left out where their folder cannot be made', async () => {
    const { top, open, check } = makeProject()
    writeFiles(top, { '.nofx': 'a file' })
    expect(await check(open())).toEqual(await check())
  })
})
