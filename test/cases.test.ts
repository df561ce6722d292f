import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtCases } from './cases/built-cases.ts'
import { validateFolder } from './cases/validate-folder.ts'

/**
 * Every folder of `test/cases` is a definitions root; its `expected.json` says where people are sent, and with what
 * exit status the command ends.
 */
interface Expected {
  exit: 0 | 1
  findings: { path: string; line: number; column: number; rule: string; severity: string }[]
}

const ROOT = join(import.meta.dirname, 'cases')
const cases = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory())

describe('workspaces kept in git', () => {
  it.each(cases.map(({ name }) => name))('%s', async (name) => {
    const expected = JSON.parse(readFileSync(join(ROOT, name, 'expected.json'), 'utf8')) as Expected
    const { exit, diagnostics } = await validateFolder(join(ROOT, name))
    const found = diagnostics.map(({ path, line, column, rule, severity }) => ({
      path,
      line,
      column,
      rule,
      severity,
    }))
    expect({ exit, findings: found }).toEqual(expected)
    for (const { message, hint } of diagnostics) {
      expect(message).not.toBe('')
      expect(message.length).toBeLessThan(400)
      expect(hint).not.toBe('')
    }
  })

  it('covers a good workspace for every way to be nearly wrong', () => {
    expect(cases.filter(({ name }) => name.startsWith('good-')).length).toBeGreaterThan(5)
  })
})

describe('workspaces that git cannot keep', () => {
  it.each(builtCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const skip = one.skip?.()
    if (skip) return console.log(`skipped "${one.name}": ${skip}`)
    const root = one.build()
    const { exit, diagnostics } = await validateFolder(root).finally(() =>
      rmSync(root, { recursive: true, force: true }),
    )
    const found = diagnostics.map(
      (finding) => `${finding.path}:${finding.line}:${finding.column} ${finding.rule}`,
    )
    expect(found).toEqual(one.findings)
    expect(exit).toBe(one.exit)
  })
})
