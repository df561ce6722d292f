import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/contract/kind.ts'
import { serverJson } from '../../../src/exchange/servers/server-json.ts'
import { importTree } from '../../../src/import/import-definitions.ts'
import { fromExchange } from '../../../src/import/other-agents/from-exchange.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { findingsOn } from '../../conformance/definition.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { tempFolder } from '../support/temp-folder.ts'

const OWN = 'dev.nofx/registry'
const corpus = join(import.meta.dirname, '../../../../shared/corpus/mcp-servers/servers.json')
const formats = [serverJson].flatMap((format) => fromExchange(format) ?? [])

const NEW = {
  name: 'io.github.acme/books',
  description: 'Reads books.',
  version: '1.0.0',
  packages: [
    { registryType: 'npm', identifier: '@acme/books', version: '1.0.0', transport: { type: 'stdio' } },
  ],
}
const OLD = {
  id: '1',
  name: 'io.github.acme/notes',
  description: 'x'.repeat(150),
  version_detail: { version: '1.0', release_date: '2025-05-16T18:56:49Z', is_latest: true },
  packages: [
    {
      registry_name: 'pypi',
      name: 'notes',
      version: '1.0.0',
      package_arguments: [
        {
          type: 'named',
          name: '--dir <path>',
          value: '--dir <path>',
          value_hint: '<path>',
          is_required: true,
        },
      ],
    },
  ],
  homepage: 'https://acme.example.com',
}

const folder = (files: Record<string, unknown>) =>
  tempFolder(
    Object.fromEntries(Object.entries(files).map(([path, value]) => [path, JSON.stringify(value, null, 2)])),
  )
const importInto = async (to: string, from: string, owner: string | undefined = '@acme/tools') => {
  const [report] = await importTree(formats, to, { from, owner, kinds: [servers] })
  if (!report) throw new Error('nothing was imported')
  return report.report
}
const manifestIn = (to: string, id: string): JsonObject =>
  JSON.parse(readFileSync(join(to, 'servers', id, 'server.json'), 'utf8'))

test('a file, a folder and a list of servers become definitions without findings', async () => {
  const from = folder({
    'books/server.json': NEW,
    'answer/servers.json': { servers: [{ server: OLD, _meta: {} }], metadata: { count: 1 } },
    'package.json': { name: 'tool', version: '1.0.0' },
    'other/server.json': { port: 80 },
  })
  const to = folder({})
  const report = await importInto(to, from)
  expect(report.failed).toEqual([])
  expect(report.imported.map(({ id, source, problems }) => [id, source, problems])).toEqual([
    ['io-github-acme-notes', 'answer/servers.json#io.github.acme/notes', []],
    ['io-github-acme-books', 'books/server.json', []],
  ])
  expect(report.passedOver).toEqual([
    { source: 'other/server.json', reason: 'it has no field of the format' },
  ])
  const books = manifestIn(to, 'io-github-acme-books')
  expect(books).toMatchObject(NEW)
  expect(books._meta).toEqual({
    [OWN]: { owner: '@acme/tools', metadata: { import: expect.objectContaining({ format: 'server-json' }) } },
  })
  const notes = manifestIn(to, 'io-github-acme-notes')
  expect(notes).toMatchObject({
    version: '1.0.0',
    description: expect.stringMatching(/^x{99}…$/),
    packages: [
      {
        registryType: 'pypi',
        identifier: 'notes',
        packageArguments: [{ type: 'named', name: '--dir', value: '<path>', isRequired: true }],
      },
    ],
    _meta: { [OWN]: { metadata: { import: { kept: { homepage: OLD.homepage, version: '1.0' } } } } },
  })
  for (const id of ['io-github-acme-books', 'io-github-acme-notes']) {
    const files = { 'server.json': readFileSync(join(to, 'servers', id, 'server.json'), 'utf8') }
    expect(findingsOn(servers, { id, files })).toEqual([])
  }
})

test('a second import changes nothing, takes what its source changed, and keeps edits', async () => {
  const from = folder({ 'books/server.json': NEW })
  const to = folder({})
  await importInto(to, from)
  expect(await importInto(to, from)).toMatchObject({
    imported: [],
    unchanged: [{ id: 'io-github-acme-books' }],
  })
  const path = join(to, 'servers/io-github-acme-books/server.json')
  const edited = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...edited, title: 'Books' }, null, 2))
  writeFileSync(join(from, 'books/server.json'), JSON.stringify({ ...NEW, description: 'Reads all books.' }))
  expect((await importInto(to, from)).imported).toMatchObject([{ updated: true, edits: ['title'] }])
  expect(manifestIn(to, 'io-github-acme-books')).toMatchObject({
    title: 'Books',
    description: 'Reads all books.',
  })
})

test('an entry that a rule refuses becomes a draft, and one without a name is a finding', async () => {
  const from = folder({
    'list.json': [
      { ...NEW, packages: [{ registry_name: 'npm', name: '@acme/books', version: '' }] },
      { ...OLD, name: '' },
      { ...NEW, name: 'a/b', version: 7 },
    ],
  })
  const to = folder({})
  const report = await importInto(to, join(from, 'list.json'))
  expect(manifestIn(to, 'io-github-acme-books')._meta).toMatchObject({ [OWN]: { status: 'draft' } })
  expect(report.failed.map(({ source, diagnostics }) => [source, diagnostics[0]?.rule])).toEqual([
    ['list.json#1', 'NOFX_IMPORT_FIELD'],
    ['list.json#a/b', 'NOFX_IMPORT_FIELD'],
  ])
})

test('every entry of an early public list is a definition without errors, or a finding; twice changes nothing', async () => {
  if (!existsSync(corpus)) return console.warn('skipped: the list is not here')
  const to = folder({})
  const from = folder({})
  cpSync(corpus, join(from, 'servers.json'))
  const list: JsonObject[] = JSON.parse(readFileSync(corpus, 'utf8'))
  const unnamed = list.filter(({ name }) => name === '').length
  const report = await importInto(to, from)
  expect([report.imported.length, report.failed.length]).toEqual([list.length - unnamed, unnamed])
  const rules = report.imported.flatMap(({ problems }) => problems.map(({ rule }) => rule))
  expect(rules).toEqual(['NOFX_MCP_URL_TOKEN'])
  expect(readdirSync(join(to, 'servers')).filter((name) => !name.startsWith('.'))).toHaveLength(
    report.imported.length,
  )
  expect(await importInto(to, from)).toMatchObject({
    imported: [],
    unchanged: { length: report.imported.length },
  })
})

test('the ledger has a row for every field of every entry, and an export gives the manifest back', async () => {
  const list: JsonObject[] = existsSync(corpus) ? JSON.parse(readFileSync(corpus, 'utf8')) : []
  for (const entry of [NEW, OLD, ...list]) {
    const read = await serverJson.read?.({ path: 'server.json', text: JSON.stringify(entry) })
    const [definition] = read?.definitions ?? []
    if (!definition) {
      expect(read?.findings).toHaveLength(1)
      continue
    }
    const places = read?.ledger.map(({ at }) => at) ?? []
    for (const field of Object.keys(entry))
      expect([
        entry.name,
        field,
        places.some((at) => at === field || at.startsWith(`${field}.`) || at.startsWith(`${field}[`)),
      ]).toEqual([entry.name, field, true])
    const item = { ...definition, manifestPath: 'server.json', texts: new Map(), files: [] }
    const written = await serverJson.write?.([{ definition: item, digest: '', asset: () => undefined }], {
      allowEffects: false,
    })
    const again = await serverJson.read?.({ path: 'server.json', text: String(written?.files[0]?.content) })
    expect(again?.definitions[0]?.manifest).toEqual(definition.manifest)
  }
})

test('any JSON, in a list or alone, is a definition or a finding', async () => {
  const entry = fc.record(
    {
      name: fc.constantFrom('a/b', '../b', 'a/b/c', '__proto__/x', 7),
      server: fc.jsonValue(),
      packages: fc.jsonValue(),
      _meta: fc.jsonValue(),
      version: fc.jsonValue(),
      description: fc.jsonValue(),
      remotes: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(entry, fc.jsonValue()), async (value) => {
      const text = JSON.stringify(value)
      serverJson.detect?.('server.json', text)
      for (const part of (await serverJson.split?.(text, 'server.json')) ?? [{ text }]) {
        const read = await serverJson.read?.({ path: 'server.json', text: part.text })
        expect((read?.definitions.length ?? 0) + (read?.findings.length ?? 0)).toBe(1)
      }
    }),
    { numRuns: repetitions(150, 300) },
  )
})
