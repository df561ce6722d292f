import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importClaude } from '../../../src/import/claude-agents/import-claude.ts'
import { filesIn, writeFiles } from '../support/temp-folder.ts'
import { counts, owner, REVIEWER, setUp } from './support/set-up.ts'

describe('a rerun', () => {
  test('changes nothing, not even a modification time', async () => {
    const { from, to } = setUp()
    await importClaude({ from, to, owner })
    const before = statSync(join(to, 'code-reviewer', 'agent.json'), { bigint: true })
    const report = await importClaude({ from, to, owner })
    const after = statSync(join(to, 'code-reviewer', 'agent.json'), { bigint: true })
    expect(counts(report)).toEqual([0, 1, 0, 0])
    expect([after.mtimeNs, after.ino]).toEqual([before.mtimeNs, before.ino])
  })

  test('updates what changed at its source', async () => {
    const { from, to } = setUp()
    await importClaude({ from, to, owner })
    writeFiles(from, { 'agents/code-reviewer.md': REVIEWER.replace('You review', 'You carefully review') })
    const report = await importClaude({ from, to, owner })
    expect(report.imported).toMatchObject([{ id: 'code-reviewer', updated: true }])
    expect(filesIn(to)['code-reviewer/prompts/system.md']).toContain('You carefully review')
  })

  test('without an owner keeps the one there is', async () => {
    const { from, to } = setUp()
    await importClaude({ from, to, owner })
    expect(counts(await importClaude({ from, to }))).toEqual([0, 1, 0, 0])
  })

  test('from another starting folder changes nothing', async () => {
    const { from, to } = setUp()
    await importClaude({ from, to, owner })
    expect(counts(await importClaude({ from: join(from, 'agents', 'code-reviewer.md'), to, owner }))).toEqual(
      [0, 1, 0, 0],
    )
  })

  test('from a checkout with CRLF changes nothing', async () => {
    const { from, to } = setUp()
    await importClaude({ from, to, owner })
    for (const [path, text] of Object.entries(filesIn(to)))
      writeFiles(to, { [path]: text.replaceAll('\n', '\r\n') })
    expect(counts(await importClaude({ from, to, owner }))).toEqual([0, 1, 0, 0])
  })

  test.each([
    ['was made by hand', '{"agentId":"code-reviewer"}'],
    ['has a broken manifest', '{'],
    ['has a forged record', '{"metadata":{"import":{"format":"claude","outputSha256":""}}}'],
  ])('leaves a definition of that id alone that %s', async (_what, manifest) => {
    const { from, to } = setUp()
    writeFiles(to, { 'code-reviewer/agent.json': manifest })
    const report = await importClaude({ from, to, owner })
    expect(report.skipped).toMatchObject([{ reason: 'a definition of that id exists and was not imported' }])
    expect(filesIn(to)).toEqual({ 'code-reviewer/agent.json': manifest })
  })

  test("leaves a definition alone that came from somebody else's file of that name", async () => {
    const { from, to } = setUp()
    const other = setUp({ 'plugin/agents/reviewer.md': REVIEWER.replace('You review', 'I review') })
    await importClaude({ from, to, owner })
    const report = await importClaude({ from: other.from, to, owner })
    expect(report.skipped).toMatchObject([{ reason: 'imported before from agents/code-reviewer.md' }])
  })
})
