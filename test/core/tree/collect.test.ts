import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Kind } from '../../../src/contract/kind.ts'
import { listFolders, readSource } from '../../../src/core/tree/collect.ts'

const LIMIT = 1000
const kind = { id: 'agents', limits: { textBytes: LIMIT } } as Kind

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nofx-collect-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}
const list = () => listFolders(root, 'shown', kind)
const read = (id: string) => readSource(list().find((folder) => folder.id === id)!)

describe('collecting', () => {
  it('lists folders by name, and skips loose and hidden files', () => {
    write('agents/b/agent.json', '{}')
    write('agents/a/agent.json', '{}')
    write('agents/README.md', 'x')
    write('agents/.cache/x', 'x')
    expect(list().map(({ id, shownPath: shown }) => [id, shown])).toEqual([
      ['a', 'shown/agents/a'],
      ['b', 'shown/agents/b'],
    ])
  })

  it('lists nothing for a kind without a folder, and fails for a kind that is a file', () => {
    expect(list()).toEqual([])
    write('agents', 'x')
    expect(list).toThrow(expect.objectContaining({ code: 'INPUT_UNREADABLE' }))
  })

  it('reads texts with LF line ends and their sizes, and only the sizes of assets', () => {
    write('agents/a/agent.json', '{\r\n}\r\n')
    write('agents/a/assets/logo.bin', Buffer.from([0, 255, 13, 10]))
    write('agents/a/prompts/deep/one.md', 'é\rü')
    expect(read('a')).toEqual({
      kind: 'agents',
      id: 'a',
      files: [
        { path: 'agent.json', size: 4, text: '{\n}\n' },
        { path: 'assets/logo.bin', size: 4 },
        { path: 'prompts/deep/one.md', size: 5, text: 'é\nü' },
      ],
      findings: [],
      folders: ['assets', 'prompts', 'prompts/deep'],
    })
  })

  it('reports text that is not UTF-8', () => {
    write('agents/a/prompts/x.md', Buffer.from([0xc3, 0x28]))
    const { files, findings } = read('a')
    expect(findings).toMatchObject([{ rule: 'NOFX_FILE_ENCODING', file: 'prompts/x.md', severity: 'error' }])
    expect(files).toEqual([{ path: 'prompts/x.md', size: 2 }])
  })

  it('reports the true size of a text that is far too long, and keeps none of it', () => {
    write('agents/a/prompts/x.md', 'x'.repeat(LIMIT * 5))
    // A kind with a larger limit, read before, must not affect the limit of this one.
    const larger = { id: 'agents', limits: { textBytes: LIMIT * 9 } } as Kind
    for (const folder of listFolders(root, 'shown', larger)) readSource(folder)
    expect(read('a').files).toEqual([{ path: 'prompts/x.md', size: LIMIT * 5 }])
  })

  it('keeps a text over the limit that may fit after its line ends are folded', () => {
    write('agents/a/prompts/x.md', '\r\n'.repeat(LIMIT))
    expect(read('a').files[0]).toMatchObject({ size: LIMIT })
  })

  it('follows no symbolic link, to a file, to a folder, or as the definition itself', () => {
    write('secret.txt', 'secret')
    write('agents/a/agent.json', '{}')
    symlinkSync(join(root, 'secret.txt'), join(root, 'agents/a/stolen.md'))
    symlinkSync('/etc', join(root, 'agents/a/prompts'))
    symlinkSync(join(root, 'agents/a'), join(root, 'agents/b'))
    expect(
      read('a')
        .findings.map(({ rule, file }) => [rule, file])
        .sort(),
    ).toEqual([
      ['NOFX_FILE_SYMLINK', 'prompts'],
      ['NOFX_FILE_SYMLINK', 'stolen.md'],
    ])
    expect(read('a').files.map((file) => file.path)).toEqual(['agent.json'])
    expect(read('b')).toMatchObject({ files: [], findings: [{ rule: 'NOFX_FILE_SYMLINK', file: '.' }] })
  })

  it('reports an entry that is neither a file nor a folder instead of waiting for it', () => {
    write('agents/a/agent.json', '{}')
    execFileSync('mkfifo', [join(root, 'agents/a/pipe')])
    expect(read('a').findings).toMatchObject([{ rule: 'NOFX_FILE_SYMLINK', file: 'pipe' }])
  })

  it.skipIf(process.getuid?.() === 0)('reports unreadable files and folders', () => {
    write('agents/a/agent.json', '{}')
    write('agents/a/prompts/x.md', 'x')
    chmodSync(join(root, 'agents/a/agent.json'), 0)
    chmodSync(join(root, 'agents/a/prompts'), 0)
    expect(
      read('a')
        .findings.map(({ rule, file }) => [rule, file])
        .sort(),
    ).toEqual([
      ['NOFX_FILE_UNREADABLE', 'agent.json'],
      ['NOFX_FILE_UNREADABLE', 'prompts'],
    ])
    chmodSync(join(root, 'agents/a/prompts'), 0o755)
  })

  it('reports a file that is removed while it is read', () => {
    write('agents/a/agent.json', '{}')
    const [folder] = list()
    rmSync(join(root, 'agents/a'), { recursive: true })
    expect(readSource(folder!).findings).toMatchObject([{ rule: 'NOFX_FILE_UNREADABLE', file: '.' }])
  })
})
