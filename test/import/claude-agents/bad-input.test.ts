import * as fs from 'node:fs'
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Disk } from '../../../src/core/disk/write-folder.ts'
import { importClaude } from '../../../src/import/claude-agents/import-claude.ts'
import { filesIn, writeFiles } from '../support/temp-folder.ts'
import { counts, owner, setUp } from './support/set-up.ts'

describe('what goes wrong', () => {
  const agent = '---\nname: agent-b\ndescription: d\n---\nbody\n'

  test.each<[string, string | Uint8Array, string, string]>([
    ['no front matter', '# Hello\n', 'NOFX_IMPORT_FRONT_MATTER', '1:1 the front matter is missing'],
    ['an empty file', '', 'NOFX_IMPORT_FRONT_MATTER', '1:1 the front matter is missing'],
    [
      'front matter without an end',
      '---\nname: x\n',
      'NOFX_IMPORT_FRONT_MATTER',
      '1:1 the front matter is never closed',
    ],
    ['a missing name', '---\ndescription: d\n---\nb', 'NOFX_IMPORT_FIELD', '2:1 name is missing'],
    ['an empty name', '---\nname:\ndescription: d\n---\nb', 'NOFX_IMPORT_FIELD', '2:6 name is missing'],
    ['a blank name', '---\nname: " "\ndescription: d\n---\nb', 'NOFX_IMPORT_FIELD', '2:7 name is missing'],
    [
      'a name that is a number',
      '---\nname: 12\ndescription: d\n---\nb',
      'NOFX_IMPORT_FIELD',
      '2:7 name 12 is not text',
    ],
    [
      'nothing to describe it',
      '---\nname: agent-a\n---\n',
      'NOFX_IMPORT_FIELD',
      '2:1 description is missing',
    ],
    [
      'broken YAML',
      '---\nname: a\n  b: [\n---\nx',
      'NOFX_IMPORT_FRONT_MATTER',
      '2:7 the front matter is not valid YAML',
    ],
    [
      '1 MB',
      `---\nname: a\n---\n${'x'.repeat(1_000_000)}`,
      'NOFX_IMPORT_SIZE',
      '1:1 agents/a.md has 1000016 bytes, more than 262144',
    ],
    [
      'bytes that are no UTF-8',
      Buffer.from('---\nname: \xff\n---\n', 'latin1'),
      'NOFX_IMPORT_ENCODING',
      '1:1 agents/a.md is not valid UTF-8',
    ],
    [
      'tools that are no names',
      '---\nname: aa\ndescription: d\ntools: {a: 1}\n---\nb',
      'NOFX_IMPORT_FIELD',
      '4:8 tools is neither',
    ],
    [
      'a model that is a map',
      '---\nname: aa\ndescription: d\nmodel: {a: 1}\n---\nb',
      'NOFX_IMPORT_FIELD',
      '4:8 model is neither text nor a list',
    ],
  ])('%s fails with its place, and the others are imported', async (_what, content, rule, place) => {
    const { from, to } = setUp({ 'agents/a.md': content, 'agents/b.md': agent })
    const report = await importClaude({ from, to, owner })
    const [found] = report.failed[0]?.diagnostics ?? []
    expect(found).toMatchObject({ path: `${from}/agents/a.md`, rule, severity: 'error' })
    expect(`${found?.line}:${found?.column} ${found?.message}`).toContain(place)
    expect(found?.hint).not.toBe('')
    expect(report.imported.map((row) => row.id)).toEqual(['agent-b'])
    expect(Object.keys(filesIn(to))).toEqual(['agent-b/agent.json', 'agent-b/prompts/system.md'])
  })

  test('two files with one name: the first is imported, the other one names it', async () => {
    const { from, to } = setUp({
      'one/agents/b.md': agent,
      'two/agents/b.md': agent.replace('agent-b', 'Agent B'),
    })
    const report = await importClaude({ from, to, owner })
    expect(report.imported).toMatchObject([{ source: 'one/agents/b.md' }])
    expect(report.failed[0]?.diagnostics).toMatchObject([
      { rule: 'NOFX_IMPORT_DUPLICATE', message: '"agent-b" is the id that one/agents/b.md has already' },
    ])
  })

  test('a symbolic link that leads out of the source is never followed, and named', async () => {
    const { root, from, to } = setUp({ 'agents/b.md': agent })
    writeFiles(root, { 'outside/secret.md': agent })
    symlinkSync(join(root, 'outside', 'secret.md'), join(from, 'agents', 'c.md'))
    fs.mkdirSync(join(from, 'x'))
    symlinkSync(join(root, 'outside'), join(from, 'x', 'agents'))
    const report = await importClaude({ from, to, owner })
    expect(report.passedOver.map(({ source }) => source)).toEqual(['agents/c.md', 'x/agents'])
    for (const { reason } of report.passedOver)
      expect(reason).toMatch(/^it is a symbolic link to .*outside.*, outside of what is imported$/)
    expect(counts(report)).toEqual([1, 0, 0, 0])
  })

  test.skipIf(process.getuid?.() === 0)('an unreadable file or folder fails alone', async () => {
    const { from, to } = setUp({ 'agents/a.md': agent, 'agents/b.md': agent, 'closed/agents/c.md': agent })
    chmodSync(join(from, 'agents', 'a.md'), 0)
    chmodSync(join(from, 'closed'), 0)
    const report = await importClaude({ from, to, owner })
    chmodSync(join(from, 'closed'), 0o700)
    expect(counts(report)).toEqual([1, 0, 0, 2])
  })

  test('a target that is a file stops before anything is read', async () => {
    const { root, from, to } = setUp()
    writeFiles(root, { agents: 'a file' })
    await expect(importClaude({ from, to, owner })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      at: to,
    })
  })

  test("a file at a definition's place fails that definition", async () => {
    const { from, to } = setUp()
    writeFiles(to, { 'code-reviewer': 'a file' })
    const report = await importClaude({ from, to, owner, force: true })
    expect(report.failed[0]?.diagnostics).toMatchObject([{ rule: 'NOFX_IMPORT_TARGET' }])
    expect(filesIn(to)).toEqual({ 'code-reviewer': 'a file' })
  })

  test('a disk that fills up stops with whole definitions only, and a rerun finishes', async () => {
    const agents = Object.fromEntries(
      ['aa', 'bb', 'cc'].map((name) => [`agents/${name}.md`, agent.replace('agent-b', name)]),
    )
    const { from, to } = setUp(agents)
    let writes = 0
    const disk = {
      ...fs,
      writeFileSync: (path: string, text: string): void => {
        writes += 1
        if (writes === 4) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
        writeFileSync(path, text)
      },
    } as unknown as Disk
    await expect(importClaude({ from, to, owner, disk })).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(Object.keys(filesIn(to))).toEqual(['aa/agent.json', 'aa/prompts/system.md'])
    expect(counts(await importClaude({ from, to, owner }))).toEqual([2, 1, 0, 0])
  })

  test('what a killed run left behind is cleared away', async () => {
    const { from, to } = setUp()
    writeFiles(to, { [`.code-reviewer.${2 ** 30}.new/agent.json`]: '{' })
    await importClaude({ from, to, owner })
    expect(Object.keys(filesIn(to))).toEqual(['code-reviewer/agent.json', 'code-reviewer/prompts/system.md'])
  })
})
