import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { fetchBundle } from '../../src/core/fetch-bundle.ts'
import type { Registry } from '../../src/core/registry/registry.ts'
import type { Revision } from '../../src/core/registry/revision.ts'
import type { ExchangeFormat, WrittenFile } from '../../src/exchange/contract/format.ts'
import { FORMATS } from '../../src/exchange/hook.ts'
import { type ExportOptions, exportDefinitions } from '../../src/export/export-definitions.ts'
import { readRegistryItems, readTreeItems } from '../../src/export/export-items.ts'
import { RECORD_FILE, readRecord } from '../../src/export/export-record.ts'
import { renderExport } from '../../src/export/render-export.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { itemOf, manifestOf } from '../exchange/support/items.ts'
import fc from '../harness/fast-check.ts'
import { filesIn, tempFolder, writeFiles } from '../import/support/temp-folder.ts'

const formatOf = (id: string) => FORMATS.find((format) => format.id === id) as ExchangeFormat
const claude = formatOf('claude')

/** A format of a third party that writes given files. */
function writing(files: (Omit<WrittenFile, 'from'> & { of?: string })[]): ExchangeFormat {
  return {
    id: 'third',
    title: 'Third',
    kinds: ['agents'],
    places: [],
    limits: [],
    write: async () => ({
      files: files.map(({ of = 'first', ...file }) => ({ ...file, from: [{ kind: 'agents', id: of }] })),
      findings: [],
      ledger: [],
    }),
  }
}

const shown = (id: string, fields = {}) => ({ ...itemOf(id, fields), dir: `packages/shared/agents/${id}` })

function run(to: string, options: Partial<ExportOptions> & { ids?: string[]; fields?: object } = {}) {
  const { ids = ['first'], fields = {}, ...rest } = options
  const read = { items: ids.map((id) => shown(id, fields)), skipped: [], diagnostics: [] }
  return exportDefinitions(read, {
    format: claude,
    selections: [{ kind: agents, ids: [] }],
    to,
    allowEffects: false,
    check: false,
    prune: false,
    force: false,
    strict: false,
    dryRun: false,
    ...rest,
  })
}

/** Stops an export in place of a write: everything before is on the disk, and nothing after. */
async function killedAfter(writes: number, work: () => Promise<unknown>): Promise<boolean> {
  const { renameSync, rmSync: remove } = fs
  let done = 0
  const counting =
    <A extends unknown[], R>(run: (...args: A) => R) =>
    (...args: A): R => {
      if (done++ === writes) throw Object.assign(new Error('killed'), { code: 'KILLED' })
      return run(...args)
    }
  const spies = [
    vi.spyOn(fs, 'renameSync').mockImplementation(counting(renameSync)),
    vi.spyOn(fs, 'rmSync').mockImplementation(counting(remove)),
  ]
  syncBuiltinESMExports()
  try {
    await work().catch((error: Error) => expect(error.message).toContain('KILLED'))
    return done > writes
  } finally {
    for (const spy of spies) spy.mockRestore()
    syncBuiltinESMExports()
  }
}

const statesOf = ({ report }: Awaited<ReturnType<typeof run>>) =>
  Object.fromEntries(report.files.map(({ path, state }) => [path, state]))

describe('an export', () => {
  test('writes each file with a record of where it came from, and a second one changes nothing', async () => {
    const to = join(tempFolder(), 'deep/target')
    expect(statesOf(await run(to, { ids: ['first', 'second'] }))).toEqual({
      'agents/first.md': 'written',
      'agents/second.md': 'written',
    })
    const files = filesIn(to)
    expect(Object.keys(files)).toEqual([RECORD_FILE, 'agents/first.md', 'agents/second.md'])
    expect(readRecord(to).get('agents/first.md')).toMatchObject({
      format: 'claude',
      from: [{ kind: 'agents', id: 'first', digest: 'd'.repeat(64) }],
    })
    const times = () =>
      [RECORD_FILE, 'agents/first.md'].map((path) => statSync(join(to, path), { bigint: true }).mtimeNs)
    const before = times()
    expect(statesOf(await run(to, { ids: ['second', 'first'] }))).toEqual({
      'agents/first.md': 'unchanged',
      'agents/second.md': 'unchanged',
    })
    expect(filesIn(to)).toEqual(files)
    expect(times()).toEqual(before)
  })

  test('never overwrites a file that is foreign or edited, without --force', async () => {
    const to = tempFolder({ 'agents/first.md': 'mine\n' })
    const refused = await run(to, { ids: ['first', 'second'] })
    expect(refused.failure).toMatchObject({ code: 'FOREIGN', exit: 4 })
    expect(filesIn(to)).toEqual({ 'agents/first.md': 'mine\n' })
    expect((await run(to, { ids: ['first', 'second'], force: true })).failure).toBeUndefined()
    writeFileSync(join(to, 'agents/second.md'), 'edited\n')
    const edited = await run(to, { ids: ['first', 'second'], fields: { name: 'Another' } })
    expect([edited.failure?.code, statesOf(edited)['agents/second.md']]).toEqual(['FOREIGN', 'edited'])
    expect(readFileSync(join(to, 'agents/second.md'), 'utf8')).toBe('edited\n')
    // A format whose files do not hold the name changes nothing but what was edited.
    expect(statesOf(edited)['agents/first.md']).toBe('unchanged')
  })

  test('takes over a file that is what it would write', async () => {
    const [one, two] = [tempFolder(), tempFolder()]
    await run(one)
    writeFiles(two, { 'agents/first.md': filesIn(one)['agents/first.md'] as string })
    expect(statesOf(await run(two))).toEqual({ 'agents/first.md': 'unchanged' })
    expect(filesIn(two)).toEqual(filesIn(one))
  })

  test('updates what it wrote, also after an export that was killed', async () => {
    const to = tempFolder()
    const [first, second] = ['Says one.', 'Says two.'].map((description) => ({ description }))
    await run(to, { fields: first })
    const old = filesIn(to)['agents/first.md'] as string
    expect(statesOf(await run(to, { fields: second }))).toEqual({ 'agents/first.md': 'updated' })
    // Killed after the record and before the file.
    const record = JSON.parse(filesIn(to)[RECORD_FILE] as string)
    const { sha256 } = readRecord(to).get('agents/first.md') as { sha256: string }
    const wasOf = async () => {
      const other = tempFolder()
      await run(other, { fields: first })
      return readRecord(other).get('agents/first.md')?.sha256
    }
    record.files['agents/first.md'].before = await wasOf()
    expect(sha256).not.toBe(record.files['agents/first.md'].before)
    writeFiles(to, { [RECORD_FILE]: JSON.stringify(record), 'agents/first.md': old })
    expect(statesOf(await run(to, { fields: { description: 'Says three.' } }))).toEqual({
      'agents/first.md': 'updated',
    })
    expect(filesIn(to)[RECORD_FILE]).not.toContain('"before"')
  })

  test('compares with --check, and writes nothing', async () => {
    const to = tempFolder()
    const missing = await run(to, { check: true })
    expect(missing.failure).toMatchObject({ code: 'FINDINGS', exit: 1, hint: 'run it without --check' })
    expect(filesIn(to)).toEqual({})
    await run(to)
    expect((await run(to, { check: true })).failure).toBeUndefined()
    const changed = await run(to, { check: true, fields: { description: 'Says another thing.' } })
    expect(changed.report.files[0]?.diff).toContain('+description: "Says another thing."')
    expect(changed.failure?.exit).toBe(1)
    // The hint leads to a folder that does not differ any more.
    await run(to, { ids: ['first', 'second'] })
    writeFileSync(join(to, 'agents/first.md'), 'edited\n')
    const { failure } = await run(to, { check: true })
    expect(failure?.hint).toBe('run it with --prune --force in place of --check')
    await run(to, { prune: true, force: true })
    expect((await run(to, { check: true })).failure).toBeUndefined()
  })

  test('removes with --prune what an earlier one wrote, and nothing else', async () => {
    const to = tempFolder({ 'agents/mine.md': 'mine\n' })
    await run(to, { ids: ['first', 'second', 'third'] })
    expect(statesOf(await run(to, { ids: ['first'] }))).toMatchObject({ 'agents/second.md': 'left' })
    expect((await run(to, { ids: ['first'], check: true })).failure?.exit).toBe(1)
    // An export of one definition is about that one alone.
    const one = { ids: ['first'], selections: [{ kind: agents, ids: ['first'] }] }
    expect(statesOf(await run(to, { ...one, prune: true }))).toEqual({ 'agents/first.md': 'unchanged' })
    writeFileSync(join(to, 'agents/third.md'), 'edited\n')
    expect((await run(to, { ids: ['first'], prune: true })).failure?.code).toBe('FOREIGN')
    expect(existsSync(join(to, 'agents/second.md'))).toBe(true)
    await run(to, { ids: ['first'], prune: true, force: true })
    expect(Object.keys(filesIn(to))).toEqual([RECORD_FILE, 'agents/first.md', 'agents/mine.md'])
    expect([...readRecord(to).keys()]).toEqual(['agents/first.md'])
  })

  test('leaves the files of another format in the same folder alone', async () => {
    const to = tempFolder()
    await run(to)
    await run(to, { format: formatOf('agents-md') })
    await run(to, { format: formatOf('agents-md'), ids: [], prune: true })
    expect(Object.keys(filesIn(to))).toEqual([RECORD_FILE, 'agents/first.md'])
  })

  test('writes its section of a file, and none of the other lines', async () => {
    const to = tempFolder({ 'AGENTS.md': '# Ours\n\nText.\n' })
    const format = formatOf('agents-md')
    await run(to, { format })
    const text = () => readFileSync(join(to, 'AGENTS.md'), 'utf8')
    expect(text()).toMatch(/^# Ours\n\nText\.\n\n<!-- nofx:start -->\n## Agents[\s\S]*<!-- nofx:end -->\n$/)
    writeFileSync(join(to, 'AGENTS.md'), `${text().replace('Text.', 'Other text.')}\nAfter.\n`)
    expect(statesOf(await run(to, { format, ids: ['first', 'second'] }))).toEqual({ 'AGENTS.md': 'updated' })
    expect(text()).toMatch(/^# Ours\n\nOther text\.\n[\s\S]*`second`[\s\S]*<!-- nofx:end -->\n\nAfter\.\n$/)
    writeFileSync(join(to, 'AGENTS.md'), text().replace('`second`', '`edited`'))
    expect((await run(to, { format, ids: ['first', 'second'] })).failure?.code).toBe('FOREIGN')
    await run(to, { format, ids: [], prune: true, force: true })
    expect(text()).toBe('# Ours\n\nOther text.\n\n\nAfter.\n')
  })

  describe('of MCP servers into a file that has other settings', () => {
    const format = formatOf('mcp')
    const withServer = (name: string, path = 'x') => ({
      mcp: { mcpServers: { [name]: { type: 'streamable-http', url: `https://mcp.example.com/${path}` } } },
      permissions: { network: true, hosts: ['mcp.example.com'] },
    })
    /** The file of each program before an export, with comments, and with a server of the person's own. */
    const CLIENTS = [
      [
        'codex',
        '.codex/config.toml',
        '# Mine.\nmodel = "m" # why\n\n[mcp_servers.own]\nurl = "https://own.example.com/"\n',
      ],
      [
        'gemini',
        '.gemini/settings.json',
        '{\n    // Mine.\n    "theme": "dark", // why\n    "mcpServers": {\n        "own": { "httpUrl": "https://own.example.com/" }\n    },\n    "last": [1, 2]\n}\n',
      ],
    ] as const

    test.each(CLIENTS)(
      '%s: adds, updates and removes its own, and nothing else',
      async (client, path, before) => {
        const to = tempFolder({ [path]: before })
        const text = () => readFileSync(join(to, path), 'utf8')
        const go = (options: Parameters<typeof run>[1] = {}) => run(to, { format, client, ...options })
        const [docs, other] = [withServer('docs'), withServer('docs', 'y')]
        expect((await go({ fields: docs, check: true })).failure?.code).toBe('FINDINGS')
        expect(text()).toBe(before)
        expect(statesOf(await go({ fields: docs }))).toEqual({ [path]: 'updated' })
        const first = text()
        for (const line of before
          .trimEnd()
          .split('\n')
          .filter((one) => !one.includes('own.example.com')))
          expect(first).toContain(line)
        expect(first.match(/https:\/\/\w+\.example\.com\/x?/g)).toEqual([
          'https://own.example.com/',
          'https://mcp.example.com/x',
        ])
        const files = filesIn(to)
        expect(statesOf(await go({ fields: docs }))).toEqual({ [path]: 'unchanged' })
        expect((await go({ fields: docs, check: true })).failure).toBeUndefined()
        expect(filesIn(to)).toEqual(files)
        expect(statesOf(await go({ fields: other }))).toEqual({ [path]: 'updated' })
        expect(text()).toBe(first.replace('example.com/x', 'example.com/y'))
        expect(statesOf(await go({ fields: withServer('more') }))).toEqual({ [path]: 'updated' })
        expect(text()).not.toContain('docs')
        writeFileSync(join(to, path), text().replace('example.com/x', 'example.com/z'))
        expect((await go({ fields: docs })).failure?.code).toBe('FOREIGN')
        writeFileSync(join(to, path), text().replace('example.com/z', 'example.com/x'))
        expect(statesOf(await go({ ids: [], prune: true }))).toEqual({ [path]: 'removed' })
        expect(text().trimEnd()).toBe(before.trimEnd())
      },
    )

    test.each(CLIENTS)(
      '%s: refuses a server that no export wrote, and a file that is broken',
      async (client, path, before) => {
        for (const [content, fields] of [
          [before, withServer('own')],
          [`${before}]`, withServer('docs')],
          [client === 'codex' ? 'mcp_servers = {}\n' : '{ "mcpServers": [] }\n', withServer('docs')],
        ] as const) {
          const to = tempFolder({ [path]: content })
          const { failure, diagnostics } = await run(to, { format, client, fields })
          expect(failure?.code).toBe(client === 'codex' ? 'FINDINGS' : 'FOREIGN')
          if (client === 'codex')
            expect(diagnostics).toMatchObject([{ rule: 'NOFX_EXPORT_TAKEN', id: 'first' }])
          expect(filesIn(to)).toEqual({ [path]: content })
        }
      },
    )

    test.each(CLIENTS)(
      '%s: replaces with --force a server of the same name, and nothing else',
      async (client, path, before) => {
        const to = tempFolder({ [path]: before })
        const fields = withServer('own', 'new')
        const { failure, diagnostics } = await run(to, { format, client, fields, force: true })
        expect([failure, diagnostics]).toEqual([undefined, []])
        const text = readFileSync(join(to, path), 'utf8')
        expect(text.match(/https:\/\/\w+\.example\.com\/\w*/g)).toEqual(['https://mcp.example.com/new'])
        for (const line of before.split('\n').filter((one) => !/own/.test(one))) expect(text).toContain(line)
        expect(statesOf(await run(to, { format, client, fields }))).toEqual({ [path]: 'unchanged' })
      },
    )

    test('codex: tables that cannot be taken out line by line are refused with --force, too', async () => {
      const path = '.codex/config.toml'
      for (const theirs of [
        'mcp_servers.own.url = "https://own.example.com/"\n',
        '[mcp_servers]\nown = { url = "https://own.example.com/" }\n',
        '[mcp_servers.own]\nargs = [\n  ["x"],\n]\nurl = "https://own.example.com/"\n',
      ]) {
        const to = tempFolder({ [path]: theirs })
        const { diagnostics } = await run(to, {
          format,
          client: 'codex',
          fields: withServer('own'),
          force: true,
        })
        expect(diagnostics.map(({ rule }) => rule)).toEqual(['NOFX_EXPORT_TAKEN'])
        expect(filesIn(to)).toEqual({ [path]: theirs })
      }
      const nested = '[mcp_servers.own.env]\nA = "1"\n\n# Theirs.\n[mcp_servers."other.one"]\ncommand = "x"\n'
      const to = tempFolder({ [path]: nested })
      await run(to, { format, client: 'codex', fields: withServer('own'), force: true })
      expect(filesIn(to)[path]).toMatch(/^\n?# Theirs\.\n\[mcp_servers\."other\.one"\]\ncommand = "x"\n/)
    })

    test.each(['mcp codex', 'mcp gemini', 'claude', 'agents-md', 'codex'])(
      'an export as %s that is killed at any write is finished by the next one',
      async (words) => {
        const [id = '', client] = words.split(' ')
        const options = { format: formatOf(id), ...(client ? { client } : {}) }
        const first = { ...options, ids: ['first', 'second'], fields: withServer('docs') }
        const then = { ...options, ids: ['first', 'third'], fields: withServer('more'), prune: true }
        const wanted = tempFolder()
        await run(wanted, first)
        await run(wanted, then)
        for (let writes = 0; ; writes++) {
          const to = tempFolder()
          await run(to, first)
          const wasKilled = await killedAfter(writes, () => run(to, then))
          const { failure } = await run(to, then)
          expect([writes, failure, filesIn(to)]).toEqual([writes, undefined, filesIn(wanted)])
          if (!wasKilled) break
        }
      },
    )

    test.each(CLIENTS)(
      '%s: a file that the export alone has made goes with --prune',
      async (client, path) => {
        const to = tempFolder()
        expect(statesOf(await run(to, { format, client, fields: withServer('docs') }))).toEqual({
          [path]: 'written',
        })
        await run(to, { format, client, ids: [], prune: true })
        expect(existsSync(join(to, path))).toBe(false)
      },
    )
  })

  test('makes scripts executable, and only those', async () => {
    const to = tempFolder()
    const files = [
      { path: 'skills/a/scripts/run.sh', content: '#!/bin/sh\n' },
      { path: 'skills/a/scripts/data.txt', content: 'x\n' },
      { path: 'skills/a/notes.sh', content: '#!/bin/sh\n' },
    ]
    await run(to, { format: writing(files) })
    const modes = () => files.map(({ path }) => statSync(join(to, path)).mode & 0o777)
    expect(modes().map((mode) => (mode & 0o100) !== 0)).toEqual([true, false, false])
    expect(modes()[0]).toBe(0o755)
    chmodSync(join(to, files[0]!.path), 0o644)
    expect(statesOf(await run(to, { format: writing(files) }))[files[0]!.path]).toBe('updated')
    expect(modes()[0]).toBe(0o755)
  })

  test('fails with --strict where a limit is not written as it is, at its place', async () => {
    const to = tempFolder()
    const fields = { permissions: { network: true, hosts: ['*.example.com'] } }
    const { failure, diagnostics } = await run(to, { strict: true, fields })
    expect(failure).toMatchObject({ code: 'FINDINGS', exit: 1 })
    expect(diagnostics).toMatchObject([
      {
        rule: 'NOFX_EXPORT_LOSS',
        id: 'first',
        pointer: ['permissions', 'hosts'],
        path: 'packages/shared/agents/first/agent.json',
      },
    ])
    expect(filesIn(to)).toEqual({})
    expect((await run(to, { strict: true })).failure).toBeUndefined()
  })
})

describe('an export of nothing', () => {
  test('is refused, since the folder may be the wrong one, and removes all with --prune', async () => {
    const to = tempFolder()
    await expect(run(to, { ids: [] })).rejects.toMatchObject({ code: 'NO_DEFINITIONS' })
    await run(to)
    await run(to, { ids: [], prune: true })
    expect(Object.keys(filesIn(to))).toEqual([RECORD_FILE])
  })

  test('of a format that cannot be written, or for a client that it does not serve, is refused', async () => {
    const { write: _, ...unwritten } = claude
    await expect(run(tempFolder(), { format: unwritten })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(run(tempFolder(), { client: 'vscode' })).rejects.toMatchObject({ code: 'USAGE' })
    const mcp = { format: formatOf('mcp'), client: 'none' }
    await expect(run(tempFolder(), mcp)).rejects.toMatchObject({ hint: expect.stringContaining('vscode') })
  })
})

describe('what people read of an export', () => {
  test('has the limits that are lost first, and fits the screen', async () => {
    const fields = { permissions: { network: true, hosts: ['*.example.com'] } }
    const { report } = await run(tempFolder(), { ids: ['first', 'second'], fields })
    const lines = renderExport(report, 80).split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines[0]).toMatch(/^2 definitions as claude to /)
    const at = lines.indexOf('not written as it is:')
    expect(lines[at + 1]).toContain('2 × permissions.hosts (dropped, a limit): ')
  })
})

describe('a target that is not what it seems', () => {
  test('never gets a file through a link', async () => {
    const outside = tempFolder({ 'first.md': 'outside\n' })
    for (const force of [false, true]) {
      const to = tempFolder()
      symlinkSync(outside, join(to, 'agents'))
      const { failure } = await run(to, { force })
      expect([failure?.code, failure?.message]).toEqual([
        'FOREIGN',
        expect.stringContaining('agents is a link'),
      ])
      const other = tempFolder()
      mkdirSync(join(other, 'agents'))
      symlinkSync(join(outside, 'first.md'), join(other, 'agents/first.md'))
      expect((await run(other, { force })).failure?.code).toBe('FOREIGN')
    }
    expect(filesIn(outside)).toEqual({ 'first.md': 'outside\n' })
  })

  test('is refused where its record is damaged', async () => {
    const damages = [
      '',
      '{',
      '[]',
      '{"formatVersion":1}',
      '{"formatVersion":2,"files":{}}',
      '{"formatVersion":1,"files":{"a":{}}}',
    ]
    for (const text of damages) {
      const to = tempFolder({ [RECORD_FILE]: text })
      await expect(run(to), text).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
    }
  })

  test('loses nothing outside of it by a record that names such files', async () => {
    const root = tempFolder({ 'precious.md': 'x\n' })
    const to = join(root, 'target')
    mkdirSync(to)
    const entry = {
      format: 'claude',
      sha256: '73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac',
      from: [],
    }
    const files = { '../precious.md': entry, '/etc/hostname': entry, 'agents/../../precious.md': entry }
    writeFiles(to, { [RECORD_FILE]: JSON.stringify({ formatVersion: 1, files }) })
    await run(to, { prune: true, force: true })
    expect(filesIn(root)['precious.md']).toBe('x\n')
    expect([...readRecord(to).keys()]).toEqual(['agents/first.md'])
  })
})

describe('a format that writes odd paths', () => {
  const odd = [
    '../out.md',
    'a/../../out.md',
    '/tmp/out.md',
    'C:\\out.md',
    'a\\..\\out.md',
    'con.md',
    'a/',
    '',
    RECORD_FILE,
  ]

  test.each(odd)('is refused for %j, and writes nothing', async (path) => {
    const root = tempFolder()
    const { failure, diagnostics } = await run(join(root, 'to'), {
      format: writing([{ path, content: 'x' }]),
      force: true,
    })
    expect([failure?.code, diagnostics[0]?.rule]).toEqual(['FINDINGS', 'NOFX_EXPORT_PATH'])
    expect(filesIn(root)).toEqual({})
  })

  test('is refused for two files that one disk has as one', async () => {
    const root = tempFolder()
    const files = ['agents/A.md', 'agents/a.md'].map((path) => ({ path, content: 'x' }))
    const { diagnostics } = await run(join(root, 'to'), { format: writing(files) })
    expect(diagnostics[0]?.message).toContain('is agents/A.md on a disk that folds case')
  })

  test('never writes outside of the target, whatever it names', async () => {
    const part = fc.constantFrom('..', '.', 'a', 'A', '', '\u0000', 'é', 'e\u0301', 'x'.repeat(300), '~')
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
    const root = tempFolder()
    const check = fc.asyncProperty(fc.array(path, { maxLength: 3 }), async (paths) => {
      const to = join(root, 'in/to')
      const format = writing(paths.map((one) => ({ path: one, content: 'x' })))
      await run(to, { format, force: true }).catch((error) => expect(error.code).toBe('INPUT_UNREADABLE'))
      expect(Object.keys(filesIn(root)).filter((one) => !one.startsWith('in/to/'))).toEqual([])
      rmSync(join(root, 'in'), { recursive: true, force: true })
    })
    await fc.assert(check, { numRuns: 100 })
  })
})

describe('the definitions of an export', () => {
  const files = (id: string, fields = {}) => ({
    [`agents/${id}/agent.json`]: JSON.stringify(manifestOf(id, fields)),
    [`agents/${id}/prompts/system.md`]: 'You review.\n',
  })
  const treeOf = (root: string) => ({ root, shownPath: 'packages/shared', kinds: [agents] })

  test('come from the tree; one with errors stops the export, and a disabled one is skipped', async () => {
    const root = tempFolder({
      ...files('good'),
      ...files('bad', { tags: ['A B'] }),
      ...files('off', { status: 'disabled' }),
    })
    const all = await readTreeItems(treeOf(root), [{ kind: agents, ids: [] }])
    expect(all.items.map(({ definition }) => definition.id)).toEqual(['good'])
    expect(all.skipped).toEqual([{ kind: 'agents', id: 'off', reason: 'it is disabled' }])
    expect(all.diagnostics).toMatchObject([{ id: 'bad', path: 'packages/shared/agents/bad/agent.json' }])
    const missing = readTreeItems(treeOf(root), [{ kind: agents, ids: ['none'] }])
    await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('come from a registry only as their digests say', async () => {
    const head = { id: 'first', state: 'active', version: 2, liveDigest: 'a'.repeat(64), hold: [] }
    const revision = {
      kind: 'agents',
      id: 'first',
      version: 2,
      digest: 'a'.repeat(64),
      files: [],
      bundle: { size: 1, sha256: '' },
    }
    const registry = {
      label: 'a registry',
      heads: async () => [head, { ...head, id: 'draft', version: null, liveDigest: null }],
      revision: async () => revision,
      download: async () => new Uint8Array([0]),
    } as unknown as Registry
    const read = readRegistryItems(registry, [{ kind: agents, ids: [] }])
    await expect(read).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
    await expect(fetchBundle(registry, revision as unknown as Revision)).rejects.toMatchObject({
      code: 'REMOTE_FAILED',
    })
    const draft = readRegistryItems(registry, [{ kind: agents, ids: ['draft'] }])
    await expect(draft).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('not live'),
    })
  })
})
