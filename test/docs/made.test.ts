import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FAILURES } from '../../src/contract/failure.ts'
import { CORE_RULES } from '../../src/contract/rules.ts'
import { EXPORT_RULES } from '../../src/exchange/contract/rules.ts'
import { IMPORT_RULES } from '../../src/import/sources/format.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { FAILURE_ADVICE } from './advice/failures.ts'
import { HTTP_ADVICE } from './advice/http.ts'
import { REGISTRY_ADVICE } from './advice/registry-rules.ts'
import { SECTIONS, withSections } from './made/sections.ts'
import { readPages } from './pages.ts'

const STALE = 'is out of date; write it with: npm run docs'
const pages = readPages().filter(({ text }) => text.includes('<!-- made: '))

/** Files below a folder with their texts, selected by the end of their names. */
function* sources(folder: string, end: string): Generator<{ path: string; text: string }> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(end)) continue
    const path = join(entry.parentPath, entry.name)
    yield { path, text: readFileSync(path, 'utf8') }
  }
}

const wordsIn = (folder: string, end: string, pattern: RegExp) =>
  [...sources(folder, end)].flatMap(({ text }) =>
    [...text.matchAll(pattern)].map(([, word]) => word as string),
  )

describe('the sections that are made from the sources', () => {
  it.each(pages)('$path is up to date with the sources', (page) => {
    const made = withSections(page)
    if (process.env.UPDATE_DOCS) writeFileSync(page.path, made)
    else expect(page.text, `${page.path} ${STALE}`).toBe(made)
  })

  it('are all used in a page', () => {
    const shown = pages.flatMap(({ text }) =>
      [...text.matchAll(/<!-- made: ([a-z-]+) -->/g)].map(([, name]) => name),
    )
    expect(shown.sort()).toEqual(Object.keys(SECTIONS).sort())
  })
})

describe('every code has its entry in docs/troubleshooting.md', () => {
  const rules = new Set([servers, agents, skills, templates].flatMap(({ rules }) => Object.keys(rules)))
  for (const id of [...Object.keys(CORE_RULES), ...Object.keys(IMPORT_RULES), ...Object.keys(EXPORT_RULES)])
    rules.add(id)

  it('if the SQL functions use it', () => {
    const known = [...Object.keys(FAILURES), ...Object.keys(FAILURE_ADVICE)]
    const codes = wordsIn('supabase/schemas', '.sql', /registry_refuse\(\s*\d{3},\s*'([A-Z_]+)'/g)
    expect(codes.filter((code) => !known.includes(code))).toEqual([])
    const named = wordsIn('supabase/schemas', '.sql', /'(NOFX_[A-Z_]+)'/g)
    expect(named.filter((id) => !rules.has(id) && !Object.hasOwn(REGISTRY_ADVICE, id))).toEqual([])
  })

  it('if the API uses it', () => {
    const titles = readFileSync('src/api/http/problem.ts', 'utf8').match(/TITLES[^}]+}/)?.[0] ?? ''
    const codes = [...titles.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, code]) => code as string)
    const own = codes.filter((code) => !Object.hasOwn(FAILURES, code))
    expect(own.sort()).toEqual(Object.keys(HTTP_ADVICE).sort())
    const refused = wordsIn('src/api', '.ts', /refuse\(\s*\d{3},\s*'([A-Z_]+)'/g)
    expect(refused.filter((code) => !codes.includes(code) && !Object.hasOwn(FAILURES, code))).toEqual([])
  })

  it('or is a rule or an environment variable of docs/, if the sources name it NOFX_…', () => {
    const docs = readPages()
      .map(({ text }) => text)
      .join()
    const words = new Set(wordsIn('src', '.ts', /'(NOFX_[A-Z_]*[A-Z])'/g))
    // A variable that `nofx dev` sets for its own child process.
    words.delete('NOFX_DEV_SUPERVISED')
    const isRule = (word: string) => [...rules].some((id) => id === word || id.startsWith(`${word}_`))
    const isTold = (word: string) => Object.hasOwn(REGISTRY_ADVICE, word) || docs.includes(`\`${word}\``)
    expect([...words].filter((word) => !isRule(word) && !isTold(word))).toEqual([])
  })
})
