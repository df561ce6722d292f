import { describe, expect, it } from 'vitest'
import { checkFiles } from '../../../src/contract/check/file-rules.ts'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import type { Source, SourceFile } from '../../../src/contract/source.ts'

const LIMITS = { manifestBytes: 100, textBytes: 100, assetBytes: 1000, files: 5, depth: 8 }

function rules(...files: (string | SourceFile)[]): string[] {
  const findings: Finding[] = []
  const list = files.map((file) => (typeof file === 'string' ? { path: file, size: 1, text: 'x' } : file))
  checkFiles({ kind: 'notes', id: 'one', files: list, findings: [] }, LIMITS, findings)
  return findings.map(({ rule }) => rule)
}

describe('the names of files', () => {
  it.each([
    'a.md',
    'prompts/system.md',
    'README.md',
    'a b.md',
    'ünï.md',
    '日本語.md',
    '.hidden',
    'a..b',
    'console.md',
  ])('the path %j is accepted', (path) => expect(rules(path)).toEqual([]))

  it.each(['aux.md', 'NUL', 'prompts/Con/a.md', 'com1.tar.gz', 'LPT9.txt', 'com¹.md'])(
    'the path %j is refused, because Windows reserves it for a device',
    (path) => expect(rules(path)).toEqual(['NOFX_FILE_NAME']),
  )

  it.each([
    'ab:c.md',
    '.../a',
    'a?.md',
    'a|b',
    'a"b',
    'a\nb',
    'a\u202eb',
    'a\u200bb',
    'dot.',
    'blank ',
    'dir./a',
    'cafe\u0301.md',
  ])('the path %j is refused, because it does not work on every system', (path) =>
    expect(rules(path)).toEqual(['NOFX_FILE_NAME']),
  )

  it.each(['../a', 'a/../b', './a', 'a/./b', '/etc/passwd', 'C:\\a', 'C:/a', 'a\\b', 'a//b', 'a/', '..', ''])(
    'the path %j is refused, because it leads out of the folder',
    (path) => expect(rules(path)).toEqual(['NOFX_FILE_OUTSIDE']),
  )
})

describe('paths that differ only on some file systems', () => {
  it.each([
    ['a.md', 'A.md'],
    ['straße.md', 'STRASSE.md'],
    ['\u212a.md', 'k.md'],
    ['ς.md', 'σ.md'],
    ['É.md', 'é.md'],
    ['a.md', 'a.md '.trim().toUpperCase()],
  ])('%j and %j are the same file on some file system', (a, b) => {
    expect(rules(a, b)).toContain('NOFX_FILE_TWIN')
  })

  it('paths that every file system keeps apart are not reported', () => {
    expect(rules('a.md', 'b.md', 'a/a.md', 'A/b.md')).toEqual([])
  })
})

describe('the sizes of files', () => {
  it.each([
    [{ path: 'a.md', size: 100, text: 'x' }, []],
    [{ path: 'a.md', size: 101, text: 'x' }, ['NOFX_FILE_SIZE']],
    [{ path: 'a.md', size: 101 }, ['NOFX_FILE_SIZE']],
    [{ path: 'assets/a.bin', size: 1000 }, []],
    [{ path: 'assets/a.bin', size: 1001 }, ['NOFX_FILE_SIZE']],
    [{ path: 'a.md', size: 1 }, ['NOFX_FILE_UNREADABLE']],
  ])('%j', (file, expected) => expect(rules(file)).toEqual(expected))

  it('the number of files is limited', () => {
    expect(rules('a', 'b', 'c', 'd', 'e')).toEqual([])
    expect(rules('a', 'b', 'c', 'd', 'e', 'f')).toEqual(['NOFX_FILE_COUNT'])
  })
})

describe('the texts of one definition together', () => {
  const texts = (amount: number, char: string) =>
    checked({
      kind: 'notes',
      id: 'a',
      files: Array.from({ length: 4 }, (_, n) => ({
        path: `prompts/${n}.md`,
        size: amount,
        text: char.repeat(amount),
      })),
      findings: [],
    })
  const checked = (source: Source) => {
    const findings: Finding[] = []
    checkFiles(source, LARGE, findings)
    return findings.map((finding) => finding.rule)
  }
  const LARGE = { manifestBytes: 1, textBytes: 262_144, assetBytes: 1, files: 200, depth: 1 }

  it('fit into one call of the registry, measured as they are sent', () => {
    expect(texts(200_000, 'x')).toEqual([])
    expect(texts(250_000, 'x')).toEqual(['NOFX_TEXT_TOTAL'])
    expect(texts(120_000, '\n')).toEqual(['NOFX_TEXT_TOTAL'])
  })
})
