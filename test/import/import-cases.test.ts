import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { claudeAgents } from '../../src/import/claude-agents/claude-agents.ts'
import { claudeCommands } from '../../src/import/claude-templates/claude-commands.ts'
import { importTree } from '../../src/import/import-definitions.ts'
import { mergeImportReports } from '../../src/import/import-report.ts'
import { renderImportReport } from '../../src/import/render-report.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { validateFolder } from '../cases/validate-folder.ts'
import fc from '../harness/fast-check.ts'
import { filesIn, tempFolder, writeFiles } from './support/temp-folder.ts'

const agent = (name: string, more = ''): string =>
  `---\nname: ${name}\ndescription: Does ${name}.\n${more}---\nYou help.\n`

async function run(
  files: Record<string, string>,
  options: { start?: string; owner?: string; dryRun?: boolean; stripHidden?: boolean } = {},
) {
  const root = tempFolder()
  const from = join(root, 'src')
  mkdirSync(from)
  writeFiles(from, files)
  return runIn(root, join(from, options.start ?? ''), options)
}

async function runIn(
  root: string,
  from: string,
  { owner = '@acme/agents', dryRun = false, stripHidden = false } = {},
) {
  const to = join(root, 'shared')
  const kinds = [agents, templates]
  const reports = await importTree([claudeAgents, claudeCommands], to, {
    from,
    owner,
    dryRun,
    stripHidden,
    kinds,
  })
  const report = mergeImportReports(to, reports)
  return {
    root: to,
    ids: report.imported.map(({ id }) => id).sort(),
    report,
    text: reports.map((one) => renderImportReport(one.report)).join('\n'),
    manifest: (id: string) => JSON.parse(readFileSync(join(to, 'agents', id, 'agent.json'), 'utf8')),
  }
}

describe('what is found', () => {
  test('agents at any depth below agents', async () => {
    const { ids, report } = await run({
      'agents/top.md': agent('top'),
      'agents/review/deep.md': agent('deep'),
      'agents/review/style/deeper.md': agent('deeper'),
    })
    expect(ids).toEqual(['deep', 'deeper', 'top'])
    expect(report.failed).toEqual([])
  })

  test('agents in folders by topic, with the read-me counted as passed over', async () => {
    const { ids, report, text } = await run({
      'README.md': '# Agents by topic\n',
      'testing/unit.md': agent('unit'),
      'testing/load.md': agent('load'),
      'writing/notes.md': agent('notes'),
    })
    expect(ids).toEqual(['load', 'notes', 'unit'])
    expect(report.passedOver).toEqual([{ source: 'README.md', reason: 'it has no front matter' }])
    expect(text).toMatch(/^3 imported, 3 need you, 1 passed over, 0 failed\n/)
  })

  test('no stray page, which is counted as passed over', async () => {
    const stray = '---\ntitle: Home\n---\nWelcome\n'
    const { ids, report } = await run({
      'helper.md': agent('helper'),
      'index.md': stray,
      'agents/page.md': stray,
      'agents/CONTRIBUTING.md': '# How to add one\n',
    })
    expect(ids).toEqual(['helper'])
    expect(report.failed).toEqual([])
    expect(report.passedOver.map(({ source }) => source)).toEqual([
      'agents/CONTRIBUTING.md',
      'agents/page.md',
      'index.md',
    ])
  })

  test('no Skill: alone it is refused by its name, beside agents it is counted with its files', async () => {
    const skill = {
      'forms/SKILL.md': '---\nname: forms\ndescription: Fills forms.\n---\nRead reference.md first.\n',
      'forms/scripts/fill.py': 'print("hi")\n',
      'forms/reference.md': agent('reference'),
    }
    const refused = {
      code: 'NO_DEFINITIONS',
      message: expect.stringContaining('a Skill, which is imported as one of the kind skills'),
    }
    await expect(run(skill, { start: 'forms' })).rejects.toMatchObject(refused)
    const named = await run(skill, { start: 'forms/SKILL.md' })
    expect(named.report.failed[0]?.diagnostics[0]).toMatchObject({
      rule: 'NOFX_IMPORT_FORMAT',
      message: expect.stringContaining('SKILL.md is a Skill'),
    })
    const { ids, report } = await run({ ...skill, 'agents/a.md': agent('helper') })
    expect(ids).toEqual(['helper'])
    expect(report.passedOver.map(({ source }) => source)).toEqual([
      'forms/SKILL.md',
      'forms/reference.md',
      'forms/scripts/fill.py',
    ])
  })

  test('no file beside the sources that is not Markdown, but each is named', async () => {
    const { ids, report } = await run({
      'agents/a.md': agent('helper'),
      'agents/tools/run.sh': 'echo',
      'agents/README': 'x',
      'commands/b.txt': 'x',
      'agents/.DS_Store': 'x',
      'src/main.py': 'x',
    })
    expect(ids).toEqual(['helper'])
    expect(report.passedOver).toEqual(
      ['agents/README', 'agents/tools/run.sh', 'commands/b.txt'].map((source) => ({
        source,
        reason: 'it does not end in .md',
      })),
    )
  })

  test('no other format, but each is named', async () => {
    const { report } = await run({
      'agents/a.md': agent('helper'),
      'agents/b.toml': 'name = "b"',
      'commands/c.toml': 'prompt = "c"',
      '.cursor/rules/d.mdc': '---\ndescription: d\n---\n',
      '.github/prompts/e.prompt.md': agent('eee'),
      '.mcp.json': '{}',
      '.claude-plugin/plugin.json': '{"name":"one"}',
      'AGENTS.md': '# x',
    })
    expect(report.passedOver.map(({ reason }) => reason).sort()).toEqual([
      'a Codex agent (TOML)',
      'a Copilot prompt',
      'a Cursor rule',
      'a Gemini command (TOML)',
      'a list of MCP servers',
      'a plugin manifest',
      'instructions for a whole project',
    ])
  })

  test('links are not followed, and each is named', async () => {
    const root = tempFolder()
    writeFiles(root, { 'src/agents/a.md': agent('helper'), 'else/agents/b.md': agent('other') })
    symlinkSync(join(root, 'else'), join(root, 'src', 'linked'))
    symlinkSync(join(root, 'else', 'agents', 'b.md'), join(root, 'src', 'page.md'))
    const { ids, report } = await runIn(root, join(root, 'src'))
    expect(ids).toEqual(['helper'])
    expect(report.passedOver).toEqual([
      { source: 'linked', reason: 'it is a symbolic link' },
      { source: 'page.md', reason: 'it is a symbolic link' },
    ])
  })

  test('a link in place of a source is read as the file here that it names, and passed over if it leads elsewhere', async () => {
    const root = tempFolder()
    writeFiles(root, {
      'src/teams/agents/a.md': agent('helper'),
      'else/b.md': agent('other'),
      'src/page.md': '# x',
      'src/node_modules/pack/shared.md': agent('shared'),
      'src/node_modules/pack/docs/guide.md': '# x',
    })
    mkdirSync(join(root, 'src', 'agents'))
    for (const [link, target] of [
      ['agents/linked.md', '../teams/agents/a.md'],
      ['agents/page.md', '../page.md'],
      ['agents/outside.md', '../../else/b.md'],
      ['agents/nowhere.md', 'none.md'],
      ['agents/shared.md', '../node_modules/pack/shared.md'],
      ['teams/commands', '../node_modules/pack/docs'],
      ['teams/agents/folder.md', '../../node_modules'],
      ['commands', 'teams'],
      ['deep', '.'],
    ])
      symlinkSync(target as string, join(root, 'src', link as string))
    const { ids, report } = await runIn(root, join(root, 'src'))
    expect(ids).toEqual(['helper', 'shared'])
    // As any file without front matter among agents.
    expect(report.failed.map(({ source }) => source)).toEqual(['agents/page.md'])
    const outside = 'it is a symbolic link to ../../else/b.md, outside of what is imported'
    expect(report.passedOver).toEqual([
      { source: 'agents/linked.md', reason: 'it is a symbolic link to teams/agents/a.md, which is read' },
      { source: 'agents/nowhere.md', reason: 'it is a symbolic link to nothing' },
      { source: 'agents/outside.md', reason: outside },
      { source: 'commands', reason: 'it is a symbolic link to teams, which is read' },
      { source: 'deep', reason: 'it is a symbolic link' },
      { source: 'page.md', reason: 'it has no front matter' },
      {
        source: 'teams/agents/folder.md',
        reason: 'it is a symbolic link to node_modules, which has no sources',
      },
      {
        source: 'teams/commands',
        reason: 'it is a symbolic link to node_modules/pack/docs, which has no sources',
      },
    ])
  })

  test.each(['src/folder', 'src/agents/file.md'])(
    'a link that is named itself is followed: %s',
    async (named) => {
      const root = tempFolder()
      writeFiles(root, { 'else/agents/b.md': agent('other'), 'src/agents/a.md': agent('helper') })
      symlinkSync(join(root, 'else', 'agents'), join(root, 'src', 'folder'))
      symlinkSync('../../else/agents/b.md', join(root, 'src', 'agents', 'file.md'))
      const { ids, report } = await runIn(root, join(root, named))
      expect([ids, report.failed, report.passedOver]).toEqual([['other'], [], []])
    },
  )

  test('where there is nothing, the hint names folders nearby, and each of them can be imported', async () => {
    const root = tempFolder()
    writeFiles(root, {
      'plugin/docs/guide.md': '# Guide\n',
      'plugin/agents/a.md': agent('helper'),
      '.claude/commands/b.md': 'Do it.\n',
      'else/topic/c.md': agent('other'),
    })
    symlinkSync(join(root, 'else'), join(root, 'plugin', 'docs', 'linked'))
    const from = join(root, 'plugin', 'docs')
    const error = await runIn(root, from).catch((thrown) => thrown)
    const near = [join(from, 'linked'), join(root, 'plugin', 'agents'), join(root, '.claude')]
    expect(error).toMatchObject({
      code: 'NO_DEFINITIONS',
      hint: `name a folder that holds some: ${near.join(', ')}`,
    })
    for (const folder of near) expect((await runIn(root, folder)).ids).toHaveLength(1)
  })

  test('a folder that does not exist is named, and a slash at the end is not shown twice', async () => {
    const root = tempFolder()
    await expect(runIn(root, join(root, 'none'))).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: `${join(root, 'none')} does not exist`,
    })
    writeFiles(root, { 'src/agents/a.md': 'nothing' })
    const { report } = await runIn(root, `${join(root, 'src')}/`)
    expect(report.failed[0]?.diagnostics[0]?.path).toBe(join(root, 'src', 'agents', 'a.md'))
  })

  test('every file of any tree that may be a source is in exactly one list, from whichever folder the import starts', async () => {
    const folder = fc.constantFrom('agents', 'topic', 'commands', 'skills', 'docs', '.claude')
    const text = fc.constantFrom<(name: string) => string>(
      (name) => agent(name),
      (name) => `# ${name}\n`,
      (name) => `---\ntitle: ${name}\n---\nx\n`,
      (name) => `---\nargument-hint: "[x]"\ndescription: ${name}\n---\nDo it.\n`,
      () => '---\nname: [\n---\n',
    )
    const name = fc.constantFrom('x', 'y', 'README', 'SKILL', 'a.prompt')
    const extension = fc.constantFrom('.md', '.md', '.md', '.py', '')
    const file = fc.tuple(fc.array(folder, { maxLength: 4 }), name, text, extension)
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 8 }), async (made) => {
        const files = Object.fromEntries(
          made.map(([folders, stem, write, end], index) => {
            const own = stem === 'x' || stem === 'y' ? `${stem}-${index}` : stem
            return [[...folders, `${own}${end}`].join('/'), write(`agent-${index}`)]
          }),
        )
        const deeper = Object.fromEntries(
          Object.entries(files).map(([path, content]) => [`one/two/${path}`, content]),
        )
        const paths = Object.keys(files)
          .filter((path) => mayBeSource(path, files))
          .sort()
        const inside = await run(deeper, { start: 'one/two', dryRun: true }).catch((error) => ({ error }))
        if ('error' in inside) {
          expect(inside.error.code).toBe('NO_DEFINITIONS')
          expect(inside.error.detail.passedOver.map((row: { source: string }) => row.source)).toEqual(paths)
          return
        }
        const { imported, failed, passedOver } = inside.report
        expect([...imported, ...failed, ...passedOver].map(({ source }) => source).sort()).toEqual(paths)
        const outside = await run(deeper, { dryRun: true })
        expect(outside.ids).toEqual(inside.ids)
      }),
      { numRuns: 60 },
    )
  })
})

describe('names', () => {
  const files = {
    'one/.claude-plugin/plugin.json': '{"name":"one"}',
    'one/agents/a.md': agent('C# Expert'),
    'one/agents/b.md': agent('C++ Expert'),
    'one/agents/reviewer.md': agent('reviewer'),
    'two/.claude-plugin/plugin.json': '{"name":"two"}',
    'two/agents/reviewer.md': agent('reviewer'),
  }

  test('of languages keep their meaning, and equal ones get their plugin before them', async () => {
    const { ids, report, root, manifest } = await run(files)
    expect(ids).toEqual(['cpp-expert', 'csharp-expert', 'one-reviewer', 'two-reviewer'])
    expect(report.failed).toEqual([])
    expect(manifest('csharp-expert').name).toBe('C# Expert')
    expect(await runAgain(root)).toEqual([0, 4])
  })

  async function runAgain(root: string): Promise<number[]> {
    const { report } = await runIn(join(root, '..'), join(root, '..', 'src'))
    return [report.imported.length, report.unchanged.length]
  }
})

describe('front matter as people write it', () => {
  test('a description over several lines', async () => {
    const { report, manifest } = await run({
      'agents/helper.md':
        '---\nname: helper\ndescription: Use this agent when a plan is needed. Examples:\n\n<example>\nContext: a new feature\nuser: "plan it"\nassistant: "I shall ask the helper"\n</example>\ncolor: blue\ntools: Read\n---\nYou help.\n',
    })
    expect(report.failed).toEqual([])
    expect(manifest('helper')).toMatchObject({
      description: expect.stringMatching(/^Use this[\s\S]*<\/example>$/),
      permissions: { filesystem: 'read', shell: false, network: false },
    })
  })

  test('tools: * and a list of models', async () => {
    const { ids, report, manifest } = await run({
      'agents/all.md': agent('all', 'tools: *\n'),
      'agents/models.md': agent('models', 'model: [first, second]\n'),
    })
    expect(ids).toEqual(['all', 'models'])
    expect(manifest('all').permissions).toEqual({ network: false, filesystem: 'none', shell: false })
    expect(manifest('models')).not.toHaveProperty('model')
    expect(manifest('models').metadata.import.kept.model).toEqual(['first', 'second'])
    const whats = report.imported.flatMap(({ guesses }) => guesses.map(({ what }) => what))
    expect(whats).toEqual(expect.arrayContaining(['nothing granted', 'no model']))
  })

  test('denied tools', async () => {
    const { manifest } = await run({
      'agents/careful.md': agent('careful', 'tools: Read, Bash\ndisallowedTools: Bash\n'),
    })
    expect(manifest('careful').permissions).toEqual({ network: false, filesystem: 'read', shell: false })
  })
})

describe('what the kind would refuse', () => {
  test('an owner is refused before anything is written', async () => {
    const root = tempFolder()
    writeFiles(root, { 'src/agents/helper.md': agent('helper') })
    const before = filesIn(root)
    await expect(runIn(root, join(root, 'src'), { owner: 'nobody at all' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('"nobody at all"'),
    })
    expect(filesIn(root)).toEqual(before)
  })

  test('hidden characters are reported with their place in the source', async () => {
    const { root, report, text } = await run({
      'agents/helper.md': '---\nname: helper\ndescription: Helps.\n---\nFirst.\nA\u200Bb: You help.\n',
    })
    const [problem] = report.imported[0]?.problems ?? []
    expect(problem).toMatchObject({ rule: 'NOFX_TEXT_ZERO_WIDTH', line: 6, column: 2 })
    expect(problem?.path).toMatch(/src\/agents\/helper\.md$/)
    expect(text).toContain('nofx validate will refuse these (--strip-hidden removes hidden characters):')
    const { diagnostics } = await validateFolder(root)
    expect(diagnostics.map(({ rule }) => rule)).toEqual([problem?.rule])
  })

  test('hidden characters are left out on demand: whatever a body has, it validates', async () => {
    const hidden = fc.constantFrom(
      '\u200B',
      '\u200D',
      '\u202E',
      '\u{E0041}',
      '\u2060',
      '\uFEFF',
      '\u00AD',
      '\u0007',
    )
    const seen = fc.constantFrom('a', 'é', 'ب', '👩', '\n', ' ', '❤')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(hidden, seen), { maxLength: 30 }), async (parts) => {
        const files = {
          'agents/a.md': `---\nname: helper\ndescription: Helps.\n---\nFirst.\n${parts.join('')}`,
        }
        const { report } = await run(files, { stripHidden: true, dryRun: true })
        expect(report.imported.flatMap(({ problems }) => problems)).toEqual([])
      }),
      { numRuns: 60 },
    )
    const { report, root } = await run(
      { 'agents/a.md': `${agent('helper')}A\u200Bb\n` },
      { stripHidden: true },
    )
    expect(filesIn(root)['agents/helper/prompts/system.md']).toBe('You help.\nAb\n')
    expect(report.imported[0]?.guesses).toContainEqual(expect.objectContaining({ what: '1 removed' }))
  })
})

/** Whether a file is Markdown, belongs to a Skill, or lies in a folder of agents or commands. */
function mayBeSource(path: string, all: Record<string, string>): boolean {
  const folders = path.split('/').slice(0, -1)
  const above = folders.map((_name, at) => `${folders.slice(0, at + 1).join('/')}/`)
  return (
    path.endsWith('.md') ||
    /(?:^|\/)skills\//.test(path) ||
    /(?:^|\/)(?:agents|commands)\/(?:[^./][^/]*\/)*[^/]+$/.test(path) ||
    ['', ...above].some((folder) => `${folder}SKILL.md` in all)
  )
}
