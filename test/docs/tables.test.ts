import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listFields } from '../../src/cli/json/published.ts'
import { FAILURES } from '../../src/contract/failure.ts'
import { createFakeRegistry } from '../../src/worker/fake-registry.ts'
import * as library from '../../src/worker/library.ts'
import { listCommands } from '../cli/support/commands.ts'

const readText = (path: string) => readFileSync(path, 'utf8')

/** The first cells of the table below a heading of the page, without their backticks. */
function firstCells(page: string, headRow: string): string[] {
  const [, table = ''] = page.split(`${headRow}\n|---`)
  const [rows = ''] = table.split('\n\n')
  return [...rows.matchAll(/^\| (.+?) \|/gm)].map(([, cell = '']) => cell)
}

const wordsIn = (cells: readonly string[]): string[] =>
  cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word))

/** The members of an interface, in the order of its source. */
function membersOf(path: string, name: string): string[] {
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(
    readText(path),
  )?.[1]
  return [...(body ?? '').matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = '']) => member)
}

describe('a table of a page has what the sources have', () => {
  it('README.md: every exit status', () => {
    const statuses = Object.values(FAILURES).map(({ exit }) => exit)
    const shown = firstCells(readText('README.md'), '| status | meaning |').map(Number)
    expect(shown).toEqual([...new Set([0, 10, ...statuses])].sort((a, b) => a - b))
  })

  it('docs/worker.md: every option of connectRegistry', () => {
    const options = wordsIn(firstCells(readText('docs/worker.md'), '| option | meaning |'))
    const members = membersOf('src/worker/connection/options.ts', 'ConnectOptions')
    expect(members.length).toBeGreaterThan(8)
    expect(options.sort()).toEqual(members.sort())
  })

  it('docs/worker.md: every reason of an answer', () => {
    const shown = wordsIn(firstCells(readText('docs/worker.md'), '| reason | meaning |'))
    const source =
      /export type Reason =([^;]*?)\n\n/.exec(`${readText('src/worker/agent.ts')}\n\n`)?.[1] ?? ''
    const reasons = [...source.matchAll(/'([a-z-]+)'/g)].map(([, reason = '']) => reason)
    expect(reasons.length).toBeGreaterThan(3)
    expect(shown.sort()).toEqual(reasons.sort())
  })

  it('docs/worker.md: the fields of a run that --json prints', () => {
    const [, shown = ''] = /^`\{(id, planId.*)\}`\.$/m.exec(readText('docs/worker.md')) ?? []
    const fields = shown
      .replace(/\[.*?\]/, '')
      .split(', ')
      .map((field) => field.replace(/\W.*$/, ''))
    expect([fields]).toEqual(listFields('worker run'))
  })

  it('docs/worker.md and docs/library.md: functions that the package has', () => {
    const registry = createFakeRegistry()
    const members = [
      ...Object.keys(registry),
      ...membersOf('src/worker/connect-registry.ts', 'WorkerRegistry'),
    ]
    const known = [...Object.keys(library), ...members, 'createFakeRegistry', 'render', 'import', 'require']
    const calls = ['docs/worker.md', 'docs/library.md'].flatMap((path) =>
      [...readText(path).matchAll(/`(?:await )?(?:prompts\.<id>\.)?([a-z]\w*)\([^`\n]*`/gi)].map(
        ([, name = '']) => name,
      ),
    )
    expect(calls.length).toBeGreaterThan(8)
    expect(calls.filter((name) => !known.includes(name))).toEqual([])
  })

  it.each([
    ['docs/getting-started.md', 'init'],
    ['docs/checks.md', 'validate'],
    ['docs/exporting.md', 'export'],
    ['docs/importing.md', 'import'],
    ['docs/mcp.md', 'mcp'],
    ['docs/previews.md', 'preview:up'],
    ['docs/worker.md', 'worker:run'],
  ])('%s: every flag of the command %s', (path, id) => {
    const { flags } = listCommands().find((command) => command.id === id) ?? { flags: {} }
    const names = Object.keys(flags).filter((name) => name !== 'json')
    expect(names.length).toBeGreaterThan(2)
    const page = readText(path)
    expect(names.filter((name) => !new RegExp(`--(no-)?${name}\\b(?!-)`).test(page))).toEqual([])
  })

  it('docs/plugins.md: every member of a kind', () => {
    const page = readText('docs/plugins.md')
    const members = membersOf('src/contract/kind.ts', 'Kind')
    expect(members.length).toBeGreaterThan(12)
    const unnamed = members.filter((name) => !new RegExp(`\`${name}\`|^  ${name}[:(]`, 'm').test(page))
    expect(unnamed).toEqual([])
  })
})
