import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as yaml from 'yaml'
import { parseFrontMatter, readBody } from '../../../src/contract/manifest/front-matter.ts'
import { FORMATS } from '../../../src/exchange/hook.ts'
import { readTreeItems } from '../../../src/export/export-items.ts'
import { fromJsonForm, toJsonForm } from '../../../src/import/again/front-form.ts'
import { CLAUDE_FORMATS } from '../../../src/import/claude-templates/claude-formats.ts'
import { importTree } from '../../../src/import/import-definitions.ts'
import { formatsNamed, IMPORT_FORMATS } from '../../../src/import/other-agents/import-formats.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { filesIn, tempFolder, writeFiles } from '../support/temp-folder.ts'

const fieldsOf = (text: string) =>
  parseFrontMatter(text, 'SKILL.md', { depth: 32 }, () => yaml).value as Record<string, unknown>

const SOURCE = `---
name: fill-forms
description: Fills PDF forms.
version: 1.2.0
license: Complete terms in LICENSE.txt
argument-hint: "[form]"
allowed-tools: [Read, "Bash(python3:*)"]
metadata:
  author: acme
  rev: 1.0
---

# Fill forms

Run [it](scripts/fill.py), with [the icon](assets/icon.png).
`
const FILES = { 'SKILL.md': SOURCE, 'scripts/fill.py': '#!/usr/bin/env python3\n', 'LICENSE.txt': 'Mine.\n' }
const ICON = Buffer.from([0x89, 0x50, 0xff, 0x00])

/** A folder `src` with a skill in it, and a place to import to. */
function setUp(place = '.claude/skills/fill-forms') {
  const root = tempFolder()
  const dir = join(root, 'src', place)
  mkdirSync(join(dir, 'assets'), { recursive: true })
  writeFiles(dir, FILES)
  writeFileSync(join(dir, 'assets/icon.png'), ICON)
  chmodSync(join(dir, 'scripts/fill.py'), 0o755)
  const made = join(root, 'shared/skills/fill-forms')
  const read = () => readFileSync(join(made, 'SKILL.md'), 'utf8')
  return { root, dir, made, read, run: (options = {}) => importFrom(root, options) }
}

async function importFrom(root: string, options: object = {}, formats = IMPORT_FORMATS) {
  const kinds = [skills]
  const reports = await importTree(formats, join(root, 'shared'), {
    from: join(root, 'src'),
    owner: '@acme',
    kinds,
    ...options,
  })
  const report = reports.find(({ kind }) => kind === 'skills')?.report ?? reports[0]?.report
  if (!report) throw new Error('nothing was read')
  return report
}

/** The files of a client's export of everything that was imported. */
async function exportAgain(root: string, client: string) {
  const tree = { root: join(root, 'shared'), shownPath: 'shared', kinds: [skills] }
  const { items, diagnostics } = await readTreeItems(tree, [{ kind: skills, ids: [] }])
  expect(diagnostics).toEqual([])
  const written = await FORMATS.find(({ id }) => id === client)?.write?.(items, { allowEffects: true })
  return new Map(written?.files.map(({ path, content }) => [path, content]))
}

describe('an import of skills', () => {
  test('has every file of the folder, the fields of the specification, and keeps the others', async () => {
    const { run, made, read } = setUp()
    const { imported, failed, passedOver } = await run()
    expect([imported.map(({ id }) => id), failed, passedOver]).toEqual([['fill-forms'], [], []])
    expect(imported[0]?.problems).toEqual([])
    expect(Object.keys(filesIn(made)).sort()).toEqual([
      'LICENSE.txt',
      'SKILL.md',
      'assets/icon.png',
      'scripts/fill.py',
    ])
    expect(readFileSync(join(made, 'assets/icon.png'))).toEqual(ICON)
    expect(statSync(join(made, 'scripts/fill.py')).mode & 0o100).toBe(0o100)
    const { metadata, ...fields } = fieldsOf(read())
    expect(fields).toEqual({
      name: 'fill-forms',
      description: 'Fills PDF forms.',
      license: 'Complete terms in LICENSE.txt',
      'allowed-tools': 'Read Bash(python3:*)',
    })
    const { 'nofx-import': record, ...own } = metadata as Record<string, string>
    expect(own).toEqual({ author: 'acme', rev: '1.0', 'nofx-owner': '@acme', 'nofx-version': '1.2.0' })
    expect(JSON.parse(record ?? '')).toMatchObject({
      format: 'agent-skills',
      kept: { 'argument-hint': '[form]' },
    })
    expect(readBody(read())).toBe(readBody(SOURCE))
  })

  test.each([
    '.codex/skills/fill-forms',
    '.agents/skills/fill-forms',
    '.github/skills/fill-forms',
    'plugins/p/skills/fill-forms',
    'fill-forms',
  ])('is found in %s', async (place) => {
    expect((await setUp(place).run({ dryRun: true })).imported.map(({ id }) => id)).toEqual(['fill-forms'])
  })

  test('the file itself may be named', async () => {
    const { root, dir, made } = setUp()
    await importFrom(root, { from: join(dir, 'SKILL.md') })
    expect(Object.keys(filesIn(made))).toContain('scripts/fill.py')
  })

  test('goes back to Claude with equal fields and an equal body, and a second import changes nothing', async () => {
    const { root, run } = setUp()
    await run()
    expect((await run()).unchanged.map(({ id }) => id)).toEqual(['fill-forms'])
    const files = await exportAgain(root, 'claude')
    const text = String(files.get('skills/fill-forms/SKILL.md'))
    const { metadata, version: _, ...source } = fieldsOf(SOURCE)
    expect(fieldsOf(text)).toEqual({
      ...source,
      'allowed-tools': 'Read Bash(python3:*)',
      metadata: { ...(metadata as object), rev: '1.0', 'nofx-owner': '@acme', 'nofx-version': '1.2.0' },
    })
    expect(readBody(text)).toBe(readBody(SOURCE))
    expect(files.get('skills/fill-forms/assets/icon.png')).toEqual(ICON)
  })

  test('keeps edits, takes what changed at the source, and reports where both changed', async () => {
    const { dir, made, read, run } = setUp()
    await run()
    writeFileSync(
      join(made, 'SKILL.md'),
      read()
        .replace('# Fill forms', '# Fill all forms')
        .replace('license:', 'compatibility: Python 3\nlicense:'),
    )
    writeFiles(dir, { 'SKILL.md': SOURCE.replace('Fills PDF forms.', 'Fills forms.'), 'notes.md': 'New.\n' })
    writeFileSync(join(dir, 'assets/icon.png'), Buffer.from([0xff, 0xfe]))
    const [row] = (await run()).imported
    expect(row?.edits).toEqual(['compatibility', 'SKILL.md, text'])
    expect(fieldsOf(read())).toMatchObject({ description: 'Fills forms.', compatibility: 'Python 3' })
    expect(read()).toContain('# Fill all forms')
    expect([...readFileSync(join(made, 'assets/icon.png'))]).toEqual([0xff, 0xfe])
    writeFiles(dir, { 'SKILL.md': SOURCE.replace('# Fill forms', '# Fill some forms') })
    const { conflicted } = await run()
    expect(conflicted.map(({ conflicts }) => conflicts)).toEqual([['SKILL.md, text']])
    expect(read()).toContain('# Fill all forms')
    expect((await run()).conflicted).toHaveLength(1)
  })

  test('a deleted source is reported', async () => {
    const { root, dir, run } = setUp()
    await run()
    cpSync(dir, join(root, 'src/.claude/skills/other'), { recursive: true })
    writeFiles(join(root, 'src/.claude/skills/other'), {
      'SKILL.md': SOURCE.replace('name: fill-forms', 'name: other').replace('# Fill forms', '# Other'),
    })
    rmSync(dir, { recursive: true })
    expect((await run()).gone.map(({ id }) => id)).toEqual(['fill-forms'])
  })

  test('without an owner it is a draft', async () => {
    const { read, run } = setUp()
    await run({ owner: undefined })
    expect(fieldsOf(read()).metadata).toMatchObject({ 'nofx-status': 'draft' })
  })

  test('skills of one name in two plugins get the name of the plugin', async () => {
    const root = tempFolder()
    for (const name of ['one', 'two'])
      writeFiles(join(root, 'src', name), {
        '.claude-plugin/plugin.json': JSON.stringify({ name }),
        'skills/fill-forms/SKILL.md': SOURCE,
        'skills/fill-forms/scripts/fill.py': name,
        'skills/fill-forms/assets/icon.png': 'x',
      })
    const { imported, failed } = await importFrom(root, {}, CLAUDE_FORMATS)
    expect([imported.map(({ id }) => id), failed]).toEqual([['one-fill-forms', 'two-fill-forms'], []])
  })

  test('a skill within a skill belongs to it, and agents in its folder are not agents', async () => {
    const { dir, run, made } = setUp()
    writeFiles(dir, {
      'examples/SKILL.md': SOURCE,
      'agents/helper.md': '---\nname: helper\ndescription: Helps.\n---\nHelp.\n',
    })
    const { imported, passedOver } = await run()
    expect([imported.map(({ id }) => id), passedOver]).toEqual([['fill-forms'], []])
    expect(Object.keys(filesIn(made))).toEqual(
      expect.arrayContaining(['examples/SKILL.md', 'agents/helper.md']),
    )
  })
})

test('skills that an agent of Claude loads become dependencies where they are here, and go back as they were', async () => {
  const root = tempFolder()
  const agent = (name: string, skills: string) =>
    `---\nname: ${name}\ndescription: Does.\ntools: Read\nskills: ${skills}\n---\nDo.\n`
  writeFiles(join(root, 'src/.claude'), {
    'skills/fill-forms/SKILL.md': SOURCE,
    'skills/fill-forms/scripts/fill.py': 'x',
    'skills/fill-forms/assets/icon.png': 'x',
    'agents/clerk.md': agent('clerk', '[fill-forms]'),
    'agents/other.md': agent('other', 'tools:fill-forms, elsewhere'),
    'agents/stranger.md': agent('stranger', 'elsewhere'),
  })
  const to = join(root, 'shared')
  const run = async () => {
    const options = { from: join(root, 'src'), owner: '@acme/tools', kinds: [skills, agents] }
    const reports = await importTree(formatsNamed('claude'), to, options)
    return reports.flatMap(({ report }) => [...report.imported, ...report.unchanged])
  }
  const rows = await run()
  const dependenciesOf = (id: string) =>
    JSON.parse(readFileSync(join(to, 'agents', id, 'agent.json'), 'utf8')).dependencies
  expect(['clerk', 'other', 'stranger'].map(dependenciesOf)).toEqual([
    { skills: ['fill-forms'] },
    { skills: ['fill-forms'] },
    undefined,
  ])
  const open = rows.filter(({ guesses }) => guesses.some(({ field, needs }) => field === 'skills' && needs))
  expect(open.map(({ id }) => id)).toEqual(['other', 'stranger'])
  const before = filesIn(to)
  await run()
  expect(filesIn(to)).toEqual(before)
  const tree = { root: to, shownPath: 'shared', kinds: [skills, agents] }
  const { items } = await readTreeItems(tree, [{ kind: agents, ids: [] }])
  const written = await FORMATS.find(({ id }) => id === 'claude')?.write?.(items, { allowEffects: false })
  const lines = written?.files.map(({ content }) => /^skills: (.*)$/m.exec(String(content))?.[1])
  expect(lines).toEqual(['[fill-forms]', '"tools:fill-forms, elsewhere"', 'elsewhere'])
})

describe('hostile skills', () => {
  test('links are not followed, and a file that is not text belongs to assets', async () => {
    const { root, dir, made, run } = setUp()
    writeFileSync(join(root, 'secret.txt'), 'secret\n')
    symlinkSync(join(root, 'secret.txt'), join(dir, 'references.md'))
    writeFileSync(join(dir, 'font.ttf'), Buffer.from([0xff, 0xfe, 0xfd]))
    const { failed } = await run()
    const rules = failed.flatMap(({ diagnostics }) =>
      diagnostics.map(({ rule, path }) => [rule, path.split('/').at(-1)]),
    )
    expect(rules).toEqual([
      ['NOFX_IMPORT_UNREADABLE', 'references.md'],
      ['NOFX_IMPORT_ENCODING', 'font.ttf'],
    ])
    expect(existsSync(made)).toBe(false)
  })

  test.each([
    ['no front matter', '# Fill\n', 'NOFX_IMPORT_FRONT_MATTER'],
    ['front matter without an end', '---\nname: x\n', 'NOFX_IMPORT_FRONT_MATTER'],
    ['an alias', '---\nname: &a x\ndescription: *a\n---\nx\n', 'NOFX_IMPORT_FRONT_MATTER'],
    ['deep nesting', `---\nname: ${'['.repeat(20_000)}\n---\nx\n`, 'NOFX_IMPORT_FRONT_MATTER'],
    ['no description', '---\nname: x-y\n---\n', 'NOFX_IMPORT_FIELD'],
  ])('%s is a finding', async (_, text, rule) => {
    const { dir, run } = setUp()
    writeFiles(dir, { 'SKILL.md': text })
    expect((await run()).failed.flatMap(({ diagnostics }) => diagnostics.map((one) => one.rule))).toEqual([
      rule,
    ])
  })

  test('a name that leads out of the folder becomes an id', async () => {
    const { dir, run, root } = setUp()
    writeFiles(dir, { 'SKILL.md': SOURCE.replace('name: fill-forms', 'name: ../../../../evil') })
    expect((await run()).imported.map(({ id }) => id)).toEqual(['evil'])
    expect(existsSync(join(root, 'shared/skills/evil/SKILL.md'))).toBe(true)
  })
})

test('files with front matter come back from their form for merges', () => {
  const value = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.array(fc.string(), { maxLength: 3 }))
  const names = fc.stringMatching(/^[a-z][a-z-]{0,8}$/)
  const manifests = fc.record({
    fields: fc.dictionary(names, value, { maxKeys: 4, noNullPrototype: true }),
    metadata: fc.dictionary(names, fc.string(), { maxKeys: 3, noNullPrototype: true }),
    record: fc.dictionary(names, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true }),
    body: fc.string(),
  })
  fc.assert(
    fc.property(manifests, ({ fields, metadata, record, body }) => {
      const { metadata: _, ...rest } = fields
      const document = { ...rest, metadata: { import: record, ...metadata } }
      const form = {
        'SKILL.md': `${JSON.stringify(document, null, 2)}\n`,
        'SKILL.md, text': body,
        'a.md': 'x',
      }
      const files = fromJsonForm('SKILL.md', form)
      expect(Object.keys(files).sort()).toEqual(['SKILL.md', 'a.md'])
      expect(JSON.parse(toJsonForm('SKILL.md', files)['SKILL.md'] ?? '')).toEqual(
        JSON.parse(JSON.stringify(document)),
      )
      expect(toJsonForm('SKILL.md', files)['SKILL.md, text']).toBe(body)
    }),
    { numRuns: repetitions(100, 200) },
  )
})
