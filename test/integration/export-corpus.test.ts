import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isError } from '../../src/contract/diagnostic.ts'
import type { ExchangeFormat } from '../../src/exchange/contract/format.ts'
import { FORMATS } from '../../src/exchange/hook.ts'
import { exportDefinitions } from '../../src/export/export-definitions.ts'
import { readTreeItems } from '../../src/export/export-items.ts'
import { importClaude } from '../../src/import/claude-agents/import-claude.ts'
import { toolNames } from '../../src/import/claude-agents/tool-list.ts'
import type { ImportReport } from '../../src/import/import-report.ts'
import { readFrontMatter } from '../../src/import/sources/front-matter.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { unaccounted, unlisted } from '../exchange/support/account.ts'
import { READ_BACK } from '../exchange/support/read-back.ts'
import { filesIn, tempFolder } from '../import/support/temp-folder.ts'

const SHARED = '../shared/corpus'
const absent = !existsSync(SHARED)
if (absent) console.log(`skipped: ${SHARED} is not here, so no real agents are exported`)

/** Folders of agents of Claude Code, and the number of agents in each. */
const CORPORA: [folder: string, count: number][] = [
  [`${SHARED}/claude-plugins`, 202],
  [`${SHARED}/formats/claude-agents`, 19],
  [`${SHARED}/formats/claude-plugins`, 21],
]

const claude = FORMATS.find(({ id }) => id === 'claude') as ExchangeFormat
const settings = { client: undefined, check: false, prune: false, force: false, strict: false, dryRun: false }

async function readTree(root: string) {
  const tree = { root, shownPath: 'packages/shared', kinds: [agents] }
  const read = await readTreeItems(tree, [{ kind: agents, ids: [] }])
  expect(read.diagnostics.filter(isError)).toEqual([])
  return read
}

type Read = Awaited<ReturnType<typeof readTree>>

async function exportTo(to: string, read: Read) {
  const selections = [{ kind: agents, ids: [] }]
  const outcome = await exportDefinitions(read, {
    ...settings,
    format: claude,
    selections,
    to,
    allowEffects: true,
  })
  expect([outcome.failure, outcome.diagnostics]).toEqual([undefined, []])
  return outcome.report
}

async function importFrom(from: string, root: string): Promise<ImportReport> {
  const report = await importClaude({ from, to: join(root, 'agents'), owner: 'team@example.com' })
  expect(report.failed).toEqual([])
  return report
}

/** A file as a reader has it: fields, with lists of tools as lists, and the body. */
async function readAgent(text: string) {
  const matter = await readFrontMatter({ path: 'a.md', text })
  if ('rule' in matter) throw new Error(matter.message)
  const { data, body } = matter
  const { tools, model, name, description, ...rest } = data
  return {
    ...rest,
    name,
    description: String(description).trim(),
    // `inherit` is what the client does without the field.
    ...(model === undefined || model === 'inherit' ? {} : { model }),
    ...(tools === undefined ? {} : { tools: toolNames(tools) }),
    body,
  }
}

/** A manifest without what the ledger says is lost, and without the record of its import. */
function withoutLosses({ definition }: Read['items'][number], lost: ReadonlySet<string>) {
  const { metadata, ...manifest } = definition.manifest as Record<string, unknown>
  const fields = Object.entries(manifest).filter(([field]) => !lost.has(`agents/${definition.id} ${field}`))
  const { kept } = (metadata as { import: { kept?: object } }).import
  return { ...Object.fromEntries(fields), kept, prompt: definition.texts.get('prompts/system.md') }
}

describe.skipIf(absent).each(CORPORA)('the agents of %s', (folder, count) => {
  const root = mkdtempSync(join(tmpdir(), 'nofx-corpus-'))
  let report: ImportReport
  let read: Read
  beforeAll(async () => {
    report = await importFrom(folder, root)
    read = await readTree(root)
  }, 60_000)
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test('are exported with equal fields and an equal body, and a second time without a change', async () => {
    expect([report.imported.length, read.items.length]).toEqual([count, count])
    const to = tempFolder()
    await exportTo(to, read)
    for (const { id, source } of report.imported) {
      const original = await readAgent(readFileSync(join(folder, source), 'utf8').replaceAll('\r\n', '\n'))
      const exported = await readAgent(readFileSync(join(to, `agents/${id}.md`), 'utf8'))
      // The name is the id, which differs where two agents have one name, or where a name is not an id.
      expect({ ...exported, name: '' }, source).toEqual({ ...original, name: '' })
      if (/^[a-z][a-z0-9-]+$/.test(String(original.name)))
        expect(id.endsWith(String(original.name))).toBe(true)
    }
    const before = filesIn(to)
    const again = await exportTo(to, read)
    expect(again.files.every(({ state }) => state === 'unchanged')).toBe(true)
    expect(filesIn(to)).toEqual(before)
  })

  test('are the same definitions when what was exported is imported, but for what the ledger names', async () => {
    const to = tempFolder()
    const { ledger } = await exportTo(to, read)
    const again = tempFolder()
    await importFrom(to, again)
    const lost = new Set(
      ledger.filter(({ outcome }) => outcome === 'dropped').map(({ source, at }) => `${source} ${at}`),
    )
    const plain = ({ items }: Read) => items.map((item) => withoutLosses(item, lost))
    expect(plain(await readTree(again))).toEqual(plain(read))
  })

  test.each(FORMATS)('fit $id, which accounts for every field', async (format) => {
    const written = await format.write?.(read.items, { allowEffects: false })
    const { files = [], ledger = [], findings } = written ?? {}
    expect([findings, read.items.flatMap((item) => unaccounted(item, ledger))]).toEqual([[], []])
    expect(unlisted(format, ledger)).toEqual([])
    if (!READ_BACK[format.id]) return
    expect(files).toHaveLength(count)
    for (const { path, content } of files) {
      const { fields, body } = READ_BACK[format.id]!(String(content))
      expect(String(fields.description).length, path).toBeGreaterThan(0)
      expect(body.trim().length, path).toBeGreaterThan(0)
    }
  })
})
