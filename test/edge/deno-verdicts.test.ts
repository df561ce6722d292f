import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agents } from '../../src/plugins/agents/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { builtCases } from '../cases/built-cases.ts'
import { line, type RawDefinition, rawDefinitions } from './deno/raw-definitions.ts'
import { type Answer, openSides } from './deno/sides.ts'

const CASES = join(import.meta.dirname, '../cases')
const folders = readdirSync(CASES, { withFileTypes: true }).filter((entry) => entry.isDirectory())

let sides: Awaited<ReturnType<typeof openSides>>
beforeAll(async () => {
  sides = await openSides()
})
afterAll(() => sides.close())

/** Sends a definition to both sides, and expects the CLI's findings from both. */
async function judge({ kind, id, item, errors }: RawDefinition): Promise<void> {
  const send = (side: (typeof sides)['deno']) =>
    side.send(kind, `registry_${kind}_sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', apikey: side.keys.secret },
      body: JSON.stringify({ action: 'stage', key: `case ${kind}/${id}`, part: 0, items: [item] }),
    })
  const [here, deno] = await Promise.all([send(sides.inProcess), send(sides.deno)])
  expect(deno).toEqual(here)
  expect({ verdict: verdictOf(deno), errors: errorsOf(deno) }).toEqual({
    verdict: errors.length > 0 ? '422 FINDINGS' : '200 staged',
    errors,
  })
}

function verdictOf({ status, body }: Answer): string {
  return `${status} ${body.ok ? 'staged' : body.error.code}`
}

function errorsOf({ body }: Answer): string[] {
  const findings = (body.error?.findings ?? []) as { file: string; rule: string; message: string }[]
  return findings.map(({ file, rule, message }) => line(file, rule, message)).sort()
}

describe('the function gives an unvalidated definition the verdict of the CLI', () => {
  test.each(folders.map(({ name }) => name))('%s', async (name) => {
    const found = await rawDefinitions(join(CASES, name), [skills, agents, templates])
    expect(found).not.toEqual([])
    for (const one of found) await judge(one)
  })

  test.each(builtCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    if (one.skip?.()) return
    const root = one.build()
    try {
      for (const found of await rawDefinitions(root, [skills, agents, templates])) await judge(found)
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })
})

test('the scan for credentials does not slow down later scans', () => {
  const marks = performance.getEntriesByType('mark').filter(({ name }) => name.startsWith('@core>'))
  expect(marks).toEqual([])
})
