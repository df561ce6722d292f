import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countColumns } from '../../src/core/lines/columns.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { listCommands, WORKING_ARGS } from './support/commands.ts'
import { hasTerminal, inTerminal, screensOf } from './support/terminal.ts'

/** Screens that are kept as files, and checked for width and words. */
const SCREENS: Record<string, string[]> = {
  plan: ['registry', 'publish', '--dry-run', '--allow-dirty'],
  list: ['registry', 'list', '--search', 'agent-00'],
  history: ['registry', 'history', 'agents', 'agent-001'],
  releases: ['registry', 'releases'],
  reports: ['reports', 'list'],
  webhooks: ['webhooks', 'list'],
  diff: ['registry', 'diff', 'agents', 'agent-001', '--from', '1', '--to', '2'],
  status: ['registry', 'status'],
  doctor: ['doctor'],
  'help-publish': ['registry', 'publish', '--help'],
}
const LONG = 'It reads what was changed, and writes down what has to be looked at again by a person. '.repeat(
  4,
)
const HELP = listCommands().map(({ words }) => [...words, '--help'])
/** A call of every command that ends by itself and asks nothing. */
const CALLS = listCommands()
  .filter(({ id }) => !['dev', 'mcp', 'registry:watch', 'init', 'login'].includes(id))
  .map(({ id, words }) => [
    ...words,
    ...(WORKING_ARGS[id] ?? []).map((word) => word.replace(/\bgood$/, 'agent-001')),
  ])

describe.skipIf(!hasTerminal)('on a terminal', () => {
  let project: PostgresProject
  /** Definitions with errors; no command here opens a registry. */
  let broken: TestProject
  let env: Record<string, string | undefined>
  let published: string
  const widths = new Map<number, Record<string, string>>()

  beforeAll(async () => {
    project = await PostgresProject.create()
    env = { ...process.env, ...project.env, NOFX_ACTOR: 'somebody.with.a.long.name@example.com' }
    for (let at = 0; at < 200; at++) project.write(agentFiles(`agent-${String(at).padStart(3, '0')}`))
    project.commit()
    const publish = ['registry', 'publish', '--reason', 'the first release of all agents of this team']
    published = (await screensOf([publish], { cwd: project.root, env, columns: 80 }))[0] ?? ''
    project.write(agentFiles('agent-001', { description: LONG.slice(0, 280).trim() }, `${LONG}\n`)).commit()
    await project.run('registry', 'publish', '--reason', 'a longer prompt')
    await project.run('webhooks', 'add', 'https://hooks.example.com/a/long/path/for/this/hook')
    await project.run('validate', '--report')
    project.write(agentFiles('agent-002', { description: LONG.slice(0, 260).trim() }, `${LONG}\n`))
    project.write(agentFiles('agent-200', { permissions: { shell: true } }))
    broken = new TestProject()
    for (let at = 0; at < 6; at++) broken.write(agentFiles(`agent-${at}`, { owner: 'no owner', nmae: 'x' }))
    for (const columns of [80, 140]) widths.set(columns, await screens({ columns }))
  })
  afterAll(async () => {
    await broken.remove()
    await project.remove()
  })

  async function screens(how: { columns: number; colour?: boolean }): Promise<Record<string, string>> {
    const shown = await screensOf(Object.values(SCREENS), { cwd: project.root, env, ...how })
    const [validate = ''] = await screensOf([['validate']], { cwd: broken.root, env, ...how })
    return {
      validate,
      ...Object.fromEntries(Object.keys(SCREENS).map((name, at) => [name, shown[at] ?? ''])),
    }
  }

  it.each([80, 140])('every screen is as it was at %i columns', async (columns) => {
    for (const [name, text] of Object.entries(widths.get(columns) ?? {})) {
      expect(text, name).not.toBe('')
      await expect(masked(text), name).toMatchFileSnapshot(`screens/${name}-${columns}.txt`)
    }
  })

  it.each([80, 140])('no line is wider than %i columns', (columns) => {
    for (const [name, text] of Object.entries({
      ...widths.get(columns),
      published: columns === 80 ? published : '',
    }))
      expect(tooWide(text, columns), name).toEqual([])
  })

  it('no word of a screen is broken: both widths show the same words', () => {
    for (const name of ['plan', 'diff', 'status', 'doctor', 'help-publish'])
      expect(wordsOf(widths.get(80)?.[name]), name).toEqual(wordsOf(widths.get(140)?.[name]))
  })

  it('the colours change no other character', async () => {
    const coloured = await screens({ columns: 80, colour: true })
    for (const [name, text] of Object.entries(coloured))
      expect(masked(stripVTControlCharacters(text)), name).toBe(masked(widths.get(80)?.[name] ?? ''))
    expect(coloured.validate).not.toBe(stripVTControlCharacters(coloured.validate ?? ''))
  })

  it('the message of a wrong command line is the same on a terminal with colours', async () => {
    const wrong = [
      'registry rollback agents/x',
      'registry withdraw agents/x',
      'registry show',
      'worker run',
      'worker run --plan x --resume y',
      'reports list --limit x',
      'export claude --too x',
    ]
    const line = wrong.map((words) => `'${process.execPath}' '${resolve('bin/run.js')}' ${words}`).join('; ')
    const how = { cwd: broken.root, env, columns: 80 }
    const plain = await inTerminal(line, how)
    const coloured = await inTerminal(line, { ...how, colour: true })
    expect(coloured).not.toBe(plain)
    expect(stripVTControlCharacters(coloured)).toBe(plain)
    expect(plain).toContain('--reason is missing')
    expect(plain).toContain('--reason and --version are missing')
    expect(plain.match(/^error USAGE/gm)).toHaveLength(wrong.length)
    expect(plain).not.toContain('u{1b}')
  })

  it('a publish of 200 definitions ends in a few lines', () => {
    expect(published.split('\n').length).toBeLessThan(50)
    expect(published).toContain('Published 200 changes')
  })

  it('a wide table shows everything, as a pipe does', async () => {
    const [wide = ''] = await screensOf([['registry', 'history', 'agents', 'agent-001', '--wide']], {
      cwd: project.root,
      env,
      columns: 80,
    })
    const piped = await project.run('registry', 'history', 'agents', 'agent-001')
    expect(wide).toBe(piped.stdout)
    expect(wide).toContain('somebody.with.a.long.name@example.com')
  })

  it('a release is found by the eight characters that are shown', async () => {
    const history = ['registry', 'history', '--limit', '1']
    const [moves = ''] = await screensOf([history], { cwd: project.root, env, columns: 80 })
    const [id = ''] = /^[0-9a-f]{8}(?= )/m.exec(widths.get(80)?.releases ?? '') ?? []
    expect(moves).toMatch(
      new RegExp(
        `^agents/agent-001 .* ${id} .*\\n(.*\\n)*details: nofx registry releases show <release>`,
        'm',
      ),
    )
    const undone = await project.run('registry', 'rollback', '--release', id, '--reason', 'x', '--dry-run')
    expect(undone).toMatchObject({ exit: 0, stdout: expect.stringContaining('agent-001') })
  })

  it('equal findings are one group, and all with --verbose', async () => {
    const [grouped = '', all = ''] = await screensOf([['validate'], ['validate', '--verbose']], {
      cwd: broken.root,
      env,
      columns: 100,
    })
    expect(grouped).toMatch(/^6 × NOFX_\w+ error$/m)
    expect(grouped).toContain('nofx validate --verbose')
    expect(all).not.toContain(' × ')
    expect(all.match(/agent-\d\/agent\.json:\d+:\d+ error/g)?.length).toBeGreaterThanOrEqual(12)
    expect(tooWide(all, 100)).toEqual([])
  })

  it('the help of every command fits, and breaks no word', async () => {
    const shown: string[][] = []
    for (const columns of [60, 80, 140]) {
      const texts = await screensOf([[], ['registry'], ...HELP], { cwd: project.root, env, columns })
      expect(texts.flatMap((text) => tooWide(text, columns))).toEqual([])
      shown.push(texts)
    }
    const [narrow = [], usual = [], wide = []] = shown
    expect(usual.length).toBe(HELP.length + 2)
    expect(usual.map(wordsOf)).toEqual(wide.map(wordsOf))
    expect(narrow.map(wordsOf)).toEqual(wide.map(wordsOf))
    expect(usual.join('\n')).not.toMatch(/\| \]|\[default: \]|<value> \]/)
  })

  it('a text that is longer than the screen goes to the pager, unless --no-pager or a short text', async () => {
    const pager = { ...env, NOFX_PAGER: 'sed s/^/paged:/' }
    const run = (rows: number, ...words: string[]) =>
      inTerminal(`'${process.execPath}' '${process.cwd()}/bin/run.js' ${words.join(' ')}`, {
        cwd: project.root,
        env: pager,
        columns: 80,
        rows,
      })
    expect(await run(20, 'registry', 'list')).toMatch(/^paged:agent/m)
    expect(await run(20, 'registry', 'list', '--no-pager')).not.toContain('paged:')
    expect(await run(900, 'registry', 'list')).not.toContain('paged:')
  })

  it('while the pager is open, other commands can use the embedded registry', async () => {
    const embedded = new TestProject()
    await placeEmbedded(embedded.root)
    const nofx = `'${process.execPath}' '${process.cwd()}/bin/run.js'`
    const { NOFX_DATABASE_URL: _other, ...rest } = env
    const shown = await inTerminal(`${nofx} registry releases`, {
      cwd: embedded.root,
      env: { ...rest, NOFX_PAGER: `cat > shown.txt; ${nofx} registry list --json` },
      columns: 80,
      rows: 1,
    })
    await embedded.remove()
    expect(shown).toContain('"heads": []')
  })

  it('a pager that cannot be started loses nothing', async () => {
    const shown = await inTerminal(`'${process.execPath}' '${process.cwd()}/bin/run.js' registry list`, {
      cwd: project.root,
      env: { ...env, PAGER: 'no-such-pager-here' },
      columns: 80,
      rows: 20,
    })
    expect(shown).toContain('agent-199')
    expect(shown).toContain('200 definitions')
  })

  it('no command shows the code of a colour as text, or a line wider than 60 columns', async () => {
    const list = join(project.root, '.git/calls.json')
    writeFileSync(list, JSON.stringify(CALLS))
    const line = `'${process.execPath}' '${resolve('test/cli/support/screens.mjs')}' '${list}'`
    const shown = await inTerminal(line, { cwd: project.root, env, columns: 60, colour: true })
    const screens = shown.split('\u0000')
    expect(screens).toHaveLength(CALLS.length + 1)
    // A script and a schema stay as they are: they are for a file.
    const fitted = screens.filter((_screen, at) => !/^(?:completion|schema)$/.test(CALLS[at]?.[0] ?? ''))
    // A sign of life is removed before the next text.
    const lines = fitted.flatMap((screen) => screen.split(/\n|\r|\u001b\[2K/))
    expect(lines.flatMap((one) => tooWide(one, 60))).toEqual([])
    const text = stripVTControlCharacters(shown)
    expect(text).not.toBe(shown)
    expect(text).toContain('Preview pr-1 is up: ')
    expect(text.split('\n').filter((row) => row.includes('u{1b}'))).toEqual([])
  })

  it('a command that opens the registry says so at once, and removes the line again', async () => {
    const shown = await inTerminal(`'${process.execPath}' '${process.cwd()}/bin/run.js' registry releases`, {
      cwd: project.root,
      env,
      columns: 80,
    })
    expect(shown.indexOf('Opening the embedded registry…')).toBeGreaterThan(-1)
    expect(shown.lastIndexOf('\u001b[2K')).toBeLessThan(shown.indexOf('RELEASE'))
    const { stderr } = await project.run('registry', 'releases')
    expect(stderr).toBe('')
  })
})

function tooWide(text: string, columns: number): string[] {
  return stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => countColumns(line) > columns)
}

/** The words of a screen; a backslash only continues a line. */
function wordsOf(text = ''): string[] {
  return stripVTControlCharacters(text)
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '\\')
}

/** Without what differs in every run; nothing changes its width. */
function masked(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => id.replaceAll(/[0-9a-f]/g, 'a'))
    .replaceAll(/\b[0-9a-f]{12}\b/g, 'aaaaaaaaaaaa')
    .replaceAll(/(?<=^|last release )[0-9a-f]{8}(?= )/gm, 'aaaaaaaa')
    .replaceAll(/\bwh_\w+/g, (id) => `wh_${'a'.repeat(id.length - 3)}`)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => time.replaceAll(/\d/g, '0'))
    .replaceAll(/postgres:\/\/[\w.:/]+/g, 'postgres://SERVER')
    .replaceAll(/(?<=^ok {2}node: )v\S+$/gm, 'VERSION')
    .replaceAll(/ +$/gm, '')
}
