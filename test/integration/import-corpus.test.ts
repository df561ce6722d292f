import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { definitionId } from '../../src/contract/fields/id.ts'
import { scanSuspects } from '../../src/contract/text/secret-scan.ts'
import { listFolders } from '../../src/core/tree/collect.ts'
import { readFolder } from '../../src/core/tree/tree.ts'
import { importClaude } from '../../src/import/claude-agents/import-claude.ts'
import type { ImportReport } from '../../src/import/import-report.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { filesIn, tempFolder } from '../import/support/temp-folder.ts'

const CORPUS = '../shared/corpus/claude-plugins'
const absent = !existsSync(CORPUS)
if (absent) console.log(`skipped: ${CORPUS} is not here, so no real agents are imported`)

/** How many definitions break each rule, each counted once; rules of core and kind, secretlint's search included. */
async function violations(root: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const folder of listFolders(root, 'packages/shared', agents)) {
    const read = readFolder(folder, { find: () => undefined })
    const all = [...read.findings, ...(await scanSuspects(read.source, read))]
    for (const key of new Set(all.map(({ severity, rule }) => `${severity} ${rule}`)))
      counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** How many definitions had a field guessed, by reason. */
function guessed(report: ImportReport, field: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { guesses } of report.imported)
    for (const { why } of guesses.filter((guess) => guess.field === field))
      counts[why] = (counts[why] ?? 0) + 1
  return counts
}

describe.skipIf(absent)('the import of 202 agents', () => {
  test('import reads all agents, and a second import changes nothing', async () => {
    const root = tempFolder()
    const to = join(root, 'agents')
    const first = await importClaude({ from: CORPUS, to, owner: 'team@example.com' })
    expect([first.imported.length, first.skipped, first.failed]).toEqual([202, [], []])
    expect(readdirSync(to).every((id) => definitionId.safeParse(id).success)).toBe(true)
    const before = filesIn(root)
    const second = await importClaude({ from: CORPUS, to, owner: 'team@example.com' })
    expect([second.imported, second.unchanged.length, second.skipped, second.failed]).toEqual([
      [],
      202,
      [],
      [],
    ])
    expect(filesIn(root)).toEqual(before)
  })

  test('imported agents break no rule', async () => {
    const root = tempFolder()
    await importClaude({ from: CORPUS, to: join(root, 'agents'), owner: 'team@example.com' })
    expect(await violations(root)).toEqual({})
  })

  test('imported agents without an owner are drafts, and break no rule', async () => {
    const root = tempFolder()
    const report = await importClaude({ from: CORPUS, to: join(root, 'agents') })
    expect(guessed(report, 'status')).toEqual({ 'the owner is unknown: add --owner': 202 })
    expect(await violations(root)).toEqual({})
  })

  test('the import reports these guesses', async () => {
    const root = tempFolder()
    const report = await importClaude({
      from: CORPUS,
      to: join(root, 'agents'),
      owner: '@team',
      dryRun: true,
    })
    expect(guessed(report, 'agentId')).toEqual({})
    expect(guessed(report, 'description')).toEqual({})
    expect(guessed(report, 'permissions')).toEqual({
      'the source asks for every tool there is: grant what it needs': 187,
      'tools of the original host have no equal': 4,
      'the address of an MCP server is unknown: add it to "mcp"': 2,
      'the source may fetch from anywhere: name the hosts it needs': 1,
    })
    expect(guessed(report, 'model.provider')).toEqual({
      'the original tool knows the model by its short name': 148,
      'the model is not known': 2,
    })
    expect(guessed(report, 'prompts.system')).toEqual({
      'the source has no variables: the braces are text, written as "\\{{"': 6,
    })
    const skills = Object.entries(guessed(report, 'skills'))
    expect(skills.find(([why]) => why.includes('headings below "Capabilities"'))?.[1]).toBe(109)
    expect(skills.reduce((sum, [, count]) => sum + count, 0)).toBe(202)
    expect(existsSync(join(root, 'agents'))).toBe(false)
  })
})
