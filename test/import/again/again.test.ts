import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importClaude } from '../../../src/import/claude-agents/import-claude.ts'
import { CLAUDE_FORMATS } from '../../../src/import/claude-templates/claude-formats.ts'
import { importTree } from '../../../src/import/import-definitions.ts'
import type { ImportReport } from '../../../src/import/import-report.ts'
import { renderImportReport } from '../../../src/import/render-report.ts'
import fc from '../../harness/fast-check.ts'
import { filesIn, tempFolder, writeFiles } from '../support/temp-folder.ts'

const SOURCE = 'agents/reviewer.md'
const BODY = ['First.', '', 'Second.', '', 'Third.', '', 'Fourth.', ''].join('\n')
const agent = (more: { name?: string; description?: string; body?: string; tools?: string } = {}): string => {
  const { name = 'reviewer', description = 'Reviews changes.', body = BODY, tools = 'Read' } = more
  return `---\nname: ${name}\ndescription: ${description}\ntools: ${tools}\n---\n${body}`
}

/** What changes, by the place that it touches. */
type Place = 'none' | 'description' | 'first line' | 'last line' | 'tools'
type Gone = 'deleted' | 'file renamed' | 'name changed' | 'both renamed'

const SOURCES: Record<Place, string> = {
  none: agent(),
  description: agent({ description: 'Theirs describe it.' }),
  'first line': agent({ body: BODY.replace('First.', 'Theirs begin.') }),
  'last line': agent({ body: BODY.replace('Fourth.', 'Theirs end.') }),
  tools: agent({ tools: 'Read, Edit' }),
}
const GONE: Record<Gone, (from: string) => void> = {
  deleted: (from) => rmSync(join(from, SOURCE)),
  'file renamed': (from) => rename(from, 'agents/critic.md', agent()),
  'name changed': (from) => writeFiles(from, { [SOURCE]: agent({ name: 'critic' }) }),
  'both renamed': (from) => rename(from, 'agents/critic.md', agent({ name: 'critic' })),
}
const HERE: Record<Place | 'added file' | 'white space', (dir: string) => void> = {
  none: () => {},
  description: (dir) => replaceIn(join(dir, 'agent.json'), 'Reviews changes.', 'Ours describe it.'),
  'first line': (dir) => replaceIn(join(dir, 'prompts/system.md'), 'First.', 'Ours begin.'),
  'last line': (dir) => replaceIn(join(dir, 'prompts/system.md'), 'Fourth.', 'Ours end.'),
  tools: (dir) => replaceIn(join(dir, 'agent.json'), '"filesystem": "read"', '"filesystem": "none"'),
  'added file': (dir) => writeFiles(dir, { 'assets/ours.bin': Buffer.from([0x4f, 0, 0xff]) }),
  'white space': (dir) => replaceIn(join(dir, 'agent.json'), '  "name"', '      "name"'),
}

function rename(from: string, path: string, text: string): void {
  rmSync(join(from, SOURCE))
  writeFiles(from, { [path]: text })
}

function replaceIn(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}

/** An agent that was imported once. */
async function imported() {
  const root = tempFolder()
  const from = join(root, 'from')
  const to = join(root, 'shared', 'agents')
  const dir = join(to, 'reviewer')
  writeFiles(from, { [SOURCE]: agent() })
  const run = (more: { dryRun?: boolean; force?: boolean; keepEdits?: boolean } = {}) =>
    importClaude({ from, to, owner: '@acme/agents', ...more })
  await run()
  return { root, from, to, dir, run }
}

const lists = (report: ImportReport): string[] =>
  (['imported', 'unchanged', 'conflicted', 'skipped', 'failed', 'gone'] as const).filter(
    (list) => report[list].length > 0,
  )
/** Everything that was written here, as it would be found in a file or a diff. */
const written = (text: string): string[] =>
  ['Ours describe it.', 'Ours begin.', 'Ours end.', '"filesystem": "none"'].filter((edit) =>
    text.includes(edit),
  )
const textOf = (dir: string): string => Object.values(filesIn(dir)).join('\n')

/** Whether the definition has what the source changed. */
function hasTheirs(dir: string, place: Place): boolean {
  const manifest = JSON.parse(readFileSync(join(dir, 'agent.json'), 'utf8'))
  const prompt = readFileSync(join(dir, 'prompts/system.md'), 'utf8')
  if (place === 'description') return manifest.description.startsWith('Theirs')
  if (place === 'tools') return manifest.permissions.filesystem === 'write'
  return prompt.includes(place === 'first line' ? 'Theirs begin.' : 'Theirs end.')
}

const pairs = (Object.keys(SOURCES) as Place[]).flatMap((source) =>
  Object.keys(HERE).map((here) => [source, here] as const),
)

describe('the source changed, and the definition here', () => {
  test.each(pairs)('source: %s, here: %s', async (source, here) => {
    const { root, from, dir, run } = await imported()
    writeFiles(from, { [SOURCE]: SOURCES[source] })
    HERE[here as Place](dir)
    const before = filesIn(root)
    const edits = written(textOf(dir))
    const forced = await run({ dryRun: true, force: true })
    for (const edit of edits) expect(forced.imported[0]?.loses).toContain(edit)
    const dry = await run({ dryRun: true })
    expect(filesIn(root)).toEqual(before)
    const report = await run()
    expect({ ...report, dryRun: true }).toEqual(dry)

    const after = textOf(dir)
    expect(written(after)).toEqual(edits)
    if (here === 'added file')
      expect(readFileSync(join(dir, 'assets/ours.bin'))).toEqual(Buffer.from([0x4f, 0, 0xff]))
    const isConflict = source !== 'none' && source === here
    expect(hasTheirs(dir, source)).toBe(source !== 'none' && !isConflict)
    if (isConflict) {
      expect(lists(report)).toEqual(['conflicted'])
      for (const edit of edits) expect(report.conflicted[0]?.loses).toContain(edit)
    } else if (source === 'none') {
      expect(lists(report)).toEqual(['unchanged'])
      expect(filesIn(root)).toEqual(before)
      expect(report.unchanged[0]?.edits.length).toBe(here === 'none' || here === 'white space' ? 0 : 1)
    } else expect(report.imported).toMatchObject([{ id: 'reviewer', updated: true }])
    expect(lists(await run())).toEqual([isConflict ? 'conflicted' : 'unchanged'])
    expect(textOf(dir)).toBe(after)
  })

  test('--force takes the source alone', async () => {
    const { from, dir, run } = await imported()
    writeFiles(from, { [SOURCE]: SOURCES['first line'] })
    for (const edit of ['first line', 'description', 'added file'] as const) HERE[edit](dir)
    const [row] = (await run({ force: true })).imported
    expect(row?.loses).toMatch(/-Ours begin\.[\s\S]*\+Theirs begin\./)
    expect(Object.keys(filesIn(dir))).toEqual(['agent.json', 'prompts/system.md'])
    expect(written(textOf(dir))).toEqual([])
    expect(lists(await run())).toEqual(['unchanged'])
  })

  const lost = (Object.keys(GONE) as Gone[]).flatMap((source) =>
    Object.keys(HERE).map((here) => [source, here] as const),
  )
  test.each(lost)('source: %s, here: %s', async (source, here) => {
    const { from, to, dir, run } = await imported()
    GONE[source](from)
    writeFiles(from, { 'agents/other.md': agent({ name: 'other', body: 'Other.\n' }) })
    HERE[here as Place](dir)
    const before = filesIn(dir)
    const edits = written(textOf(dir))
    const report = await run()
    expect(written(textOf(dir))).toEqual(edits)
    const edited = !['none'].includes(here)
    if (source === 'file renamed') {
      expect(report.gone).toEqual([])
      const row = report.imported.find(({ id }) => id === 'reviewer')
      expect(row).toMatchObject({ movedFrom: SOURCE, source: 'agents/critic.md' })
      return
    }
    expect(filesIn(dir)).toEqual(before)
    const now = { id: 'critic', source: source === 'name changed' ? SOURCE : 'agents/critic.md' }
    expect(report.gone).toEqual([
      { id: 'reviewer', source: SOURCE, edited, ...(source === 'deleted' ? {} : { now }) },
    ])
    await run({ force: true })
    expect(filesIn(dir)).toEqual(before)
    expect(filesIn(to)).toHaveProperty(['other/agent.json'])
  })
})

describe('when no source is left', () => {
  test('the report names every definition whose source is gone, and nothing is written', async () => {
    const { from, to, dir, run } = await imported()
    rmSync(join(from, SOURCE))
    const before = filesIn(to)
    const report = await run()
    expect(report.gone).toEqual([{ id: 'reviewer', source: SOURCE, edited: false }])
    HERE['first line'](dir)
    expect((await run({ dryRun: true })).gone).toMatchObject([{ edited: true }])
    rmSync(dir, { recursive: true })
    await expect(run()).rejects.toMatchObject({ code: 'NO_DEFINITIONS' })
    expect(Object.keys(before)).toContain('reviewer/agent.json')
  })

  test('of one kind, the report of the other kind stays, and both are in the report', async () => {
    const { root, from } = await imported()
    const shared = join(root, 'shared')
    writeFiles(from, { 'commands/fix.md': '---\ndescription: Fixes it.\n---\nFix it.\n' })
    const run = () => importTree(CLAUDE_FORMATS, shared, { from, owner: '@acme/agents' })
    await run()
    rmSync(join(from, 'commands/fix.md'))
    const goneIds = async () => (await run()).flatMap(({ report }) => report.gone.map(({ id }) => id))
    expect(await goneIds()).toEqual(['fix'])
    rmSync(join(from, SOURCE))
    expect(await goneIds()).toEqual(['reviewer', 'fix'])
    rmSync(shared, { recursive: true })
    await expect(run()).rejects.toMatchObject({ code: 'NO_DEFINITIONS' })
    expect(existsSync(shared)).toBe(false)
  })
})

describe('a conflict', () => {
  test('keeps the edit, takes all else, shows a diff, and is settled by --keep-edits', async () => {
    const { from, dir, run } = await imported()
    const body = BODY.replace('First.', 'Theirs begin.').replace('Fourth.', 'Theirs end.')
    writeFiles(from, { [SOURCE]: agent({ body, description: 'Theirs describe it.' }) })
    HERE['first line'](dir)
    const report = await run()
    expect(report.conflicted).toMatchObject([
      { id: 'reviewer', updated: true, conflicts: ['prompts/system.md'], edits: ['prompts/system.md'] },
    ])
    expect(report.conflicted[0]?.loses.match(/^[-+][^-+].*$/gm)).toEqual(['-Ours begin.', '+Theirs begin.'])
    expect(filesIn(dir)['prompts/system.md']).toBe(body.replace('Theirs begin.', 'Ours begin.'))
    expect(filesIn(dir)['agent.json']).toContain('Theirs describe it.')
    const text = renderImportReport(report)
    expect(text).toContain('    -Ours begin.\n    +Theirs begin.')
    expect(lists(await run())).toEqual(['conflicted'])
    expect(lists(await run({ keepEdits: true }))).toEqual(['imported'])
    const settled = await run()
    expect(settled.unchanged).toMatchObject([{ edits: ['prompts/system.md'] }])
    expect(textOf(dir)).toContain('Ours begin.')
  })

  test('is over when the edit becomes what the source says', async () => {
    const { from, dir, run } = await imported()
    writeFiles(from, { [SOURCE]: SOURCES['first line'] })
    HERE['first line'](dir)
    expect(lists(await run())).toEqual(['conflicted'])
    replaceIn(join(dir, 'prompts/system.md'), 'Ours begin.', 'Theirs begin.')
    expect(lists(await run())).toEqual(['imported'])
    expect((await run()).unchanged).toMatchObject([{ edits: [] }])
  })

  test('is told from an edit when the earlier import is not kept: nothing is merged and nothing is lost', async () => {
    const { root, from, dir, run } = await imported()
    rmSync(join(root, 'shared', '.import'), { recursive: true })
    writeFiles(from, { [SOURCE]: SOURCES['last line'] })
    HERE['first line'](dir)
    const before = filesIn(dir)
    const { skipped } = await run()
    expect(skipped).toMatchObject([
      { reason: expect.stringContaining('is not kept'), loses: expect.stringContaining('-Ours begin.') },
    ])
    expect(filesIn(dir)).toEqual(before)
  })

  test('of a damaged or foreign base is the same as none', async () => {
    const { root, dir, run } = await imported()
    const path = join(root, 'shared', '.import', 'agents', 'reviewer.json')
    HERE['first line'](dir)
    for (const text of [
      '',
      '{',
      'null',
      '{"from":"x","files":{"agent.json":3}}',
      readFileSync(path, 'utf8').replace('First.', 'Forged.'),
    ]) {
      writeFileSync(path, text)
      expect(lists(await run())).toEqual(['skipped'])
    }
  })
})

test('a merge keeps programs, bytes and line ends, and refuses what it cannot keep', async () => {
  const { from, dir, run } = await imported()
  writeFiles(dir, { 'assets/run.sh': '#!/bin/sh\r\n' })
  chmodSync(join(dir, 'assets/run.sh'), 0o755)
  writeFiles(from, { [SOURCE]: SOURCES['first line'] })
  expect(lists(await run())).toEqual(['imported'])
  expect(readFileSync(join(dir, 'assets/run.sh'), 'utf8')).toBe('#!/bin/sh\r\n')
  expect(statSync(join(dir, 'assets/run.sh')).mode & 0o111).not.toBe(0)
  symlinkSync('run.sh', join(dir, 'assets', 'link.sh'))
  writeFiles(from, { [SOURCE]: SOURCES['last line'] })
  expect((await run()).skipped).toMatchObject([
    { reason: expect.stringContaining('a link or a special file') },
  ])
})

test('two collections with a file of one name: the second overwrites nothing of the first', async () => {
  const { root, to, dir } = await imported()
  const other = join(root, 'other')
  writeFiles(other, { [SOURCE]: SOURCES['first line'] })
  const before = filesIn(dir)
  const report = await importClaude({ from: other, to, owner: '@acme/agents' })
  expect(report.skipped).toMatchObject([{ reason: `imported before from ${SOURCE}` }])
  expect(filesIn(dir)).toEqual(before)
  expect(report.gone).toEqual([])
})

test('an import from a folder below or above finds the same sources, changed or not', async () => {
  const { root, from, to, dir } = await imported()
  writeFiles(from, { [SOURCE]: SOURCES['first line'] })
  const owner = '@acme/agents'
  expect((await importClaude({ from: join(from, 'agents'), to, owner })).imported).toMatchObject([
    { updated: true },
  ])
  writeFiles(from, { [SOURCE]: SOURCES['last line'] })
  expect((await importClaude({ from: root, to, owner })).imported).toMatchObject([{ updated: true }])
  writeFiles(from, { [SOURCE]: SOURCES.none })
  expect((await importClaude({ from: join(from, SOURCE), to, owner })).imported).toMatchObject([
    { updated: true },
  ])
  expect(filesIn(dir)['prompts/system.md']).toBe(BODY)
})

test('whatever both sides do to a prompt, round after round, no line that was written here is lost', async () => {
  const change = fc.record({
    at: fc.nat({ max: 9 }),
    what: fc.constantFrom('insert', 'replace', 'remove'),
    side: fc.constantFrom('source', 'here'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      async (rounds) => {
        const { from, dir, run } = await imported()
        const prompt = join(dir, 'prompts/system.md')
        let source = BODY
        let count = 0
        const [mine, removed] = [new Set<string>(), new Set<string>()]
        for (const changes of rounds) {
          for (const { at, what, side } of changes) {
            const lines = (side === 'source' ? source : readFileSync(prompt, 'utf8')).split('\n')
            const line = `${side} ${count++}`
            const old = lines.splice(
              Math.min(at, lines.length - 1),
              what === 'insert' ? 0 : 1,
              ...(what === 'remove' ? [] : [line]),
            )
            if (side === 'source') source = lines.join('\n')
            else {
              for (const one of old) {
                mine.delete(one)
                removed.add(one)
              }
              if (what !== 'remove') mine.add(line)
              writeFileSync(prompt, lines.join('\n'))
            }
          }
          writeFiles(from, { [SOURCE]: agent({ body: source }) })
          const report = await run()
          const text = readFileSync(prompt, 'utf8')
          for (const line of mine) expect(text.split('\n')).toContain(line)
          expect(report.skipped).toEqual([])
          if (report.conflicted.length === 0)
            for (const line of source
              .split('\n')
              .filter((one) => one.startsWith('source') && !removed.has(one)))
              expect(text.split('\n')).toContain(line)
          expect(lists(await run())).toEqual([report.conflicted.length > 0 ? 'conflicted' : 'unchanged'])
        }
      },
    ),
    { numRuns: 25 },
  )
})
