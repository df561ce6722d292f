import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse as parseToml } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExchangeFormat, WriteOptions } from '../../src/exchange/contract/format.ts'
import { FORMATS } from '../../src/exchange/hook.ts'
import { readTreeItems } from '../../src/export/export-items.ts'
import { importTree } from '../../src/import/import-definitions.ts'
import type { ImportReport } from '../../src/import/import-report.ts'
import { formatsNamed, IMPORT_FORMATS } from '../../src/import/other-agents/import-formats.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { unaccounted, unlisted } from '../exchange/support/account.ts'
import { readMatter } from '../exchange/support/read-back.ts'
import { tempFolder, writeFiles } from '../import/support/temp-folder.ts'

const SHARED = '../shared/corpus/formats'
const absent = !existsSync(SHARED)
if (absent) console.log(`skipped: ${SHARED} is not here, so no agents of other programs are read`)

type Fields = Record<string, unknown>
type Read = Awaited<ReturnType<typeof readTreeItems>>

const formatOf = (id: string) => FORMATS.find((format) => format.id === id) as ExchangeFormat
const RESTORING: WriteOptions = { allowEffects: true }

async function importFrom(from: string, root: string, id: string): Promise<ImportReport> {
  const [named] = await importTree(formatsNamed(id), root, { from, owner: 'team@example.com' })
  expect(named?.report.failed).toEqual([])
  return named!.report
}

/** The definitions of a folder. Those with errors are refused by an export, and are left out here. */
async function readTree(root: string): Promise<Read> {
  const tree = { root, shownPath: 'packages/shared', kinds: [agents] }
  return readTreeItems(tree, [{ kind: agents, ids: [] }])
}

async function write(id: string, { items }: Read, options = RESTORING) {
  const written = await formatOf(id).write!(items, options)
  expect(written.findings.filter(({ rule }) => rule !== 'NOFX_EXPORT_LIMIT')).toEqual([])
  return written
}

/** A manifest without what the ledger says is lost, and without the record of its import. */
function withoutLosses({ definition }: Read['items'][number], lost: ReadonlySet<string>) {
  const { metadata, ...manifest } = definition.manifest as Fields
  const fields = Object.entries(manifest).filter(([field]) => !lost.has(`agents/${definition.id} ${field}`))
  const { kept } = (metadata as { import: { kept?: object } }).import
  return { ...Object.fromEntries(fields), kept, prompt: definition.texts.get('prompts/system.md') }
}

/** Fields and body of a file. `inherit` is what a program does without the field. */
const READERS: Record<string, (text: string) => Fields> = {
  codex: (text) => parseToml(text),
  copilot: (text) => {
    const { fields, body } = readMatter(text)
    const { metadata, ...rest } = fields as { metadata?: Fields }
    const own = Object.entries(metadata ?? {}).filter(([name]) => !name.startsWith('nofx-'))
    return { ...rest, ...(own.length > 0 ? { metadata: Object.fromEntries(own) } : {}), body }
  },
  cursor: (text) => {
    const { fields, body } = readMatter(text)
    const { model, ...rest } = fields
    return { ...rest, ...(model === 'inherit' ? {} : { model }), body }
  },
}

const plainText = (value: unknown) => String(value).trim().replace(/\s+/g, ' ')

describe.skipIf(absent).each([
  ['codex', `${SHARED}/codex-agents`, 37],
  ['copilot', `${SHARED}/copilot`, 48],
  ['cursor', `${SHARED}/cursor`, 8],
] as const)('the agents of %s', (id, folder, count) => {
  const root = mkdtempSync(join(tmpdir(), 'nofx-corpus-'))
  let report: ImportReport
  let read: Read
  beforeAll(async () => {
    report = await importFrom(folder, root, id)
    read = await readTree(root)
  }, 60_000)
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test('come back with equal fields and an equal body', async () => {
    expect(report.imported).toHaveLength(count)
    expect(read.items.length).toBeGreaterThan(count * 0.85)
    const { files, ledger } = await write(id, read)
    expect(read.items.flatMap((item) => unaccounted(item, ledger))).toEqual([])
    expect(unlisted(formatOf(id), ledger)).toEqual([])
    for (const file of files) {
      const source = report.imported.find((row) => row.id === file.from[0]!.id)!.source
      const original = READERS[id]!(readFileSync(join(folder, source), 'utf8').replaceAll('\r\n', '\n'))
      const exported = READERS[id]!(String(file.content))
      const { name, description, ...rest } = exported
      const { name: _, description: __, ...wanted } = original
      expect(rest, source).toEqual(wanted)
      expect(plainText(description)).toBe(plainText(original.description))
      // A file without a name gets one for people; Copilot alone has such a field.
      if (original.name !== undefined) expect(plainText(name), source).toBe(plainText(original.name))
    }
  })

  test('are the same definitions when what was exported is imported, but for what the ledger names', async () => {
    const { files, ledger } = await write(id, read)
    const to = tempFolder()
    writeFiles(to, Object.fromEntries(files.map(({ path, content }) => [path, content])))
    const again = tempFolder()
    await importFrom(to, again, id)
    const lost = new Set(
      ledger.filter(({ outcome }) => outcome === 'dropped').map(({ source, at }) => `${source} ${at}`),
    )
    const plain = ({ items }: Read) => items.map((item) => withoutLosses(item, lost))
    expect(plain(await readTree(again))).toEqual(plain(read))
  })

  test('keep every field that is not a field of the manifest', async () => {
    const mapped = new Set([
      'name',
      'description',
      'developer_instructions',
      'model',
      'model_reasoning_effort',
      'body',
      'metadata',
    ])
    for (const { definition, asset } of read.items) {
      const { import: record } = (
        definition.manifest as { metadata: { import: { source: string; kept?: Fields } } }
      ).metadata
      const stored = record.kept?.file === 'assets/import.json'
      const kept = stored
        ? JSON.parse(Buffer.from(asset('assets/import.json')!).toString())
        : (record.kept ?? {})
      const fields = Object.keys(READERS[id]!(readFileSync(join(folder, record.source), 'utf8')))
      expect(
        fields.filter((field) => !mapped.has(field) && !(field in kept)),
        record.source,
      ).toEqual([])
    }
  })
})

describe.skipIf(absent)('several formats in one tree', () => {
  test('are told apart, and each file is read once', async () => {
    const root = tempFolder()
    const reports = await importTree(IMPORT_FORMATS, root, {
      from: SHARED,
      owner: '@acme/tools',
      dryRun: true,
    })
    const counts = Object.fromEntries(
      reports.map(({ report }) => [
        report.format,
        report.imported.length + report.failed.length + report.skipped.length,
      ]),
    )
    expect(counts).toMatchObject({ codex: 37, copilot: 48, cursor: 6 })
    const sources = reports.flatMap(({ report }) => report.imported.map(({ source }) => source))
    expect(new Set(sources).size).toBe(sources.length)
  })
})

describe.skipIf(absent)('agents of Claude Code as agents of Gemini CLI', () => {
  test('come back as the same definitions, but for what the ledger names', async () => {
    const root = tempFolder()
    await importTree(formatsNamed('claude'), root, { from: `${SHARED}/claude-agents`, owner: '@acme/tools' })
    const read = await readTree(root)
    const { files, ledger } = await write('gemini', read, { allowEffects: false })
    const to = tempFolder()
    writeFiles(to, Object.fromEntries(files.map(({ path, content }) => [`.gemini/${path}`, content])))
    const again = tempFolder()
    const [named] = await importTree(IMPORT_FORMATS, again, { from: to, owner: '@acme/tools' })
    expect([named?.report.format, named?.report.imported.length]).toEqual(['gemini', read.items.length])
    const lost = new Set(
      ledger.filter(({ outcome }) => outcome !== 'mapped').map(({ source, at }) => `${source} ${at}`),
    )
    const plain = ({ items }: Read) =>
      items.map((item) => ({ ...withoutLosses(item, lost), kept: undefined }))
    expect(plain(await readTree(again))).toEqual(plain(read))
  })
})
