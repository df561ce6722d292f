import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { contentHash, digestOf, promptHashOf, sha256 } from '../../src/contract/digest.ts'
import { foldLines } from '../../src/contract/manifest/fold-lines.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const file = (path: string, text: string) => ({ path, size: text.length, sha256: hash(text) })

describe('digests', () => {
  it('texts are hashed as UTF-8 and bytes unchanged', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256('ü')).toBe(sha256(new Uint8Array([0xc3, 0xbc])))
  })

  it('the digest has the documented form, so that others can compute it', () => {
    const a = file('a.md', 'a')
    const b = file('B.md', 'b')
    const text = `{"files":[{"path":"B.md","sha256":"${b.sha256}","size":1},{"path":"a.md","sha256":"${a.sha256}","size":1}],"id":"one","kind":"notes"}`
    expect(digestOf('notes', 'one', [a, b])).toBe(hash(text))
  })

  it('the digest does not depend on the order of files or fields, and its input is not changed', () => {
    const files = Object.freeze([file('b', 'x'), file('a', 'y')])
    const turned = files.map(({ path, size, sha256: sum }) => ({ sha256: sum, size, path })).reverse()
    expect(digestOf('notes', 'one', files)).toBe(digestOf('notes', 'one', turned))
  })

  it.each([
    ['kind', digestOf('agents', 'one', [file('a', 'x')])],
    ['id', digestOf('notes', 'two', [file('a', 'x')])],
    ['name', digestOf('notes', 'one', [file('b', 'x')])],
    ['content', digestOf('notes', 'one', [file('a', 'y')])],
    ['number of files', digestOf('notes', 'one', [file('a', 'x'), file('b', 'x')])],
  ])('the digest changes with the %s', (_what, other) => {
    expect(other).not.toBe(digestOf('notes', 'one', [file('a', 'x')]))
  })

  it('the prompt hash changes only with the prompts', () => {
    const before = promptHashOf('notes', 'one', [file('a.md', 'x'), file('note.json', '1')], ['a.md'])
    expect(promptHashOf('notes', 'one', [file('note.json', '2'), file('a.md', 'x')], ['a.md'])).toBe(before)
    expect(promptHashOf('notes', 'one', [file('a.md', 'y'), file('note.json', '1')], ['a.md'])).not.toBe(
      before,
    )
  })

  it('a release is hashed as sorted lines', () => {
    const items = [
      { kind: 'agents', id: 'b', digest: 'd2', expectedVersion: 0 },
      { kind: 'agents', id: 'a', digest: 'd1', expectedVersion: 12 },
    ]
    expect(contentHash(items)).toBe(hash('agents/a d1 12\nagents/b d2 0\n'))
    expect(contentHash([])).toBe(hash(''))
  })

  it.each([
    ['a\r\nb\rc\n', 'a\nb\nc\n'],
    ['\r\r\n\n', '\n\n\n'],
    ['plain\n', 'plain\n'],
  ])('the line ends of %j are folded', (text, folded) => expect(foldLines(text)).toBe(folded))
})
