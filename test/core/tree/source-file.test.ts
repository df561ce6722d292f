import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { assetFile, oddEntry, textFile, unreadable } from '../../../src/core/tree/source-file.ts'
import fc from '../../harness/fast-check.ts'

describe('a text', () => {
  test('has LF line ends and the size of what it then is, whatever its line ends were', () => {
    const lines = fc.array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '\r', '\ufeff'), { maxLength: 12 })
    fc.assert(
      fc.property(lines, (parts) => {
        const findings: Finding[] = []
        const file = textFile('a.md', Buffer.from(parts.join('')), findings)
        const text = parts.join('').replace(/\r\n?/g, '\n')
        expect(file).toEqual({ path: 'a.md', size: Buffer.byteLength(text), text })
        expect(findings).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  test.each([
    ['half a character', [0x61, 0xc3]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['Latin-1', [0x67, 0x72, 0xf6]],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00]],
  ])('of bytes that are not UTF-8 (%s) has its size, a finding and no text', (_what, bytes) => {
    const findings: Finding[] = []
    expect(textFile('a.md', Buffer.from(bytes), findings)).toEqual({ path: 'a.md', size: bytes.length })
    expect(findings).toMatchObject([
      { rule: 'NOFX_FILE_ENCODING', file: 'a.md', hint: 'save it as UTF-8, or move it to assets/' },
    ])
  })
})

describe('an asset', () => {
  const pointer = Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n')
  const findingsOf = (bytes: Uint8Array | undefined, size = bytes?.length ?? 0) => {
    const findings: Finding[] = []
    const file = assetFile('assets/a', size, false, findings, () => bytes)
    expect(file).toEqual({ path: 'assets/a', size })
    return findings.map(({ rule }) => rule)
  }

  test('says that it may be run, and says nothing when it may not', () => {
    expect(assetFile('assets/a', 1, true, [], () => undefined)).toEqual({
      path: 'assets/a',
      size: 1,
      executable: true,
    })
    expect(findingsOf(Buffer.from('#!/bin/sh'))).toEqual([])
  })

  test('that is a pointer of Git LFS has a finding', () => {
    expect(findingsOf(pointer)).toEqual(['NOFX_FILE_LFS_POINTER'])
  })

  test('that is too large for a pointer is not read', () => {
    const read = () => {
      throw new Error('was read')
    }
    expect(assetFile('assets/a', 1024, false, [], read)).toEqual({ path: 'assets/a', size: 1024 })
  })
})

test.each([
  [
    'submodule',
    'NOFX_FILE_SUBMODULE',
    'a is a git repository of its own, so its files are not in the commit',
  ],
  ['symlink', 'NOFX_FILE_SYMLINK', 'a is a symbolic link'],
  ['other', 'NOFX_FILE_SYMLINK', 'a is neither a file nor a folder'],
] as const)('an entry that is a %s is a finding of %s', (what, rule, message) => {
  expect(oddEntry('a', what)).toMatchObject({ file: 'a', rule, message, severity: 'error' })
})

test('a file that cannot be read is a finding with the code of the system', () => {
  expect(unreadable('a', 'EACCES')).toMatchObject({
    file: 'a',
    rule: 'NOFX_FILE_UNREADABLE',
    message: 'a cannot be read (EACCES)',
    hint: 'check that it exists and that you may read it',
  })
})
