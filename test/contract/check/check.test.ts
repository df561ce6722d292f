import { describe, expect, it } from 'vitest'
import * as yaml from 'yaml'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import type { Kind } from '../../../src/contract/kind.ts'
import type { Source } from '../../../src/contract/source.ts'
import { notes } from '../support/note-kind.ts'
import { sourceOf } from '../support/source-of.ts'

const ALONE = { find: () => undefined }
const check = (source: Source, kind: Kind = notes) =>
  checkDefinition(source, kind, ALONE, { yaml: () => yaml })
const rules = (source: Source) => check(source).findings.map(({ rule, file }) => `${rule} ${file}`)
const note = (manifest: object) => JSON.stringify({ noteId: 'first-note', ...manifest })

describe('checkDefinition', () => {
  it('returns the definition with all texts, and no findings, for a clean folder', () => {
    const { definition, findings, suspects } = check(
      sourceOf({
        'note.json': note({ body: 'body.md' }),
        'body.md': 'Hello.\n',
        'README.md': 'x',
        'docs.md': 'x',
      }),
    )
    expect({ findings, suspects }).toEqual({ findings: [], suspects: [] })
    expect(definition).toMatchObject({
      kind: 'notes',
      id: 'first-note',
      manifestPath: 'note.json',
      manifest: { noteId: 'first-note', body: 'body.md' },
    })
    expect([...(definition?.texts.keys() ?? [])]).toEqual(['README.md', 'body.md', 'docs.md', 'note.json'])
  })

  it('reads a .yaml manifest with the given library, and loads the library only then', () => {
    const source = sourceOf({ 'note.yaml': 'noteId: first-note\n' })
    expect(check(source).definition?.manifestPath).toBe('note.yaml')
    expect(() => checkDefinition(source, notes, ALONE)).toThrow('YAML')
    expect(checkDefinition(sourceOf({ 'note.json': note({}) }), notes, ALONE).findings).toEqual([])
  })

  it('reports all findings at once', () => {
    const found = rules(
      sourceOf({ 'note.json': note({ noteId: 'Bad_Id', bodi: 1 }), 'x.md': 'a\u202eb', 'CON.md': 'x' }),
    )
    expect(found).toEqual([
      'NOFX_FILE_NAME CON.md',
      'NOFX_TEXT_BIDI x.md',
      'NOFX_ID_FORMAT note.json',
      'NOFX_ID_FOLDER note.json',
      'NOFX_FIELD_UNKNOWN note.json',
    ])
  })

  it.each([
    ['a', 'NOFX_ID_FORMAT'],
    ['a'.repeat(65), 'NOFX_ID_FORMAT'],
    ['two--hyphens', 'NOFX_ID_FORMAT'],
    ['-first', 'NOFX_ID_FORMAT'],
    ['1st', 'NOFX_ID_FORMAT'],
    ['kelvin-\u212a', 'NOFX_ID_FORMAT'],
    ['first-note\n', 'NOFX_ID_FORMAT'],
    ['nul', 'NOFX_ID_DEVICE'],
    ['com1', 'NOFX_ID_DEVICE'],
  ])('refuses the id %j even if the kind’s schema accepts it', (id, rule) => {
    expect(rules(sourceOf({ 'note.json': note({ noteId: id }) }, id))).toEqual([`${rule} note.json`])
  })

  it('reports a missing file at its place in the manifest, with the file that was probably meant', () => {
    const { findings } = check(sourceOf({ 'note.json': note({ body: 'bdoy.md' }), 'body.md': 'x' }))
    expect(findings).toMatchObject([
      { rule: 'NOFX_FILE_MISSING', file: 'note.json', pointer: ['body'], hint: 'write "body.md"' },
      { rule: 'NOFX_FILE_UNNAMED', file: 'body.md', severity: 'warning' },
    ])
  })

  it('keeps the findings of collecting, and repeats none of them', () => {
    const unreadable = { rule: 'NOFX_FILE_UNREADABLE', severity: 'error', message: 'm', hint: 'h' } as const
    const folder = { kind: 'notes', id: 'first-note', files: [], findings: [{ ...unreadable, file: '.' }] }
    expect(check(folder).findings).toEqual(folder.findings)
    const files = [{ path: 'note.json', size: 0 }]
    const file = { ...folder, files, findings: [{ ...unreadable, file: 'note.json' }] }
    expect(check(file).findings).toEqual(file.findings)
  })

  it('lets an exception from a kind’s rule pass through', () => {
    const broken: Kind = {
      ...notes,
      check: () => {
        throw new TypeError('a bug')
      },
    }
    expect(() => check(sourceOf({ 'note.json': note({}) }), broken)).toThrow('a bug')
  })

  it('calls a kind’s rules only for manifests of the right shape', () => {
    const strict: Kind = { ...notes, check: () => expect.fail('was asked') }
    expect(check(sourceOf({ 'note.json': note({ body: 7 }) }), strict).definition).toBeUndefined()
  })

  it('checks the current spelling if a kind reads an older one', () => {
    const older: Kind = {
      ...notes,
      normalize: (raw, file) => ({
        manifest: { noteId: raw.id },
        findings: [{ rule: 'NOFX_ALIAS', severity: 'warning', file, message: 'm', hint: 'h' }],
      }),
    }
    const { definition, findings } = check(sourceOf({ 'note.json': '{"id":"first-note"}' }), older)
    expect(definition?.manifest).toEqual({ noteId: 'first-note' })
    expect(findings.map(({ rule }) => rule)).toEqual(['NOFX_ALIAS'])
  })
})
